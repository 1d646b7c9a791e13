"""The life of a run, and which moves it allows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.audit_actions import AuditAction


class RunState(models.TextChoices):
    """Where a run stands between a planner's wish and a published plan."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    SOLVED = "solved", _("solved")
    INFEASIBLE = "infeasible", _("infeasible")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")
    REJECTED = "rejected", _("rejected")
    SUPERSEDED = "superseded", _("superseded")


class RunKind(models.TextChoices):
    """What a run is asked for."""

    ALLOCATION = "allocation", _("allocation")
    REPLAN = "replan", _("replanning")


ACTIVE = (RunState.QUEUED, RunState.RUNNING)
"""States in which somebody has yet to serve the run."""


MOVES = {
    RunState.QUEUED: {RunState.RUNNING, RunState.CANCELLED, RunState.FAILED},
    RunState.RUNNING: {
        RunState.QUEUED,
        RunState.RUNNING,
        RunState.SOLVED,
        RunState.INFEASIBLE,
        RunState.FAILED,
        RunState.CANCELLED,
    },
    RunState.SOLVED: {RunState.SUBMITTED},
    RunState.SUBMITTED: {RunState.APPROVED, RunState.REJECTED},
    RunState.APPROVED: {RunState.PUBLISHED, RunState.REJECTED},
    RunState.PUBLISHED: {RunState.SUPERSEDED},
}
"""Which states may follow which; every state that is no key here is final."""

ACTIONS = {
    RunState.SOLVED: AuditAction.RUNS_SOLVED,
    RunState.INFEASIBLE: AuditAction.RUNS_INFEASIBLE,
    RunState.FAILED: AuditAction.RUNS_FAILED,
    RunState.CANCELLED: AuditAction.RUNS_CANCELLED,
    RunState.SUBMITTED: AuditAction.RUNS_SUBMITTED,
    RunState.APPROVED: AuditAction.RUNS_APPROVED,
    RunState.PUBLISHED: AuditAction.RUNS_PUBLISHED,
    RunState.REJECTED: AuditAction.RUNS_REJECTED,
    RunState.SUPERSEDED: AuditAction.RUNS_SUPERSEDED,
}
"""What the audit trail says of a run that came into this state."""


class ScenarioPurpose(models.TextChoices):
    """What a scenario was written down for."""

    WHAT_IF = "what_if", _("what-if")
    BUDGET_TRIAL = "budget_trial", _("a budget tried out")


class ArtifactKind(models.TextChoices):
    """What a stored file of a run holds."""

    PROBLEM = "problem", _("problem")
    RESULT = "result", _("result")
    REPORT = "report", _("check report")
    DRAFT = "draft", _("plan of an attempt that crashed")


class Freed(models.TextChoices):
    """Without which a best plan would have somebody there: pins, prices of quotas."""

    PINS = "pins", _("pins")
    QUOTAS = "quotas", _("quotas")


class Tier(models.TextChoices):
    """What a plan is judged by, one after the other: people, then points, then cost.

    A profile without tiers knows points alone, and people are counted among them.
    """

    PEOPLE = (
        "people",
        _("people placed, by priority and chance, with arrivals, less missed quotas"),
    )
    POINTS = "points", _("fit, merit and preferences, in points")
    COST = "cost", _("cost, in millions of rupiah")

    @property
    def is_least(self):
        """Whether less is better; the solver wants the most, so it counts below 0."""
        return self is Tier.COST

    @property
    def sign(self):
        """How a bound is read: cost is at least so much, all else at most."""
        return "≥" if self.is_least else "≤"

    def shown(self, value):
        """Return a value of the solver as people read it; None stays None."""
        return -value if self.is_least and value is not None else value


class LimitKind(models.TextChoices):
    """What sort of thing is limited."""

    SEATS = "seats", _("seats")
    BUDGET = "budget", _("budget line")
    POOL = "pool", _("budget lines that may pay")
    QUOTA = "quota", _("quota")
    VALUE = "value", _("one of the different ones that a quota counts")
    GROUP_PIN = "group_pin", _("pin of a group")
    RESOURCE = "resource", _("shared resource")
    AGREEMENT = "agreement", _("agreement")
    ROUTE = "route", _("immigration route")
    OVERLAP = "overlap", _("overlap in time")
    RANK = "rank", _("worst preference")
    CHANGES = "changes", _("changes of decided places")
