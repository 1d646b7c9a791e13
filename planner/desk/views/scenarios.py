"""What if? Scenarios as a tree, each with its latest plan beside the others."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.desk.pages import VIEWERS, needs, render
from planner.models import AllocationRun, Scenario
from programs.roles import Permission


@require_GET
@needs(*VIEWERS)
def index(request):
    """Show the tree of scenarios with the totals of their latest plans."""
    scenarios = Scenario.objects.visible_to(request.user).select_related("created_by")
    latest = {}
    runs = AllocationRun.objects.visible_to(request.user).exclude(result_digest="")
    for run in runs.only("number", "scenario", "summary", "verified_gap", "state"):
        latest.setdefault(run.scenario_id, run)
    return render(
        request,
        "desk/scenarios/list.html",
        title=_("What if? Scenarios"),
        rows=list(tree(list(scenarios), latest)),
        base=latest.get(None),
        may_plan=request.user.allows(Permission.PLAN),
    )


def tree(scenarios, latest, parent=None, depth=0):
    """Yield scenarios under their parents, with their depth and latest run."""
    known = {scenario.pk for scenario in scenarios}
    for scenario in scenarios:
        above = scenario.parent_id if scenario.parent_id in known else None
        if above == parent:
            yield {
                "scenario": scenario,
                "indent": depth * 24,
                "run": latest.get(scenario.pk),
                "changes": list(changes_in_words(scenario.overrides)),
            }
            yield from tree(scenarios, latest, scenario.pk, depth + 1)


def changes_in_words(overrides):
    """Yield each change as "name: what"."""
    for changes in overrides.values():
        for key, change in changes.items():
            if isinstance(change, dict):
                parts = [f"{name} {value}" for name, value in change.items()]
                change = ", ".join(parts)
            yield f"{key}: {change}"
