"""Approvals: who said yes to exactly which result, and for which body."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models import Institution, User
from programs.models.base import PublicModel

from .runs import AllocationRun


class Approval(PublicModel):
    """One person's word for a plan, given for the institution they approve for.

    Most plans need one; where an intake asks for two, they come from two people of two
    institutions, which the constraints see to.
    """

    run = models.ForeignKey(
        AllocationRun,
        models.CASCADE,
        related_name="approvals",
        verbose_name=_("run"),
    )
    approver = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("approver")
    )
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    digest = models.CharField(_("result digest"), max_length=64)
    comment = models.TextField(_("comment of the approver"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "approver"], name="person_approves_a_run_once"
            ),
            models.UniqueConstraint(
                fields=["run", "institution"], name="body_approves_a_run_once"
            ),
        ]

    def __str__(self):
        return f"{self.run}: {self.approver}"
