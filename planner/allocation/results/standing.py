"""What holds a plan back: the limits that are changed and solved again after a run.

Prices and what is short for people say where to look. What is told is solved: each of
these limits a step further, everything else as it is. Of the people of the most wanted
places it is solved as well how a plan with them there compares with the best.
"""

from collections import Counter
from fractions import Fraction
from math import ceil
from typing import Any

from planner.models import (
    AllocationRun,
    LimitKind,
    LimitPrice,
    Unplaced,
    WhatIf,
)
from planner.models.reason_words import shorts_of
from planner.models.words import PRICE_STEP
from programs import clock

from . import inquiries
from .different import RAISED, Asked
from .outcome import Outcome

MOST = 4
"""Limits that are asked about for their price, and for how many people lack them."""
MOST_PEOPLE = 10
"""People without a place, those of the most wanted places first, about whom it is
settled how the best plan with them there compares with the best of all."""
SECONDS = 10.0
SECONDS_OF_ARRIVALS = 20.0
"""For the plan in which arrivals by pathways count nothing: all of it may change."""


def ask(
    outcome: Outcome,
    run: AllocationRun,
    prices: list[LimitPrice],
    unplaced: list[Unplaced],
    *,
    state: str,
) -> list[WhatIf]:
    """Write a question for each limit that seems to hold the plan back most, and for
    the people of the most wanted places; where somebody is on a pathway, also what the
    best plan is if arriving counts nothing: what the arrivals cost elsewhere."""
    if not inquiries.is_asked(run, state=state):
        return []
    row = AllocationRun.objects.get(pk=run.pk)
    asked = Asked(row, outcome.snapshot.problem, outcome.choice)
    changes = [
        asked.raise_of(row, step(row, asked)) for row in wanted(prices, unplaced)
    ]
    told: list[dict[str, Any]] = [
        {"changes": [change]} for change in changes if change is not None
    ]
    if any(
        entry["points"] and entry["begin"] > entry["decided"]
        for entry in row.summary.get("arrivals", ())
    ):
        told.append({"leaves_out_arrivals": True, "seconds": SECONDS_OF_ARRIVALS})
    told += [
        {
            "application_id": one.application_id,
            "option": one.reasons[0]["option"],
            "place": inquiries.place(one) or "",
        }
        for one in inquiries.in_order(unplaced)[:MOST_PEOPLE]
    ]
    return WhatIf.objects.bulk_create(
        WhatIf(
            run=run,
            **{"seconds": SECONDS, **columns},
            is_standing=True,
            created_at=clock.now(),
        )
        for columns in told
    )


def wanted(prices: list[LimitPrice], unplaced: list[Unplaced]) -> list[LimitPrice]:
    """Return the limits with the highest prices, then those that most people lack."""
    rows = {row.name: row for row in prices if row.kind in RAISED and row.upper}
    dear = sorted(rows.values(), key=lambda row: (*(-w for w in worth(row)), row.name))
    dear = [row for row in dear if any(part > 0 for part in worth(row))][:MOST]
    lacked: Counter[str] = Counter()
    for one in unplaced:
        lacked.update({name for each in shorts_of(one.reasons[0]) for name in of(each)})
    known = [rows[name] for name, _count in lacked.most_common() if name in rows]
    return list({row.name: row for row in [*dear, *known[:MOST]]}.values())


def of(short: dict[str, Any]) -> list[str]:
    """Return the names of the limits that a shortage is about."""
    lines = [f"{LimitKind.BUDGET}:{line}" for line in short.get("lines", ())]
    return lines or [short["limit"]]


def worth(row: LimitPrice) -> tuple[float, float]:
    """Return what one step of a limit is worth: people first, then points."""
    size = PRICE_STEP if row.kind == LimitKind.BUDGET else 1
    return abs(row.people) * size, abs(row.price) * size


def step(row: LimitPrice, asked: Asked) -> int:
    """Return how much more is asked about: Rp 100 million, or what one person uses."""
    if row.kind == LimitKind.BUDGET:
        return max(PRICE_STEP, ceil(asked.step(row.name)))
    at = asked.names.index(row.name)
    amounts = Counter(
        asked.problem.use_amount[asked.problem.use_resource == at].tolist()
    )
    if not amounts:
        return 1
    told = asked.raise_of(row, 1)
    assert told is not None
    (usual, _count) = amounts.most_common(1)[0]
    return max(1, ceil(Fraction(usual, int(told["units"]))))
