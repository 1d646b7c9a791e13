"""What a scenario may change: checked when it is written, not when it is solved."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programs import amounts
from programs.choices import RateKind
from programs.costing import half_up
from programs.models import LineKey

WEIGHTS = (
    "placement_points",
    "priority_points",
    "merit_points",
    "skill_points",
    "preference_points",
    "host_points",
    "condition_points",
    "worst_preference",
)

OFF = "off"
PINS = ("pins", "bans")
WAIVABLE = (
    "age",
    "kkni",
    "field",
    "skill_level",
    "language_level",
    "not_available",
    "lead_time",
    "agreement_not_in_force",
    "host_veto",
    "condition",
)
"""Rules that may be tried without; those of law, money and papers may not."""


def validate_overrides(overrides):
    """Refuse anything but the known groups with sound values in them.

    ``budgets``     {"SOURCE:YEAR" or "SOURCE:YEAR:CATEGORY": amount, or a change
                    with its sign: "+10%", "-2000000000"}
    ``capacities``  {"SLOT": {"min": 0, "max": 12}}
    ``resources``   {"RESOURCE": capacity}; of capacities, resources, weights and values
                    of quotas a change with its sign too: "+2", "-10%"
    ``quotas``      {"QUOTA": {"value": 30, "is_hard": false, "price": 400,
                    "off": false}}
    ``weights``     {"merit_points": 300, ...}, and {"is_tiered": false}
    ``points``      {"CODE": 100}, or a change: of a further condition of the profile
    ``rates``       {"kind": "stress"}, {"shock": "1.10"}: foreign money costs a tenth
                    more
    ``pins``        {"pins": "off"}: nobody is pinned; {"bans": "off"}: nothing is
                    forbidden to anybody; {"INSTITUTION/PERSON": "off"}: neither holds
                    for this person; {"INSTITUTION/PERSON": "SLOT" or "PATHWAY"}: pinned
                    there
    ``rules``       {"RULE": "off"}, for the rules in ``WAIVABLE``
    ``dates``       {"decide_by": "2027-03-01"}: the day by which rules are judged;
                    {"SLOT": {"starts_on": "2027-03-01", "ends_on": "2027-09-01"}}: when
                    a stay there would be, its last day the one before ``ends_on``
    """
    if not isinstance(overrides, dict):
        raise _wrong("", _("a scenario is a set of named changes"))
    for group, changes in overrides.items():
        check = GROUPS.get(group)
        if check is None:
            raise _wrong(group, _("unknown group; use %s") % ", ".join(GROUPS))
        if not isinstance(changes, dict):
            raise _wrong(group, _("a set of named changes is expected"))
        for key, change in changes.items():
            check(f"{group}: {key}", key, change)


def stacked(earlier, change):
    """Return what holds where a change stands on an earlier one of the same thing.

    The youngest word counts; one with a sign is about what the earlier ones leave.
    """
    if isinstance(change, dict):
        held = earlier if isinstance(earlier, dict) else {}
        return {name: stacked(held.get(name), each) for name, each in change.items()}
    if earlier is None or not is_relative(change):
        return change
    return [*(earlier if isinstance(earlier, list) else [earlier]), change]


def is_relative(change):
    """Return whether a change is so much more or less than there is."""
    return isinstance(change, str) and change[:1] in ("+", "-")


def applied(before, change):
    """Return what a figure is after a change as `stacked` keeps it, or None."""
    for each in change if isinstance(change, list) else [change]:
        before = amounts.changed(before, each)
    return before


def whole(before, change):
    """Return what a count is after a change, to the nearest whole."""
    return half_up(applied(before, change))


def _budget(where, key, change):
    try:
        LineKey.parse(key)
    except ValueError:
        text = _("write SOURCE:YEAR or SOURCE:YEAR:CATEGORY")
        raise _wrong(where, text) from None
    if not _relative(where, change) and _number(where, change) < 0:
        raise _wrong(where, _("an amount is 0 or more"))


def _relative(where, change):
    """Return whether it is a change with its sign, or a share; refuse a wrong one."""
    if not isinstance(change, str) or not (is_relative(change) or "%" in change):
        return False
    if _number(where, change.removesuffix("%")) < -100 and change.endswith("%"):
        raise _wrong(where, _("nothing can fall by more than 100%"))
    return True


def _figure(where, value):
    if not _relative(where, value):
        _count(where, value)


def _capacity(where, key, change):
    _fields(where, change, {"min": _figure, "max": _figure})
    both = [change.get("max", 1), change.get("min", 0)]
    if not any(map(is_relative, both)) and both[0] < both[1]:
        raise _wrong(where, _("the most people are fewer than the fewest"))


def _resource(where, key, change):
    _figure(where, change)


def _quota(where, key, change):
    def value(where, number):
        if not _relative(where, number) and _number(where, number) < 0:
            raise _wrong(where, _("a quota is 0 or more"))

    _fields(
        where,
        change,
        {"value": value, "is_hard": _switch, "price": _count, "off": _switch},
    )


def _weight(where, key, change):
    if key == "is_tiered":
        _switch(where, change)
    elif key in WEIGHTS:
        _figure(where, change)
    else:
        raise _wrong(where, _("unknown weight; use %s") % ", ".join(WEIGHTS))


def _points(where, key, change):
    _figure(where, change)


def _rate(where, key, change):
    if key == "kind":
        if change not in RateKind.values:
            raise _wrong(where, _("use %s") % ", ".join(RateKind.values))
    elif key != "shock":
        raise _wrong(where, _("give only %s") % "kind, shock")
    elif not Decimal("0.1") <= _number(where, change) <= 10:
        raise _wrong(where, _("a factor between 0.1 and 10 is expected"))


def _fields(where, change, checks):
    if not isinstance(change, dict) or not change:
        raise _wrong(where, _("give at least one of %s") % ", ".join(checks))
    for name, value in change.items():
        if name not in checks:
            raise _wrong(where, _("give only %s") % ", ".join(checks))
        checks[name](f"{where}: {name}", value)


def _count(where, value):
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _wrong(where, _("a whole number of 0 or more is expected"))


def _switch(where, value):
    if not isinstance(value, bool):
        raise _wrong(where, _("true or false is expected"))


def _number(where, value):
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise _wrong(where, _("a number is expected, not “%s”") % value)
    return number


def _wrong(where, why):
    return ValidationError(f"{where}: {why}" if where else why, code="overrides")


def _pin(where, key, change):
    if key in PINS:
        _off(where, change)
        return
    institution, bar, person = key.partition("/")
    if not (institution and bar and person):
        text = _("use %s, or name a person as INSTITUTION/CODE") % ", ".join(PINS)
        raise _wrong(where, text)
    if not isinstance(change, str) or not change:
        raise _wrong(where, _("“off” or the name of a slot or pathway is expected"))


def _rule(where, key, change):
    if key not in WAIVABLE:
        raise _wrong(where, _("use %s") % ", ".join(WAIVABLE))
    _off(where, change)


def _off(where, change):
    if change != OFF:
        raise _wrong(where, _("only “off” is possible here"))


def _date(where, key, change):
    if key == "decide_by":
        _day(where, change)
        return
    _fields(where, change, {"starts_on": _day, "ends_on": _day})
    if len(change) < 2 or change["starts_on"] >= change["ends_on"]:
        text = _("give starts_on, and ends_on as the day after the last, in this order")
        raise _wrong(where, text)


def _day(where, value):
    try:
        read = date.fromisoformat(str(value))
    except ValueError:
        read = None
    if read is None or read.isoformat() != value:
        raise _wrong(where, _("a day such as 2027-03-01 is expected"))


GROUPS = {
    "budgets": _budget,
    "capacities": _capacity,
    "resources": _resource,
    "quotas": _quota,
    "weights": _weight,
    "points": _points,
    "rates": _rate,
    "pins": _pin,
    "rules": _rule,
    "dates": _date,
}
