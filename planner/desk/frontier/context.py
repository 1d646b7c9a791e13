"""What other budgets of a line bought, from the runs that tried them out."""

from dataclasses import dataclass, replace

from planner.allocation.results import trials
from planner.desk.parts.limits import worth
from planner.models import AllocationRun, LimitKind, Tier
from planner.models.quality import main_gap


@dataclass(frozen=True)
class Point:
    """A budget of a line and what came of it.

    Money is in planning units of IDR 1,000; ``at_most`` people no plan can exceed, as
    far as the bound proves, people counted by the plan's own mean weight.
    """

    line: str
    label: str
    budget: int
    difference: int
    run: AllocationRun
    placed: int | None = None
    more: int | None = None
    at_most: int | None = None
    gap: float | None = None
    is_base: bool = False
    cheaper: AllocationRun | None = None


def lines_of(run):
    """Return the budget lines with a limit, those with the highest price first."""
    limits = run.prices.filter(kind=LimitKind.BUDGET, upper__isnull=False)
    return sorted(limits, key=lambda row: (*(-part for part in worth(row)), row.key))


def points_of(run, lines):
    """Return {line's code: its points by budget}, the run itself among them.

    Of several runs with the same budget the newest counts.
    """
    by_key = {line.code: line for line in lines}
    runs = {}
    for asked in trials.runs_of(run):
        key, budget = trials.budget_of(asked)
        if key in by_key:
            runs[key, budget] = asked
    points = {key: [_point(line, line.upper, run, run)] for key, line in by_key.items()}
    for (key, budget), asked in runs.items():
        points[key].append(_point(by_key[key], budget, asked, run))
    return {
        key: list(beside_cheaper(sorted(row, key=lambda p: p.budget)))
        for key, row in points.items()
    }


def beside_cheaper(points):
    """Yield points in the order of budgets, with a better plan for less money if any.

    The search for the dearer one ended early then; asked again it starts from that.
    """
    best = None
    for point in points:
        if point.placed is not None:
            if best is not None and trials.worth(best.run) > trials.worth(point.run):
                point = replace(point, cheaper=best.run)
            else:
                best = point
        yield point


def _point(line, budget, run, base):
    told = {
        "line": line.code,
        "label": line.label,
        "budget": budget,
        "difference": budget - line.upper,
        "run": run,
        "is_base": run.pk == base.pk,
    }
    if not run.has_plan:
        return Point(**told)
    placed = run.summary["placed"]
    return Point(
        **told,
        placed=placed,
        more=placed - base.summary["placed"],
        at_most=at_most(run),
        gap=main_gap(run),
    )


def at_most(run):
    """Return how many people no plan can exceed, or None where that is not known."""
    tier = next((tier for tier in run.tiers if tier["name"] == Tier.PEOPLE), None)
    placed = run.summary["placed"]
    if tier is None or not tier["value"] or tier["bound"] is None or tier["value"] < 0:
        return None
    return max(placed, int(placed * tier["bound"] / tier["value"]))
