"""The last moment at which the dispatcher looked at the clock."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Tick(models.Model):
    """One row: when the dispatcher ticked last, and a jump nobody has confirmed yet."""

    id = models.PositiveSmallIntegerField(_("identifier"), primary_key=True, default=1)
    at = models.DateTimeField(_("last tick"))
    jumped_from = models.DateTimeField(_("clock before the jump"), null=True)
    jumped_to = models.DateTimeField(_("clock after the jump"), null=True)

    class Meta:
        verbose_name = _("tick of the clock")
        verbose_name_plural = _("ticks of the clock")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="clock_has_one_tick"),
            models.CheckConstraint(
                condition=Q(jumped_from__isnull=True, jumped_to__isnull=True)
                | Q(jumped_from__isnull=False, jumped_to__isnull=False),
                name="jump_has_two_ends",
            ),
        ]

    def __str__(self):
        return self.at.isoformat()
