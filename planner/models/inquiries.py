"""Inquiries: what is asked of a run's plan once it is recorded, a part at a time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .runs import AllocationRun
from .served import Served


class Inquiry(Served):
    """A part of the questions about a plan: what would have to be different.

    Part 0 is about cohorts that do not run and writes its answers into ``found``. The
    other parts are about people without a place, the most wanted places first;
    ``subjects`` names their rows, which hold the answers. A part takes seconds, so no
    run waits long behind it, and several workers share the parts.
    """

    run = models.ForeignKey(
        AllocationRun,
        models.CASCADE,
        related_name="inquiries",
        verbose_name=_("allocation run"),
    )
    part = models.PositiveIntegerField(_("part"))
    subjects = models.JSONField(_("subjects"), default=list, blank=True)
    found = models.JSONField(_("found"), default=dict, blank=True)

    class Meta(Served.Meta):
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        ordering = ["run", "part"]
        constraints = [
            *Served.Meta.constraints,
            models.UniqueConstraint(
                fields=["run", "part"], name="run_has_one_inquiry_a_part"
            ),
        ]

    def __str__(self):
        return f"{self.run}: {self.part}"
