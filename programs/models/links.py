"""Links to a person's own page: each is random, kept as a hash, and ends by itself."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .applications import Application
from .base import PublicModel, ThroughQuerySet


class PersonalLinkQuerySet(ThroughQuerySet):
    """Links, seen by whoever sees the application."""

    through = "application"

    def live(self, now):
        """Links that open a page at this moment."""
        return self.filter(withdrawn_at__isnull=True, expires_at__gt=now)


class PersonalLink(PublicModel):
    """What opens a person's own page about one application, with the birth date.

    ``digest``: SHA-256 of the code, which is kept nowhere. ``wrong``: birth dates that
    were typed in vain since the last right one. ``locked_until``: no date is taken
    before.
    """

    application = models.ForeignKey(
        Application,
        models.CASCADE,
        related_name="links",
        verbose_name=_("application"),
    )
    digest = models.CharField(_("hash of the code"), max_length=64, unique=True)
    issued_at = models.DateTimeField(_("made at"))
    issued_by = models.CharField(_("made by"), max_length=150)
    expires_at = models.DateTimeField(_("ends at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("last opened at"), null=True, blank=True)
    wrong = models.PositiveSmallIntegerField(_("wrong birth dates"), default=0)
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to the own page")
        verbose_name_plural = _("links to own pages")
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")),
                name="link_ends_after_it_is_made",
            )
        ]

    def __str__(self):
        return f"{self.application}: {self.issued_at:%Y-%m-%d}"
