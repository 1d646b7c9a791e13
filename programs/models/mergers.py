"""Two registrations of one human that became one, and how they were before."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import PublicModel, seen_within
from .encrypted import EncryptedTextField
from .participants import Participant


class Merger(PublicModel):
    """What an officer moved from one registration of a human to another.

    ``moves``: {model: [(row, whether it came to ``kept``)]}, ids alone. ``content``:
    what was overwritten or left out, encrypted; null once the person is erased, or the
    merger was undone.
    """

    kept = models.ForeignKey(
        Participant,
        models.CASCADE,
        related_name="mergers",
        verbose_name=_("registration that goes on"),
    )
    gone = models.ForeignKey(
        Participant,
        models.CASCADE,
        related_name="ends",
        verbose_name=_("registration that ended"),
    )
    merged_at = models.DateTimeField(_("merged at"))
    merged_by = models.CharField(_("merged by"), max_length=150)
    moves = models.JSONField(_("moved rows"), default=dict, blank=True)
    content = EncryptedTextField(_("before"), blank=True, null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.CharField(_("undone by"), max_length=150, blank=True)

    objects = seen_within(program="kept__applications__intake__program")

    class Meta:
        verbose_name = _("merger of registrations")
        verbose_name_plural = _("mergers of registrations")
        ordering = ["-merged_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(undone_at__isnull=True),
                name="registration_is_merged_once",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | ~Q(undone_by=""),
                name="undoing_a_merger_has_a_name",
            ),
        ]

    def __str__(self):
        return f"{self.gone.code} → {self.kept.code}"
