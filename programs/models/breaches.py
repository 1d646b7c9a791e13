"""The register of failures to protect personal data (Law 27/2022, article 46)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.roles import Permission

from .base import PublicModel
from .encrypted import EncryptedTextField


class BreachQuerySet(models.QuerySet):
    """Breaches, for those who see everything and those who look after accounts."""

    def visible_to(self, user):
        """Everything for them, nothing for anybody else."""
        wide = (Permission.VIEW_ALL, Permission.MANAGE_USERS)
        seen = access.is_signed_in(user) and any(user.allows(each) for each in wide)
        return self if seen else self.none()


class Breach(PublicModel):
    """What happened to whose data, and who was told within three times 24 hours."""

    found_at = models.DateTimeField(_("found at"))
    due_at = models.DateTimeField(_("telling due at"))
    what_happened = EncryptedTextField(_("what happened, when and how"))
    data_concerned = models.CharField(_("data concerned"), max_length=300)
    num_people = models.PositiveIntegerField(_("people concerned"))
    measures = EncryptedTextField(_("what was done about it"), blank=True, default="")
    people_told_at = models.DateTimeField(_("people told at"), null=True, blank=True)
    authority_told_at = models.DateTimeField(
        _("authority told at"), null=True, blank=True
    )
    recorded_by = models.CharField(_("recorded by"), max_length=150)

    objects = BreachQuerySet.as_manager()

    class Meta:
        verbose_name = _("data breach")
        verbose_name_plural = _("data breaches")
        ordering = ["-found_at"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(people_told_at__isnull=True)
                    | Q(people_told_at__gte=F("found_at"))
                )
                & (
                    Q(authority_told_at__isnull=True)
                    | Q(authority_told_at__gte=F("found_at"))
                ),
                name="breach_is_told_after_it_is_found",
            )
        ]

    def __str__(self):
        return f"{self.found_at:%Y-%m-%d}: {self.data_concerned}"
