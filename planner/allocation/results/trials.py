"""Runs that tried out other budgets of a run, and the best plan that fits into one."""

from django.db.models import QuerySet

from planner.models import AllocationRun, LimitKind
from programs.costing import rupiah_to_units


def runs_of(run: AllocationRun) -> QuerySet[AllocationRun]:
    """Return the runs asked for to try out budgets of a run, oldest first."""
    runs = AllocationRun.objects.filter(scenario__tried_for=run)
    return runs.select_related("scenario").order_by("number")


def budget_of(trial: AllocationRun) -> tuple[str, int]:
    """Return the line that a trial changes, and its budget in planning units."""
    assert trial.scenario is not None
    ((line, rupiah),) = trial.scenario.overrides["budgets"].items()
    return line, rupiah_to_units(rupiah)


def worth(run: AllocationRun) -> tuple[int, ...]:
    """Return what a plan reaches, goal by goal: more is better."""
    return tuple(tier["value"] for tier in run.tiers)


def at_hand(trial: AllocationRun) -> AllocationRun | None:
    """Return the run whose plan a trial starts from, or None: it tries nothing out.

    The best of those with no more money on the same line: its plan still keeps every
    limit, so more money is never a worse plan. Where all have more, the run itself.
    """
    base = trial.scenario and trial.scenario.tried_for
    if base is None:
        return None
    line, budget = budget_of(trial)
    limit = base.prices.filter(kind=LimitKind.BUDGET, code=line).first()
    fit = [base] if limit is None or (limit.upper or 0) <= budget else []
    for other in runs_of(base).exclude(pk=trial.pk):
        its_line, its_budget = budget_of(other)
        if other.has_plan and its_line == line and its_budget <= budget:
            fit.append(other)
    return max(fit, key=worth, default=base)
