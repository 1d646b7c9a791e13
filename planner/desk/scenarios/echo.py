"""The changes of scenarios in words: what it is now, and what it would be."""

from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from planner.desk.scenarios.choices import name_of
from programs import amounts, formats
from programs.costing import half_up
from programs.models import BudgetLine, Quota, SharedResource, Slot, slot_names


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

    def told(self, scenario):
        """Yield each change of a scenario as "name: what"; before and after it is based
        on the data as they are, so that one on top of another tells the change alone.
        """
        for group, changes in scenario.overrides.items():
            for key, change in changes.items():
                told = None
                if scenario.parent_id is None and group in self.TELLERS:
                    told = self.TELLERS[group](self, key, change)
                yield f"{name_of(group, key)}: {told or plain(change)}"

    def _budget(self, key, change):
        amount, currency = self.budgets.get(key, (None, ""))
        if amount is None or currency != "IDR":
            return None
        after = half_up(amounts.changed(amount, change))
        return before_after(formats.rupiah(amount), formats.rupiah(after))

    def _capacity(self, key, change):
        if key not in self.capacities:
            return None
        least, most = self.capacities[key]
        after = change.get("min", least), change.get("max", most)
        return before_after(f"{least}\u2013{most}", f"{after[0]}\u2013{after[1]}")

    def _resource(self, key, change):
        if key not in self.resources:
            return None
        return before_after(formats.number(self.resources[key]), formats.number(change))

    def _quota(self, key, change):
        if key not in self.quotas or set(change) - {"value", "off"}:
            return None
        after = change.get("value")
        return before_after(
            formats.number(self.quotas[key], decimals=2),
            _("off") if change.get("off") else formats.number(after, decimals=2),
        )

    def _rate(self, key, change):
        if key != "shock":
            return None
        return before_after(formats.percent(1), formats.percent(float(change)))

    def _left_out(self, key, change):
        return before_after(_("on"), _("off"))

    def _day(self, key, change):
        return formats.day(date.fromisoformat(change))

    TELLERS = {
        "rates": _rate,
        "pins": _left_out,
        "rules": _left_out,
        "dates": _day,
        "budgets": _budget,
        "capacities": _capacity,
        "resources": _resource,
        "quotas": _quota,
    }


def before_after(before, after):
    """Return a change as an arrow."""
    return f"{before} \u2192 {after}"


def plain(change):
    """Return a change as it is stored."""
    if isinstance(change, dict):
        return ", ".join(f"{name} {value}" for name, value in change.items())
    return str(change)
