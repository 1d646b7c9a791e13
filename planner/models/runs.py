"""Allocation runs: the row that is the truth about a solve, whoever serves it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.models import Intake, ObjectiveProfile, User

from .scenarios import Scenario
from .served import Served
from .states import ACTIVE, RunKind, RunState


class RunQuerySet(models.QuerySet):
    """Runs by state and by reader."""

    def active(self):
        """Runs that wait or are being solved."""
        return self.filter(state__in=ACTIVE)

    def visible_to(self, user):
        """Coordinators see runs of their own programs, partners none."""
        return access.restrict(self, user, institution=None, program="intakes__program")


class AllocationRun(Served):
    """One solve of some intakes, from the request to a published plan.

    Everything big is stored beside it, as ``RunArtifact``.
    """

    number = models.PositiveIntegerField(_("number"), unique=True, editable=False)
    kind = models.CharField(
        _("kind"), max_length=12, choices=RunKind, default=RunKind.ALLOCATION
    )
    intakes = models.ManyToManyField(
        Intake, related_name="runs", verbose_name=_("intakes")
    )
    scenario = models.ForeignKey(
        Scenario,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("scenario"),
    )
    profile = models.ForeignKey(
        ObjectiveProfile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("objective profile"),
    )
    base = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replans",
        verbose_name=_("replans"),
        help_text=_("The published run whose decisions a replanning keeps."),
    )
    change_price = models.PositiveIntegerField(
        _("price of a change (points)"), default=0
    )
    most_changes = models.PositiveIntegerField(
        _("changes at most"),
        null=True,
        blank=True,
        help_text=_("People whose decided place may go or change; empty: no limit."),
    )
    on = models.DateField(
        _("judged by the day"),
        null=True,
        blank=True,
        help_text=_("Each intake's decision day, unless another day is given."),
    )

    seconds = models.FloatField(_("seconds allowed"), default=60)
    gap = models.FloatField(_("gap that is enough"), default=0)
    workers = models.PositiveSmallIntegerField(_("solver threads"), default=2)
    seed = models.PositiveIntegerField(_("seed"), default=1)
    work = models.PositiveBigIntegerField(
        _("units of search"),
        null=True,
        blank=True,
        help_text=_("With such a limit the plan is the same on every machine."),
    )

    detail = models.TextField(_("detail"), blank=True)

    input_digest = models.CharField(_("input digest"), max_length=64, blank=True)
    result_digest = models.CharField(_("result digest"), max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=12, blank=True)
    termination = models.CharField(_("ended by"), max_length=12, blank=True)
    tiers = models.JSONField(_("objective tiers"), default=list, blank=True)
    bound = models.FloatField(_("bound"), null=True, blank=True)
    verified_gap = models.FloatField(
        _("verified gap"),
        null=True,
        blank=True,
        help_text=_("Of the first tier: what no plan can be better by."),
    )
    phases = models.JSONField(_("phases"), default=list, blank=True)
    versions = models.JSONField(_("versions"), default=dict, blank=True)
    parameters = models.JSONField(
        _("search parameters"),
        null=True,
        blank=True,
        help_text=_("What steered the search; empty where none was written down."),
    )
    summary = models.JSONField(_("summary"), default=dict, blank=True)
    solve_seconds = models.FloatField(_("seconds taken"), null=True, blank=True)

    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    submitted_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    approved_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_digest = models.CharField(_("approved digest"), max_length=64, blank=True)
    comment = models.TextField(_("comment of the approver"), blank=True)
    created_at = models.DateTimeField(_("requested at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta(Served.Meta):
        verbose_name = _("allocation run")
        verbose_name_plural = _("allocation runs")
        ordering = ["-number"]
        constraints = [
            *Served.Meta.constraints,
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=F("created_by")) & ~Q(approved_by=F("submitted_by"))),
                name="approver_is_not_the_author",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RunState.APPROVED, RunState.PUBLISHED])
                | (Q(approved_digest=F("result_digest")) & ~Q(approved_digest="")),
                name="approval_is_bound_to_the_result",
            ),
            models.CheckConstraint(
                condition=Q(seconds__gt=0) & Q(gap__gte=0) & Q(workers__gte=1),
                name="run_limits_make_sense",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="run_dispatch"),
            models.Index(fields=["input_digest"], name="run_input"),
        ]

    def __str__(self):
        return f"{_('Run')} {self.number}"

    @property
    def is_active(self):
        """Whether the run still waits or is being solved."""
        return self.state in ACTIVE

    @property
    def siblings(self):
        """Other runs of the very same data: whoever approves sees how many there were.

        Running until a wanted person wins would show here.
        """
        same = AllocationRun.objects.filter(input_digest=self.input_digest)
        return same.exclude(pk=self.pk).exclude(input_digest="")

    @property
    def told(self):
        """How the run ended, in the reader's language.

        ``detail`` holds a known sentence a line; what a process said itself has a line
        of its own and stays as it is.
        """
        return " ".join(str(_(line)) for line in self.detail.splitlines() if line)

    @property
    def has_plan(self):
        """Whether there is a plan to look at."""
        return bool(self.result_digest)
