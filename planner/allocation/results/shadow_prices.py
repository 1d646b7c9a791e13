"""What every limit of a plan was used for, and what one more unit would be worth."""

import numpy as np

from planner.allocation.problem.builder import Limit, Line
from planner.allocation.problem.constraints.quotas import standing
from planner.models import AllocationRun, LimitKind, LimitPrice, Tier
from planner.models.words import PRICE_STEP
from planner.optimiser.model.problem import HARD
from programs.costing import half_up

from .outcome import Outcome

UNSHOWN = (LimitKind.POOL, LimitKind.OVERLAP, LimitKind.VALUE)
"""Limits that only let others count."""
NOISE = 0.001
"""People a whole unit would place below which a price is a rounding error."""


def rows(outcome: Outcome, run: AllocationRun) -> list[LimitPrice]:
    """Return the `LimitPrice` rows of a plan: every limit and every used line."""
    limits = [
        of_limit(outcome, run, at, limit)
        for at, limit in enumerate(outcome.snapshot.limits)
        if limit.kind not in UNSHOWN
    ]
    reached = {line for limit in outcome.snapshot.limits for line in limit.lines}
    lines = [
        of_line(outcome, run, at, line)
        for at, line in enumerate(outcome.snapshot.lines)
        if at in reached
    ]
    return [*limits, *lines]


def of_limit(outcome: Outcome, run: AllocationRun, at: int, limit: Limit) -> LimitPrice:
    """Return the row of one limit, in people (or hours, ...), not in units."""
    people, points = prices(outcome, "price", at)
    lower, upper, use = shown(outcome, at, limit)
    return LimitPrice(
        run=run,
        key=str(limit.key),
        **limit.key._asdict(),
        label_en=limit.label_en,
        label_id=limit.label_id,
        lower=lower,
        upper=upper,
        use=use,
        price=points * limit.scale,
        people=people * limit.scale,
        is_hard=HARD
        in (
            limit.shortfall_price if limit.lower else 0,
            limit.excess_price if limit.upper is not None else 0,
        ),
    )


def shown(
    outcome: Outcome, at: int, limit: Limit
) -> tuple[int | None, int | None, int]:
    """Return (lower, upper, use) of a limit in what people count.

    A quota stands as the rules count it: all live placements it covers, and the plan.
    """
    if limit.quota is not None:
        rows = outcome.snapshot.rows
        places = [*rows.kept, *outcome.places]
        stands = standing(limit.quota, places, rows.grounds)
        return stands.lower, stands.upper, stands.having
    used = round(int(outcome.plan.use[at]) / limit.scale)
    return limit.shown_lower, limit.shown_upper, limit.committed + used


def of_line(outcome: Outcome, run: AllocationRun, at: int, line: Line) -> LimitPrice:
    """Return the row of one budget line, in planning units of IDR 1,000."""
    people, points = prices(outcome, "supply_price", at)
    budget = None if line.budget is None else half_up(line.budget)
    return LimitPrice(
        run=run,
        key=str(line.key),
        **line.key._asdict(),
        label_en=line.label_en,
        label_id=line.label_id,
        upper=budget,
        use=half_up(line.committed + int(outcome.line_use[at]) * line.step),
        price=points / float(line.step),
        people=people / float(line.step),
    )


def prices(outcome: Outcome, name: str, at: int) -> tuple[float, float]:
    """Return (price in people, price in points) of one limit.

    In tiers the first price is in people. The points of the second tier count only
    where nobody more could be placed: before that, they are paid in people.
    """
    names, profile = outcome.snapshot.tier_names, outcome.snapshot.rows.profile
    by_tier = {
        tier: float(values[at])
        for tier, claim in zip(names, outcome.claim.tiers, strict=True)
        if (values := getattr(claim, name)) is not None and np.isfinite(values[at])
    }
    people = by_tier.get(Tier.PEOPLE, 0.0) / max(1, profile.placement_points)
    if abs(people) * unit(outcome, name, at) < NOISE:
        return 0.0, by_tier.get(Tier.POINTS, 0.0)
    return people, people * profile.placement_points


def unit(outcome: Outcome, name: str, at: int) -> int:
    """Return what people think of as one more: a person, an hour, Rp 100 million."""
    if name == "supply_price":
        return PRICE_STEP / float(outcome.snapshot.lines[at].step)
    return outcome.snapshot.limits[at].scale
