"""A run while it is being solved, in words and as a picture."""

from django.utils.translation import gettext_lazy as _

from planner.desk.charts import closing_in
from planner.models import RunState

PHASES = {
    "": _("waiting for a worker"),
    "start": _("starting"),
    "snapshot": _("reading people, slots, money and rules"),
    "prices": _("finding what each limit is worth"),
    "greedy": _("building a first plan"),
    "round": _("building a first plan"),
    "cohorts": _("deciding which cohorts run"),
    "split": _("looking for parts that can be solved apart"),
    "improve": _("improving the plan"),
    "polish": _("improving the plan"),
    "branch and cut": _("searching branch by branch for a better plan"),
    "refute": _("ruling out what cannot be better"),
    "conflict": _("looking for limits that cannot hold together"),
    "core": _("solving the undecided part exactly"),
    "exact": _("proving how good the plan is"),
    "check": _("checking the plan independently"),
    "record": _("writing the plan down"),
}

ENDINGS = {
    "proved": _("nothing was left to decide"),
    "gap": _("the plan was good enough"),
    "time": _("the time was up"),
    "work": _("the work allowed was done"),
    "stopped": _("a person stopped it"),
    "exhausted": _("nothing was left to try"),
    "memory": _("the memory was used up"),
    "crashed": _("the solver broke off"),
}
"""Why a solve ended, by the optimiser's word for it."""


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
        "stops": run.cancel_requested,
        "incumbent": incumbent,
        "bound": bound,
        "people": told.get("people"),
        "gap": _gap(incumbent, bound),
        "chart": closing_in(history),
        "rows": history[-20:],
        "attempt": run.attempt,
    }


def phase_in_words(run, phase):
    """Return the phase in words; an unknown one by its own name."""
    if run.state == RunState.QUEUED:
        return PHASES[""]
    return PHASES.get(phase) or phase or _("starting")


def _gap(incumbent, bound):
    if incumbent is None or bound is None or not bound:
        return None
    return max(0.0, (bound - incumbent) / abs(bound))
