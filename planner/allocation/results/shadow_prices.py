"""What every limit of a plan was used for, and what one more unit would be worth."""

import numpy as np

from planner.allocation.problem.builder import Limit, Line
from planner.allocation.problem.constraints.quotas import covers
from planner.models import AllocationRun, LimitKind, LimitPrice, Tier
from planner.models.words import PRICE_STEP
from planner.optimiser.model.problem import HARD
from programs.choices import QuotaMeasure
from programs.costing import half_up

from .outcome import Outcome

NOISE = 0.001
"""People a whole unit would place below which a price is a rounding error."""


def rows(outcome: Outcome, run: AllocationRun) -> list[LimitPrice]:
    """Return the `LimitPrice` rows of a plan: every limit and every used line."""
    limits = [
        of_limit(outcome, run, at, limit)
        for at, limit in enumerate(outcome.snapshot.limits)
        if limit.kind not in (LimitKind.POOL, LimitKind.OVERLAP)
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
    used = int(outcome.plan.use[at])
    shown = shown_limits(outcome, at, limit)
    return LimitPrice(
        run=run,
        key=str(limit.key),
        **limit.key._asdict(),
        label_en=limit.label_en,
        label_id=limit.label_id,
        lower=shown[0],
        upper=shown[1],
        use=limit.committed + counted(outcome, at, limit, used),
        price=points * limit.scale,
        people=people * limit.scale,
        is_hard=HARD
        in (
            limit.shortfall_price if limit.lower else 0,
            limit.excess_price if limit.upper is not None else 0,
        ),
    )


def counted(outcome: Outcome, at: int, limit: Limit, used: int) -> int:
    """Return the use of a limit in what people count."""
    quota = limit.quota
    if quota is None or quota.measure != QuotaMeasure.PERCENT:
        return round(used / limit.scale)
    return with_attribute(outcome, at, limit)[0]


def with_attribute(outcome: Outcome, at: int, limit: Limit) -> tuple[int, int]:
    """Return (people with the attribute, all people) a share is about, in the plan.

    Each person with the attribute uses the whole of the scale, without it nothing.
    """
    offers = outcome.snapshot.offers
    having = sum(outcome.uses(option).get(at, 0) for option in outcome.chosen.tolist())
    assert limit.quota is not None
    applications = outcome.snapshot.rows.applications
    covered = np.array([covers(limit.quota, each) for each in applications], bool)
    placed = int(offers.heads_of(covered)[sorted(outcome.placed)].sum())
    return having // limit.scale, placed


def shown_limits(
    outcome: Outcome, at: int, limit: Limit
) -> tuple[int | None, int | None]:
    """Return the limits as people know them; a share is one of the people placed."""
    quota = limit.quota
    if quota is None or quota.measure != QuotaMeasure.PERCENT:
        return limit.shown_lower, limit.shown_upper
    _having, placed = with_attribute(outcome, at, limit)
    return quota.bounds(placed + limit.kept_placed)


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
