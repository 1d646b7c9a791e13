"""What would more money buy? A few budgets of a line, each really solved.

Each point is a what-if run of its own: the same intakes and limits, one budget line
changed. Prices only say where to look; what is shown was solved and checked.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from planner.allocation.decisions.request import allocate_batch
from planner.desk.parts.limits import worth
from planner.desk.parts.plan import main_gap
from planner.desk.parts.scenarios import MARK
from planner.models import AllocationRun, LimitKind, Scenario
from programs.audit_actions import AuditAction
from programs.costing import UNIT
from programs.domain import audit
from programs.refusals import Refusal

LEVELS = (-20, -10, 10, 25, 50)
"""Changes of a budget, in per cent, that draw its curve."""
MOST_LINES = 5


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


def ask_levels(run, line, *, by, now):
    """Ask for the curve of one line: the budget at each of the levels."""
    if not line.upper:
        raise Refusal(
            "empty-line",
            _(
                "This line holds nothing, so no percentage changes it; "
                "ask for an amount instead."
            ),
            field="curve",
        )
    budgets = [line.upper * (100 + level) // 100 for level in LEVELS]
    return _ask(run, [(line, budget) for budget in budgets], by=by, now=now)


def ask_more(run, lines, *, rupiah, by, now):
    """Ask what so much more would buy on each of these lines, one at a time."""
    if not lines or len(lines) > MOST_LINES:
        raise Refusal(
            "lines",
            _("Choose one to %(most)s budget lines.") % {"most": MOST_LINES},
            field="lines",
        )
    budgets = [(line, line.upper + rupiah // UNIT) for line in lines]
    return _ask(run, budgets, by=by, now=now)


def _ask(run, budgets, *, by, now):
    """Ask for a run a budget, all or none; the dispatcher serves them in the back."""
    scenarios = [
        _scenario(run, line, budget, by=by, now=now) for line, budget in budgets
    ]
    return allocate_batch(
        intakes=list(run.intakes.all()),
        scenarios=scenarios,
        profile=run.profile,
        on=run.on,
        seconds=run.seconds,
        gap=run.gap,
        workers=run.workers,
        seed=run.seed,
        by=by,
        now=now,
    )


def _scenario(run, line, budget, *, by, now):
    """Return the scenario of one budget; the same question is written down once."""
    key = line.key.partition(":")[2]
    name = f"{_prefix(run)}{key} = {budget * UNIT}"[:120]
    scenario, is_new = Scenario.objects.get_or_create(
        name=name,
        defaults={
            "parent": run.scenario,
            "overrides": {"budgets": {key: budget * UNIT}},
            "created_by": by,
            "created_at": now,
        },
    )
    if is_new:
        scenario.intakes.set(run.intakes.all())
        audit.record(
            by=by,
            action=AuditAction.SCENARIOS_CREATE,
            obj=scenario,
            data={"groups": ["budgets"]},
            now=now,
        )
    return scenario


def _prefix(run):
    return f"{MARK}{run.number} "


def points_of(run, lines):
    """Return {line's key: its points by budget}, the run itself among them.

    Of several runs with the same budget the newest counts.
    """
    by_key = {line.key.partition(":")[2]: line for line in lines}
    found = {}
    runs = AllocationRun.objects.filter(scenario__name__startswith=_prefix(run))
    for asked in runs.select_related("scenario").order_by("number"):
        ((key, rupiah),) = asked.scenario.overrides["budgets"].items()
        if key in by_key:
            found[key, rupiah // UNIT] = asked
    points = {key: [_point(line, line.upper, run, run)] for key, line in by_key.items()}
    for (key, budget), asked in found.items():
        points[key].append(_point(by_key[key], budget, asked, run))
    return {key: sorted(row, key=lambda p: p.budget) for key, row in points.items()}


def _point(line, budget, run, base):
    told = {
        "line": line.key.partition(":")[2],
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
    tier = next((tier for tier in run.tiers if tier["name"] == "people"), None)
    placed = run.summary["placed"]
    if tier is None or not tier["value"] or tier["bound"] is None or tier["value"] < 0:
        return None
    return max(placed, int(placed * tier["bound"] / tier["value"]))
