"""Why somebody is not placed: a code and its facts, for each way the person asked for.

Only codes and facts are found here; the words are made in ``planner.models.words``
when somebody reads them.
"""

from collections.abc import Callable
from math import ceil, floor
from typing import Any

import numpy as np

from planner.allocation.problem.builder import Limit
from planner.allocation.problem.options import spans
from planner.allocation.problem.snapshot import Snapshot
from planner.models import LimitKind
from programs import eligibility

from .outcome import Outcome

FULL = {
    LimitKind.QUOTA: "quota_full",
    LimitKind.RESOURCE: "resource_full",
    LimitKind.AGREEMENT: "agreement_full",
    LimitKind.ROUTE: "route_full",
    LimitKind.OVERLAP: "placed_elsewhere",
}
"""The code of a limit that had no room."""

Reasons = dict[int, list[dict[str, Any]]]
"""Applicant -> reasons as they are stored, the main one first."""
MOST_WAYS = 12
"""Ways that are explained one by one: the best, where there are many."""


def explain(outcome: Outcome, *, step: Callable[[], object]) -> Reasons:
    """Return {applicant: [reason]} for everybody without a place, main reason first."""
    snapshot = outcome.snapshot
    barred = ways_barred(snapshot)
    reasons: Reasons = {}
    for agent, group in enumerate(snapshot.offers.agents):
        if agent in outcome.placed:
            continue
        open_ways = [
            why_not(outcome, option) for option in outcome.options_of(agent)[:MOST_WAYS]
        ]
        for member in group:
            told = [*open_ways, *barred.get(member, [])[:MOST_WAYS]]
            if len(group) > 1 and not open_ways and not barred.get(member):
                told.append({"code": "team_not_together", "params": {}})
            reasons[member] = told or [{"code": "nothing_asked_for", "params": {}}]
        if agent % 500 == 0:
            step()
    return reasons


def ways_barred(snapshot: Snapshot) -> Reasons:
    """Return {applicant: [reason]} for the ways that a rule forbids.

    Of people who ranked nothing only the most frequent rules are told.
    """
    facts, verdicts = snapshot.facts, snapshot.verdicts
    chosen = np.flatnonzero(~verdicts.placeable)
    within = chosen - np.searchsorted(verdicts.person, verdicts.person[chosen])
    chosen = chosen[within < MOST_WAYS]
    counts = np.diff(verdicts.ptr)[chosen]
    columns = verdicts.columns[spans(verdicts.ptr[:-1][chosen], counts)]
    why = eligibility.explain(
        facts, np.repeat(verdicts.person[chosen], counts), columns
    )
    codes = {slot.pk: slot.code for slot in snapshot.rows.slots}
    pathways = {pathway.pk: pathway.code for pathway, _s in snapshot.rows.pathways}
    barred: Reasons = {}
    first = 0
    for way, count in zip(chosen.tolist(), counts.tolist(), strict=True):
        told = [
            reason for of_column in why[first : first + count] for reason in of_column
        ]
        pathway = int(verdicts.pathway[way])
        barred.setdefault(int(verdicts.person[way]), []).append(
            {
                "code": "not_eligible",
                "slot": codes[facts.slots.slot[columns[first]]],
                "pathway": pathways[verdicts.pathway_ids[pathway]]
                if pathway >= 0
                else None,
                "params": {},
                "rules": [r.as_dict() for r in told if r.severity > eligibility.WARN],
            }
        )
        first += count
    return unranked(facts, verdicts, barred)


def unranked(
    facts: eligibility.Facts, verdicts: eligibility.Options, barred: Reasons
) -> Reasons:
    """Add, for people who ranked nothing, which rules keep them from most slots."""
    codes = [rule.code for rule in eligibility.RULES]
    asked = np.isin(np.arange(len(facts.people)), verdicts.person)
    for applicant in np.flatnonzero(~asked & verdicts.broken.any(axis=1)).tolist():
        counts = verdicts.broken[applicant]
        order = np.argsort(-counts, kind="stable")
        barred[applicant] = [
            {
                "code": "no_slot_fits",
                "params": {},
                "counts": [
                    [codes[bit], int(counts[bit])] for bit in order if counts[bit]
                ],
            }
        ]
    return barred


def why_not(outcome: Outcome, option: int) -> dict[str, Any]:
    """Return the reason why a way that every rule allows was not taken."""
    snapshot, problem = outcome.snapshot, outcome.snapshot.problem
    pairs = snapshot.offers.pairs_of(option)
    pathway = int(snapshot.offers.pathway[option])
    reason = {
        "slot": snapshot.rows.slots[snapshot.pairs.slot[pairs[0]]].code,
        "pathway": snapshot.rows.pathways[pathway][0].code if pathway >= 0 else None,
    }
    uses = outcome.uses(option)
    blocked = []
    for resource, amount in uses.items():
        limit = snapshot.limits[resource]
        if limit.only_if_used and outcome.plan.use[resource] == 0:
            params = {"slot": limit.key.code, "min": limit.shown_lower}
            blocked.append((1, {"code": "cohort_not_run", "params": params}))
        elif (
            amount > outcome.left[resource]
            and problem.resource_excess_price[resource] < 0
        ):
            blocked.append(no_room(outcome, limit, resource, amount))
    if not blocked:
        return reason | {"code": "others_came_first", "params": {}}
    return reason | min(blocked, key=lambda entry: entry[0])[1]


def no_room(
    outcome: Outcome, limit: Limit, resource: int, amount: int
) -> tuple[int, dict[str, Any]]:
    """Return (order, code and facts) of a limit that an option would break."""
    snapshot = outcome.snapshot
    if limit.kind == LimitKind.SEATS:
        slot = limit.key.code
        return 0, {
            "code": "seats_full",
            "params": {"slot": slot, "seats": limit.shown_upper},
        }
    if limit.kind == LimitKind.POOL:
        lines = [snapshot.lines[line].key.code for line in limit.lines]
        step = snapshot.lines[limit.lines[0]].step
        return 2, {
            "code": "budget_short",
            "params": {
                "lines": lines,
                "needed": ceil(amount * step),
                "left": floor(max(0, int(outcome.left[resource])) * step),
            },
        }
    return 3, {
        "code": FULL[limit.kind],
        "params": {
            "limit": str(limit.key),
            "label_en": limit.label_en,
            "label_id": limit.label_id,
            "upper": limit.shown_upper,
        },
    }
