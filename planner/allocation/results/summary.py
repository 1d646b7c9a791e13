"""A plan in figures: what a planner wants to see first."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from planner.allocation.problem import steps
from planner.allocation.problem.snapshot import Snapshot
from planner.models import LimitKind, LimitPrice, Proposal, Reserve, Unplaced
from planner.models.reason_words import shorts_of
from planner.models.small_counts import is_few
from programs.costing import half_up
from programs.eligibility.rules.condition import CONDITION
from programs.models import Application, LineKey

from . import arrivals, expected
from .outcome import Outcome


def of(
    outcome: Outcome,
    proposals: list[Proposal],
    reserves: list[Reserve],
    unplaced: list[Unplaced],
    prices: list[LimitPrice],
) -> dict[str, Any]:
    """Return the figures of a plan as plain data; money in planning units.

    People are humans: who was nominated twice is one, and is placed or is not. Of those
    without a place, ``reserve`` are on a waiting list.
    """
    snapshot = outcome.snapshot
    by_kind = {kind: [row for row in prices if row.kind == kind] for kind in LimitKind}
    budgets = [row for row in by_kind[LimitKind.BUDGET] if row.upper is not None]
    eligible = eligible_by_slot(snapshot)
    people = humans(snapshot.rows.applications)
    placed = humans(row.application for row in proposals)
    waiting = humans(row.application for row in reserves)
    return {
        "people": len(people),
        "nominations": len(snapshot.rows.applications),
        "placed": len(placed),
        "kept": len(kept(snapshot)),
        "reserve": len(waiting - placed),
        "unplaced": len(people - placed),
        "cost": half_up(sum(row.units for row in proposals)),
        "budget": sum(row.upper for row in budgets),
        "slots": [
            {
                "slot": row.code,
                "min": row.lower,
                "max": row.upper,
                "used": row.use,
                "eligible": eligible[row.code],
            }
            for row in by_kind[LimitKind.SEATS]
        ],
        "money": [money(row) for row in by_kind[LimitKind.BUDGET]],
        "quotas": [quota(row) for row in by_kind[LimitKind.QUOTA]],
        "quotas_count": "humans",
        "reasons": Counter(row.main_reason for row in unplaced).most_common(),
        "short": short(unplaced),
        "rules": rules(unplaced),
        "options": len(snapshot.offers),
        "steps": steps.by_key(snapshot.lines),
        "alternatives": alternatives(snapshot),
        "arrivals": arrivals.of(outcome),
        "expected": expected.of(outcome),
    }


def alternatives(snapshot: Snapshot) -> dict[str, tuple[int, int]]:
    """Return {application: span of its options} of humans who have several."""
    applications = snapshot.rows.applications
    return {
        str(applications[applicant].pk): span
        for applicant, span in snapshot.offers.spans_of(snapshot.pairs).items()
    }


def humans(applications: Iterable[Application]) -> set[str]:
    """Return who these applications are of: a human is one, with however many."""
    return {application.participant.human for application in applications}


def kept(snapshot: Snapshot) -> set[str]:
    """Return who has a place in these intakes already that the plan leaves alone."""
    own = {intake.pk for intake in snapshot.rows.intakes}
    places = (placement.application for placement in snapshot.rows.kept)
    return humans(each for each in places if each.intake_id in own)


def short(unplaced: list[Unplaced]) -> list[tuple[str, int]]:
    """Return what kinds of limit are short for the best way of people without a place.

    Each person is counted once for each kind; one may lack several.
    """
    counts: Counter[str] = Counter()
    for row in unplaced:
        counts.update({each["kind"] for each in shorts_of(row.reasons[0])})
    return counts.most_common()


def rules(unplaced: list[Unplaced]) -> list[tuple[str, int]]:
    """Return the rules that people without a place do not meet, with how many.

    Of those whom a rule stops by nothing but what is confidential no few are counted.
    """
    counts: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for row in unplaced:
        told = list(broken(row))
        open_to_all = {code for code, is_kept in told if not is_kept}
        counts.update(open_to_all)
        kept.update({code for code, _kept in told} - open_to_all)
    counts.update({code: few for code, few in kept.items() if not is_few(few)})
    return counts.most_common()


def broken(row: Unplaced) -> Iterator[tuple[str, bool]]:
    """Yield the rules that somebody does not meet, and whether by a secret."""
    if row.main_reason == "not_eligible":
        for reason in row.reasons:
            for rule in reason["rules"]:
                yield rule["code"], "private" in rule["params"]
    elif row.main_reason == "no_slot_fits":
        reason = row.reasons[0]
        for code, _count in reason["counts"]:
            yield code, code == CONDITION.code and reason.get("is_confidential", False)


def eligible_by_slot(snapshot: Snapshot) -> Counter[str]:
    """Return how many people every rule would allow into each slot."""
    seen = np.unique(np.stack([snapshot.pairs.slot, snapshot.pairs.applicant]), axis=1)
    counts = np.bincount(seen[0], minlength=len(snapshot.rows.slots)).tolist()
    return Counter(
        {
            slot.name: count
            for slot, count in zip(snapshot.rows.slots, counts, strict=True)
        }
    )


def money(row: LimitPrice) -> dict[str, Any]:
    """Return the figures of one budget line."""
    line = LineKey.parse(row.code)
    return {
        "source": line.source,
        "year": line.year,
        "category": line.category or None,
        "budget": row.upper,
        "used": row.use,
    }


def quota(row: LimitPrice) -> dict[str, Any]:
    """Return the figures of one quota."""
    return {
        "quota": row.code,
        "lower": row.lower,
        "upper": row.upper,
        "used": row.use,
        "is_hard": row.is_hard,
        "shortfall": row.shortfall,
    }
