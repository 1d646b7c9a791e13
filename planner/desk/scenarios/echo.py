"""The changes of scenarios in words: what it is now, and what it would be."""

from datetime import date
from fractions import Fraction
from functools import cached_property

from django.utils.translation import gettext as _

from planner.desk.scenarios.choices import name_of
from planner.models.overrides import OFF, PINS, applied
from programs import formats
from programs.choices import PinKind
from programs.costing import half_up
from programs.formats import before_after
from programs.models import BudgetLine, Pin, Quota, SharedResource, Slot, slot_names


class Echo:
    """Tells changes as before -> after; the data of now are read once a page."""

    @cached_property
    def budgets(self):
        """{key: (amount, currency)} of all budget lines."""
        lines = BudgetLine.objects.select_related("source", "category")
        return {str(line.key): (line.amount, line.currency) for line in lines}

    @cached_property
    def capacities(self):
        """{name in plans: (fewest, most)} of all slots."""
        return {
            name: (least, most)
            for name, least, most in Slot.objects.values_list(
                slot_names.NAME, "capacity_min", "capacity_max"
            )
        }

    @cached_property
    def resources(self):
        """{code: capacity} of all shared resources."""
        return dict(SharedResource.objects.values_list("code", "capacity"))

    @cached_property
    def quotas(self):
        """{code: value} of all quotas."""
        return dict(Quota.objects.values_list("code", "value"))

    @cached_property
    def pins(self):
        """{INSTITUTION/PERSON: slot or pathway} of all pins."""
        rows = Pin.objects.filter(kind=PinKind.PIN).order_by("pk")
        person = "application__participant__"
        return {
            f"{giver}/{code}": pathway or slot
            for giver, code, pathway, slot in rows.values_list(
                *(f"{person}registered_by__code", f"{person}code", "pathway__code"),
                slot_names.NAME_OF_SLOT,
            )
        }

    @cached_property
    def days(self):
        """{name in plans: (first day, day after the last)} of all slots."""
        return {
            name: tuple(days)
            for name, *days in Slot.objects.values_list(
                slot_names.NAME, "starts_on", "ends_on"
            )
        }

    def told(self, scenario):
        """Yield each change of a scenario as "name: before -> after".

        One on top of another tells its own change alone, on what the other leaves.
        """
        above = scenario.parent.changes() if scenario.parent_id else {}
        for group, changes in scenario.overrides.items():
            for key, change in changes.items():
                told = None
                if group in self.TELLERS:
                    held = above.get(group, {}).get(key)
                    told = self.TELLERS[group](self, key, change, held)
                yield f"{name_of(group, key)}: {told or plain(change)}"

    def _budget(self, key, change, held):
        amount, currency = self.budgets.get(key, (None, ""))
        if amount is None or currency != "IDR":
            return None
        before, after = _both(amount, change, held)
        return before_after(
            formats.rupiah(half_up(before)), formats.rupiah(half_up(after))
        )

    def _capacity(self, key, change, held):
        if key not in self.capacities:
            return None
        held = held or {}
        before, after = [], []
        for there, name in zip(self.capacities[key], ("min", "max"), strict=True):
            both = _both(there, change.get(name), held.get(name))
            before.append(half_up(both[0]))
            after.append(half_up(both[1]))
        return before_after(
            *(f"{least}\u2013{most}" for least, most in (before, after))
        )

    def _resource(self, key, change, held):
        if key not in self.resources:
            return None
        both = _both(self.resources[key], change, held)
        return before_after(*(formats.number(half_up(each)) for each in both))

    def _quota(self, key, change, held):
        if key not in self.quotas or set(change) - {"value", "off"}:
            return None
        held = held or {}
        value, after = _both(self.quotas[key], change.get("value"), held.get("value"))
        return before_after(
            _("off") if held.get("off") else formats.number(float(value), decimals=2),
            _("off") if change.get("off") else formats.number(float(after), decimals=2),
        )

    def _rate(self, key, change, held):
        if key != "shock":
            return None
        return before_after(
            formats.percent(float(held or 1)), formats.percent(float(change))
        )

    def _left_out(self, key, change, held):
        return before_after(_("off") if held else _("on"), _("off"))

    def _pin(self, key, change, held):
        if key in PINS:
            return self._left_out(key, change, held)
        before = held or self.pins.get(key)
        told = [
            _("not pinned") if each in (None, OFF) else each
            for each in (before, change)
        ]
        return before_after(*told)

    def _day(self, key, change, held):
        if key == "decide_by":
            after = formats.day(date.fromisoformat(change))
            return (
                before_after(formats.day(date.fromisoformat(held)), after)
                if held
                else after
            )
        before = held and _days(held)
        return before_after(_span(before or self.days.get(key)), _span(_days(change)))

    TELLERS = {
        "rates": _rate,
        "pins": _pin,
        "rules": _left_out,
        "dates": _day,
        "budgets": _budget,
        "capacities": _capacity,
        "resources": _resource,
        "quotas": _quota,
    }


def _both(there, change, held):
    """Return the figure without a change, on what is held already, and with it."""
    before = there if held is None else applied(there, held)
    return Fraction(before), Fraction(
        before if change is None else applied(before, change)
    )


def _days(change):
    return tuple(date.fromisoformat(change[end]) for end in ("starts_on", "ends_on"))


def _span(days):
    return "\u2013".join(map(formats.day, days)) if days else "?"


def plain(change):
    """Return a change as it is stored."""
    if isinstance(change, dict):
        return ", ".join(f"{name} {value}" for name, value in change.items())
    return str(change)
