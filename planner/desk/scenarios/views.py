"""What if? Scenarios as a tree, each with its latest plan beside the others."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.allocation.decisions import scenarios
from planner.desk.pages import VIEWERS, attempt, needs, render
from planner.desk.scenarios.choices import HINTS, choices_for
from planner.desk.scenarios.echo import Echo
from planner.desk.scenarios.forms import Changes, ScenarioForm
from planner.models import AllocationRun, Scenario
from programs import clock
from programs.choices import IntakeState
from programs.models import Intake
from programs.roles import Permission


@require_GET
@needs(*VIEWERS)
def index(request):
    """Show the tree of scenarios with the totals of their latest plans."""
    # Budgets tried out on the page of a plan are shown there.
    what_ifs = (
        Scenario.objects.visible_to(request.user)
        .what_ifs()
        .select_related("created_by")
    )
    latest = {}
    runs = AllocationRun.objects.visible_to(request.user).exclude(result_digest="")
    for run in runs.only("number", "scenario", "summary", "verified_gap", "state"):
        latest.setdefault(run.scenario_id, run)
    return render(
        request,
        "desk/scenarios/list.html",
        title=_("What if? Scenarios"),
        rows=list(tree(list(what_ifs), latest, Echo())),
        base=latest.get(None),
        may_plan=request.user.allows(Permission.PLAN),
    )


@needs(Permission.PLAN)
def new(request):
    """Make a scenario from chosen changes."""
    form = ScenarioForm(request.POST or None, user=request.user)
    changes = Changes(
        request.POST or None,
        form_kwargs={"targets": choices_for(request.user), "user": request.user},
        prefix="changes",
    )
    if request.method == "POST" and form.is_valid() and changes.is_valid():
        planned = [IntakeState.CLOSED, IntakeState.ALLOCATING]
        intakes = Intake.objects.visible_to(request.user).filter(state__in=planned)
        scenario = attempt(
            request,
            lambda: scenarios.create(
                by=request.user,
                now=clock.now(),
                intakes=intakes,
                overrides=changes.overrides(),
                **form.cleaned_data,
            ),
            lambda scenario: (
                _("“%(name)s” can be run now: %(changes)s.")
                % {"name": scenario, "changes": "; ".join(Echo().told(scenario))}
            ),
        )
        if scenario is not None:
            return redirect("admin:desk_scenarios")
    return render(
        request,
        "desk/scenarios/new.html",
        title=_("New scenario"),
        form=form,
        changes=changes,
        hints=HINTS,
    )


def tree(scenarios, latest, echo, parent=None, depth=0):
    """Yield scenarios under their parents, with their depth and latest run."""
    known = {scenario.pk: scenario for scenario in scenarios}
    for scenario in scenarios:
        if scenario.parent_id in known:  # read once, not once for each above it
            scenario.parent = known[scenario.parent_id]
        above = scenario.parent_id if scenario.parent_id in known else None
        if above == parent:
            yield {
                "scenario": scenario,
                "indent": depth * 24,
                "run": latest.get(scenario.pk),
                "changes": list(echo.told(scenario)),
            }
            yield from tree(scenarios, latest, echo, scenario.pk, depth + 1)
