"""Runs as every page looks them up: what the reader may see, or nothing at all."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from planner.models import AllocationRun


def find(request, run_id):
    """Return a run the reader may see, or answer as if it did not exist."""
    runs = AllocationRun.objects.visible_to(request.user).select_related(
        "scenario", "profile", "created_by", "submitted_by", "approved_by", "base"
    )
    return get_object_or_404(runs.prefetch_related("intakes__program"), pk=run_id)


def find_plan(request, run_id):
    """Return a run with a plan that the reader may see."""
    run = find(request, run_id)
    if not run.has_plan:
        raise Http404
    return run


def chosen(request):
    """Return the runs that were ticked, oldest first; only such as have a plan."""
    try:
        wanted = [UUID(text) for text in request.GET.getlist("run")]
    except ValueError:
        return []
    runs = AllocationRun.objects.visible_to(request.user).filter(pk__in=wanted)
    return list(runs.exclude(result_digest="").order_by("number"))
