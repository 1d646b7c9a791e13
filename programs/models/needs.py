"""What an intake lacks and its coordinator may not add: asked of those who may."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.choices import NeedKind, NeedState

from .base import PublicModel, seen_within
from .institutions import User
from .money import FundingSource
from .programs import Intake


class Need(PublicModel):
    """A budget, a payer or a route that somebody else is asked to add.

    A budget names its source and year; ``words`` say what else is asked for.
    """

    intake = models.ForeignKey(
        Intake, models.CASCADE, related_name="needs", verbose_name=_("intake")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=NeedKind)
    source = models.ForeignKey(
        FundingSource,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("funding source"),
    )
    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year"), null=True, blank=True
    )
    amount = models.DecimalField(
        _("amount"), max_digits=20, decimal_places=2, null=True, blank=True
    )
    words = models.CharField(_("what is asked for"), max_length=300, blank=True)
    asked_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(
        _("state"), max_length=10, choices=NeedState, default=NeedState.OPEN
    )
    answered_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    objects = seen_within(program="intake__program")

    class Meta:
        verbose_name = _("request for an intake")
        verbose_name_plural = _("requests for intakes")
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=NeedKind.BUDGET)
                | Q(source__isnull=False, fiscal_year__isnull=False),
                name="need_of_a_budget_names_source_and_year",
            ),
            models.CheckConstraint(
                condition=Q(kind=NeedKind.BUDGET) | ~Q(words=""),
                name="need_says_what_is_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(state=NeedState.OPEN, answered_at__isnull=True)
                | (~Q(state=NeedState.OPEN) & Q(answered_at__isnull=False)),
                name="need_is_answered_once_it_is_not_open",
            ),
            models.UniqueConstraint(
                fields=["intake", "source", "fiscal_year"],
                condition=Q(kind=NeedKind.BUDGET, state=NeedState.OPEN),
                name="budget_is_asked_for_once_at_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.intake_id}: {self.kind}"
