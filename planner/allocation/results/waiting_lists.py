"""Waiting lists: who moves up in a slot, so that everything else still holds.

A list is made before anybody knows who will leave. People who could replace anybody
in the slot come first, then those who could replace somebody; within both by what they
are worth to the plan. Whoever moves up is checked again, on the data of that day.
"""

from collections.abc import Callable, Iterable

import numpy as np

from planner.allocation.problem.options import DIRECT
from planner.allocation.problem.snapshot import Snapshot
from planner.optimiser.model.problem import HARD, UNLIMITED

from .outcome import Outcome

MOST = 50
"""People on the list of one slot."""

ANYBODY, SOMEBODY = 0, 1


def lists(
    outcome: Outcome, *, step: Callable[[], object]
) -> list[tuple[int, list[int]]]:
    """Return [(slot, [applicant])] in the order in which people would move up."""
    snapshot = outcome.snapshot
    inside: dict[int, list[int]] = {}
    outside: dict[int, dict[int, int]] = {}
    for option in outcome.chosen.tolist():
        for slot in slots_of(snapshot, option):
            inside.setdefault(slot, []).append(option)
    for agent in range(len(snapshot.offers.agents)):
        if agent in outcome.placed or snapshot.offers.is_team[agent]:
            continue
        for option in outcome.options_of(agent):
            if snapshot.offers.pathway[option] == DIRECT:
                of_slot = outside.setdefault(slots_of(snapshot, option)[0], {})
                # A human stands once on a list, by the application worth most.
                of_slot.setdefault(agent, option)
    result = []
    for slot in sorted(inside):
        step()
        waiting = order(outcome, inside[slot], outside.get(slot, {}).values())
        result.append((slot, [outcome.applicant_of(option) for option in waiting]))
    return result


def slots_of(snapshot: Snapshot, option: int) -> list[int]:
    """Return the slots of an option, each once."""
    return np.unique(snapshot.pairs.slot[snapshot.offers.pairs_of(option)]).tolist()


def order(outcome: Outcome, leavers: list[int], candidates: Iterable[int]) -> list[int]:
    """Return the candidates who could replace somebody, in the order of the list."""
    least, most = extremes([outcome.uses(option) for option in leavers])
    ranked = sorted(candidates, key=lambda o: (outcome.worth(o), -o), reverse=True)
    groups: dict[int, list[int]] = {ANYBODY: [], SOMEBODY: []}
    for option in ranked[: 4 * MOST]:
        uses = outcome.uses(option)
        if fits(outcome, uses, gives=least, takes=most):
            groups[ANYBODY].append(option)
        elif fits(outcome, uses, gives=most, takes=least):
            groups[SOMEBODY].append(option)
    return [*groups[ANYBODY], *groups[SOMEBODY]][:MOST]


def extremes(uses: list[dict[int, int]]) -> tuple[dict[int, int], dict[int, int]]:
    """Return the least and the most of each resource that a leaver sets free."""
    names = {resource for use in uses for resource in use}
    least = {r: min(use.get(r, 0) for use in uses) for r in names}
    most = {r: max(use.get(r, 0) for use in uses) for r in names}
    return least, most


def fits(
    outcome: Outcome,
    uses: dict[int, int],
    *,
    gives: dict[int, int],
    takes: dict[int, int],
) -> bool:
    """Return whether somebody fits in when a leaver gives so much and takes so much.

    ``gives`` counts against upper limits, ``takes`` against lower ones.
    """
    problem, use = outcome.snapshot.problem, outcome.plan.use
    for resource in {*uses, *takes}:
        amount, left = uses.get(resource, 0), int(outcome.left[resource])
        hard_above = problem.resource_excess_price[resource] == HARD
        if hard_above and left < UNLIMITED and amount > left + gives.get(resource, 0):
            return False
        lower = int(problem.resource_lower[resource])
        hard_below = problem.resource_shortfall_price[resource] == HARD
        after = int(use[resource]) - takes.get(resource, 0) + amount
        if hard_below and lower and after < min(lower, int(use[resource])):
            return False
    return True
