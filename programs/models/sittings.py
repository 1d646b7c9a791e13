"""When language tests are held, and how long their results take."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import ReferenceQuerySet, Sourced


class ExamSitting(Sourced):
    """A day on which a language test is held, and when its results are known."""

    test = models.CharField(_("test"), max_length=20)
    held_on = models.DateField(_("held on"))
    result_days = models.PositiveSmallIntegerField(
        _("results after (days)"),
        help_text=_("Until a certificate can be shown."),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("sitting of a language test")
        verbose_name_plural = _("sittings of language tests")
        ordering = ["test", "held_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["test", "held_on"], name="test_is_held_once_a_day"
            )
        ]

    def __str__(self):
        return f"{self.test} {self.held_on}"

    @property
    def results_on(self):
        """The day from which the results are known."""
        return self.held_on + timedelta(days=self.result_days)
