"""What other budgets of a line bought, from the runs that tried them out."""

from dataclasses import dataclass

from planner.allocation.decisions import budget_trials
from planner.desk.parts.limits import worth
from planner.models import AllocationRun, LimitKind, Tier
from planner.models.quality import main_gap
from programs.costing import rupiah_to_units


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
    for asked in budget_trials.runs_of(run):
        ((key, rupiah),) = asked.scenario.overrides["budgets"].items()
        if key in by_key:
            runs[key, rupiah_to_units(rupiah)] = asked
    points = {key: [_point(line, line.upper, run, run)] for key, line in by_key.items()}
    for (key, budget), asked in runs.items():
        points[key].append(_point(by_key[key], budget, asked, run))
    return {key: sorted(row, key=lambda p: p.budget) for key, row in points.items()}


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
