"""A run while it is being solved, in words and as a picture."""

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from planner.desk.charts.closing_in import closing_in
from planner.desk.parts.phases import phase_of
from planner.models import AllocationRun, RunState

PATIENCE = 30
"""Seconds after which a run that nobody serves is said to be one."""


def progress_of(run, *, now):
    """Return what the live page shows of a run."""
    told = run.progress or {}
    history = told.get("history", [])
    incumbent, bound = told.get("incumbent"), told.get("bound")
    started = run.started_at or run.created_at
    return {
        "phase": phase_in_words(run, told.get("phase", "")),
        "elapsed": max(0, (now - started).total_seconds()),
        "waits": run.state == RunState.QUEUED,
        **waiting_of(run, now),
        "stops": run.cancel_requested,
        "incumbent": incumbent,
        "bound": bound,
        "people": told.get("people"),
        "gap": _gap(incumbent, bound),
        "chart": closing_in(history),
        "rows": history[-20:],
        "attempt": run.attempt,
    }


def waiting_of(run, now):
    """Return for how long nobody serves a run, in seconds, and how many others run.

    ``unserved`` is None while somebody does, and for the first ``PATIENCE`` seconds. A
    run whose worker fell silent waits from the end of its lease on.
    """
    since = max(filter(None, [run.created_at, run.lease_until]))
    waited = (now - since).total_seconds()
    if run.state not in (RunState.QUEUED, RunState.RUNNING) or waited < PATIENCE:
        return {"unserved": None, "others": 0}
    others = AllocationRun.objects.filter(state=RunState.RUNNING, lease_until__gt=Now())
    return {"unserved": waited, "others": others.exclude(pk=run.pk).count()}


def phase_in_words(run, phase):
    """Return the phase in words; before the first is told, the solve starts."""
    if run.state == RunState.QUEUED:
        return _("waiting for a worker")
    return phase_of(phase or "start")


def _gap(incumbent, bound):
    if incumbent is None or bound is None or not bound:
        return None
    return max(0.0, (bound - incumbent) / abs(bound))
