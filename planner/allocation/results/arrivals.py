"""Who begins a pathway, how many are expected to arrive, what stops the next of them.

What the places cost elsewhere is not read from prices: where the next arrival is what a
limit is short for, its price is what an arrival counts. It is solved (``standing``).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from fractions import Fraction
from math import prod
from typing import Any
from uuid import UUID

import numpy as np

from planner.allocation.problem.snapshot import Snapshot
from programs.arrivals import Arrival
from programs.choices import PlacementState
from programs.models import Pathway

from . import obstacles
from .outcome import Outcome

MOST_LIMITS = 5
"""Limits told of what stops the next arrival, the commonest first."""


def of(outcome: Outcome) -> list[dict[str, Any]]:
    """Return one entry for each pathway of the run, as plain data.

    Numbers that are not whole are text of exact fractions. ``begin`` and ``expected``
    count the plan's places and those that were decided before (``decided``).
    """
    snapshot = outcome.snapshot
    decided = of_decided(snapshot)
    stopped = what_stops(outcome)
    return [
        told(outcome, at, pathway, decided[pathway.pk], stopped.get(at, ([], 0)))
        for at, (pathway, _slots) in enumerate(snapshot.rows.pathways)
    ]


def told(
    outcome: Outcome,
    at: int,
    pathway: Pathway,
    decided: list[Fraction],
    stopped: tuple[list[dict[str, Any]], int],
) -> dict[str, Any]:
    """Return the figures of one pathway."""
    rows = outcome.snapshot.rows
    arrival = rows.arrivals[pathway.pk]
    chosen = outcome.chosen[outcome.snapshot.offers.pathway[outcome.chosen] == at]
    goal = pathway.goal
    limits, waiting = stopped
    return {
        "pathway": pathway.code,
        "title_en": pathway.title_en,
        "title_id": pathway.title_id,
        "goal": goal
        and {
            "indicator_en": goal.indicator_en,
            "indicator_id": goal.indicator_id,
            "target": goal.target,
            "year": goal.year,
        },
        "begin": len(chosen) + len(decided),
        "decided": len(decided),
        "expected": str(sum(decided, len(chosen) * arrival.chance)),
        "chance": str(arrival.chance),
        "worth": str(arrival.worth),
        "points": arrival.points(rows.profile.placement_points),
        "placement_points": rows.profile.placement_points,
        "steps": steps(outcome.snapshot, at, arrival),
        "could": waiting,
        "stopped": limits,
    }


def steps(snapshot: Snapshot, at: int, arrival: Arrival) -> list[dict[str, Any]]:
    """Return the steps before the last with the chance of passing each."""
    rows = snapshot.rows
    name = {slot.pk: slot.name for slot in rows.slots}
    _pathway, slots = rows.pathways[at]
    return [
        {
            "slot": name[slot],
            "typed": str(chance.typed),
            "passed": chance.passed,
            "ended": chance.ended,
            "chance": str(chance.value),
        }
        for slot, chance in zip(slots, arrival.chances, strict=False)
    ]


def of_decided(snapshot: Snapshot) -> dict[UUID, list[Fraction]]:
    """Return {pathway: the chance of each person who has a place on it already}.

    A step that is completed is passed.
    """
    rows = snapshot.rows
    done: dict[tuple[UUID, UUID], set[UUID]] = defaultdict(set)
    for placement in rows.kept:
        if placement.pathway_id in rows.arrivals:
            key = placement.pathway_id, placement.application_id
            done[key] |= (
                {placement.slot_id}
                if placement.state == PlacementState.COMPLETED
                else set()
            )
    slots = {pathway.pk: ids for pathway, ids in rows.pathways}
    found: dict[UUID, list[Fraction]] = {pk: [] for pk in slots}
    for (pathway, _application), passed in done.items():
        chances = zip(slots[pathway], rows.arrivals[pathway].chances, strict=False)
        found[pathway].append(
            prod(
                (chance.value for slot, chance in chances if slot not in passed),
                start=Fraction(1),
            )
        )
    return found


def what_stops(outcome: Outcome) -> dict[int, tuple[list[dict[str, Any]], int]]:
    """Return {pathway: (limits without room for one more, people who could begin)}.

    Of people who asked for the pathway, may take it, and are on none. A limit of None
    is room everywhere: the plan is worth more without.
    """
    offers = outcome.snapshot.offers
    on_one = offers.agent[outcome.chosen[offers.pathway[outcome.chosen] >= 0]]
    options = np.flatnonzero((offers.pathway >= 0) & ~np.isin(offers.agent, on_one))
    search = obstacles.Search(outcome.snapshot.problem, outcome.choice)
    counts: dict[int, Counter[str | None]] = defaultdict(Counter)
    people: Counter[int] = Counter()
    limits: dict[str, dict[str, Any]] = {}
    for option, found in zip(options.tolist(), search.of(options), strict=True):
        pathway = int(offers.pathway[option])
        people[pathway] += 1
        short: list[dict[str, Any]] = [
            obstacles.told(outcome, each) for each in found.short
        ]
        if not short and not found.cohorts:
            counts[pathway][None] += 1
        for each in short:
            lines: list[str] = each.get("lines", [each.get("limit")])
            name = "+".join(lines)
            limits[name] = named(each)
            counts[pathway][name] += 1
    return {
        pathway: (
            [
                {"limit": limits[name] if name else None, "people": number}
                for name, number in in_order(count)
            ],
            people[pathway],
        )
        for pathway, count in counts.items()
    }


def in_order(count: Counter[str | None]) -> Iterable[tuple[str | None, int]]:
    """Return the commonest limits, in a stable order."""
    return sorted(count.items(), key=lambda each: (-each[1], str(each[0])))[
        :MOST_LIMITS
    ]


def named(short: dict[str, Any]) -> dict[str, Any]:
    """Return the names of a limit without room, and how much it allows."""
    names = {key: short[key] for key in ("kind", "label_en", "label_id")}
    return names | {"upper": short.get("upper")}
