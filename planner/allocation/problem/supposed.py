"""What a scenario supposes, put into what was read: the rest stays as it is.

The stored form is the one of ``planner.models.overrides``. What it names and these
intakes do not have changes nothing: a scenario may be run for some of its intakes.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from planner.models.overrides import OFF, PINS, applied, whole
from programs import costing, eligibility
from programs.eligibility.facts import FORBID
from programs.models import (
    Application,
    Institution,
    ObjectiveProfile,
    Pathway,
    Placement,
    ResourceUse,
    Slot,
)

Changes = dict[str, Any]
"""What a scenario changes: group -> name -> change."""


def day_of(changes: Changes) -> date | None:
    """Return the day that a scenario judges the rules by, or None."""
    day = changes.get("dates", {}).get("decide_by")
    return date.fromisoformat(day) if day else None


def days_of(slots: QuerySet[Slot], changes: Changes) -> costing.Days:
    """Return {slot id: (first day, day after the last)} of the slots that move."""
    dates = changes.get("dates", {})
    named = [name for name in dates if name != "decide_by"]
    if not named:
        return {}
    day = date.fromisoformat
    return {
        pk: (day(dates[name]["starts_on"]), day(dates[name]["ends_on"]))
        for name, pk in slots.named(named).names().items()
    }


def move(
    days: costing.Days,
    slots: Iterable[Slot],
    uses: Iterable[ResourceUse],
    placements: Iterable[Placement],
) -> None:
    """Give the rows the days of the slots that move, never saved.

    Who has a place there moves with it, but where days of their own were agreed.
    """
    for slot in (*slots, *(row.slot for row in (*uses, *placements))):
        if slot.pk in days:
            slot.starts_on, slot.ends_on = days[slot.pk]


def without(
    facts: eligibility.Facts, applications: list[Application], changes: Changes
) -> eligibility.Facts:
    """Return the facts without the rules, pins and bans that a scenario leaves out.

    And with the pins that it gives to single people.
    """
    pins = changes.get("pins", {})
    left_out = set(changes.get("rules", {}))
    if "bans" in pins:
        left_out.add("forbidden")
    facts = replace(facts, left_out=facts.left_out | left_out)
    if "pins" in pins:
        nobody = np.full_like(facts.pinned, -1)
        groups = replace(facts.groups, pins=[])
        facts = replace(facts, pinned=nobody, groups=groups)
    alone = {name: change for name, change in pins.items() if name not in PINS}
    return pinned(facts, applications, alone) if alone else facts


def pinned(
    facts: eligibility.Facts, applications: list[Application], pins: dict[str, str]
) -> eligibility.Facts:
    """Return the facts with what is supposed of single people.

    Parameters
    ----------
    pins: {INSTITUTION/PERSON: the slot or pathway they are pinned to, or "off"}.
    """
    codes = {name.partition("/")[0] for name in pins}
    givers = Institution.objects.filter(code__in=codes)
    code_of = dict(givers.values_list("pk", "code"))
    named = Slot.objects.named(set(pins.values()) - {OFF})
    slots = {slot.name: slot for slot in named}
    ways = Pathway.objects.filter(code__in=set(pins.values()) - {OFF})
    pathways = {way.code: way for way in ways}
    pins_of, marks, mark_row = (
        np.array(each) for each in (facts.pinned, facts.marks, facts.mark_row)
    )
    own_word = np.zeros(len(pins_of), bool)
    for row, application in enumerate(applications):
        person = application.participant
        change = pins.get(f"{code_of.get(person.registered_by_id)}/{person.code}")
        if change is None:
            continue
        if change == OFF:
            pins_of[row] = -1
            free = marks[mark_row[row]] & ~np.uint8(FORBID)
            marks, mark_row[row] = np.vstack([marks, free]), len(marks)
            own_word[row] = True
        elif (slot := slots.get(change)) and slot.intake_id == application.intake_id:
            pins_of[row] = facts.column_of[slot.pk]
            own_word[row] = True
        elif (way := pathways.get(change)) and way.intake_id == application.intake_id:
            pins_of[row] = facts.pathways[way.pk][0]
            own_word[row] = True
    groups = facts.groups.without(own_word)
    return replace(facts, pinned=pins_of, marks=marks, mark_row=mark_row, groups=groups)


def capacities(slots: Iterable[Slot], changes: Changes) -> None:
    """Give slots the capacities of a scenario, never saved."""
    changed = changes.get("capacities", {})
    for slot in slots:
        change = changed.get(slot.name, {})
        for field, name in (("capacity_max", "max"), ("capacity_min", "min")):
            if name in change:
                setattr(slot, field, whole(getattr(slot, field), change[name]))
        slot.capacity_min = min(slot.capacity_min, slot.capacity_max)


def resources(uses: Iterable[ResourceUse], changes: Changes) -> None:
    """Give shared resources the capacities of a scenario, never saved."""
    changed = changes.get("resources", {})
    for use in uses:
        if use.resource.code in changed:
            there = use.resource.capacity
            # One object a use: what was changed for one is not changed again.
            use.resource.capacity = whole(there, changed[use.resource.code])


def budgets(costs: costing.Costs, changes: Changes) -> dict[UUID, Fraction | None]:
    """Return {line id: exact units, or None}, as changed by the scenario."""
    changed = changes.get("budgets", {})
    return {
        line.pk: _changed(costs.budget[line.pk].amount, changed[str(line.key)])
        if str(line.key) in changed
        else costs.budget[line.pk].amount
        for line in costs.budget_lines
    }


def _changed(units: Fraction | None, change: Any) -> Fraction | None:
    """Return a budget in units after a change that is told in rupiah or per cent."""
    rupiah = None if units is None else units * costing.UNIT
    after = applied(rupiah, change)
    return None if after is None else costing.to_units(after)


def weights(profile: ObjectiveProfile | None, changes: Changes) -> ObjectiveProfile:
    """Return the objective profile with the scenario's weights, never saved.

    Without a profile, the newest version of the first that works in tiers.
    """
    if profile is None:
        profiles = ObjectiveProfile.objects.order_by("-is_tiered", "code", "-version")
        profile = profiles.first() or ObjectiveProfile(
            code="standard", name_en="Standard", name_id="Baku"
        )
    for name, change in changes.get("weights", {}).items():
        value = change
        if name != "is_tiered":
            value = whole(getattr(profile, name), change)
        setattr(profile, name, value)
    for row in profile.rest:
        if row.code in changes.get("points", {}):
            row.points = whole(row.points, changes["points"][row.code])
    return profile
