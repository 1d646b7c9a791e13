"""What a scenario may change: checked when it is written, not when it is solved."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programs.choices import RateKind
from programs.models import LineKey

WEIGHTS = (
    "placement_points",
    "priority_points",
    "merit_points",
    "skill_points",
    "preference_points",
    "host_points",
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
    ``resources``   {"RESOURCE": capacity}
    ``quotas``      {"QUOTA": {"value": 30, "is_hard": false, "price": 400,
                    "off": false}}
    ``weights``     {"merit_points": 300, ...}, and {"is_tiered": false}
    ``rates``       {"kind": "stress"}, {"shock": "1.10"}: foreign money costs a tenth
                    more
    ``pins``        {"pins": "off"}: nobody is pinned; {"bans": "off"}: nothing is
                    forbidden to anybody
    ``rules``       {"RULE": "off"}, for the rules in ``WAIVABLE``
    ``dates``       {"decide_by": "2027-03-01"}: the day by which rules are judged
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


def _budget(where, key, change):
    try:
        LineKey.parse(key)
    except ValueError:
        text = _("write SOURCE:YEAR or SOURCE:YEAR:CATEGORY")
        raise _wrong(where, text) from None
    text = str(change)
    if text.endswith("%"):
        if _number(where, text[:-1]) < -100:
            raise _wrong(where, _("a budget cannot fall by more than 100%"))
    elif _number(where, text) < 0 and not isinstance(change, str):
        raise _wrong(where, _("an amount is 0 or more"))


def _capacity(where, key, change):
    _fields(where, change, {"min": _count, "max": _count})
    if change.get("max", 1) < change.get("min", 0):
        raise _wrong(where, _("the most people are fewer than the fewest"))


def _resource(where, key, change):
    _count(where, change)


def _quota(where, key, change):
    def value(where, number):
        if _number(where, number) < 0:
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
        _count(where, change)
    else:
        raise _wrong(where, _("unknown weight; use %s") % ", ".join(WEIGHTS))


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
    if key not in PINS:
        raise _wrong(where, _("use %s") % ", ".join(PINS))
    _off(where, change)


def _rule(where, key, change):
    if key not in WAIVABLE:
        raise _wrong(where, _("use %s") % ", ".join(WAIVABLE))
    _off(where, change)


def _off(where, change):
    if change != OFF:
        raise _wrong(where, _("only “off” is possible here"))


def _date(where, key, change):
    if key != "decide_by":
        raise _wrong(where, _("give only %s") % "decide_by")
    try:
        date.fromisoformat(str(change))
    except ValueError:
        raise _wrong(where, _("a day such as 2027-03-01 is expected")) from None


GROUPS = {
    "budgets": _budget,
    "capacities": _capacity,
    "resources": _resource,
    "quotas": _quota,
    "weights": _weight,
    "rates": _rate,
    "pins": _pin,
    "rules": _rule,
    "dates": _date,
}
