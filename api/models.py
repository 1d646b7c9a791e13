"""The keys institutions call with, and the memory of what was already answered."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey

from programs.models import Institution


class Scope(models.TextChoices):
    """What a key may be used for."""

    NOMINATE = "nominate", _("nominate people")
    HOST = "host", _("offer slots and receive people")
    PLAN = "plan", _("run allocations")


def validate_scopes(value):
    """Refuse anything but a list of known scopes."""
    if not isinstance(value, list) or not value or set(value) - set(Scope.values):
        raise ValidationError(
            _("Use a list of: %(scopes)s."),
            params={"scopes": ", ".join(Scope.values)},
        )


class InstitutionKey(AbstractAPIKey):
    """A secret an institution's system calls with; only its hash is kept.

    A key belongs to one institution for ever; two may be live at once, so that one
    can be replaced without a pause. Revoking takes effect at the next request.
    """

    institution = models.ForeignKey(
        Institution,
        models.CASCADE,
        related_name="api_keys",
        verbose_name=_("institution"),
    )
    scopes = models.JSONField(_("scopes"), default=list, validators=[validate_scopes])
    last_used_on = models.DateField(_("last used on"), null=True, editable=False)

    class Meta(AbstractAPIKey.Meta):
        abstract = False
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self):
        return f"{self.name} ({self.institution})"


class IdempotencyRecord(models.Model):
    """What was answered to a request that carried an ``Idempotency-Key``.

    The record belongs to the caller, the route and the key, so nobody is ever shown
    another's answer. While ``status`` is empty the request is still being served.
    """

    caller = models.CharField(_("caller"), max_length=200)
    route = models.CharField(_("route"), max_length=300)
    key = models.CharField(_("key"), max_length=100)
    body_digest = models.CharField(_("digest of the body"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    answer = models.JSONField(_("answer"), null=True)
    headers = models.JSONField(_("headers"), default=dict)
    created_at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("idempotency record")
        verbose_name_plural = _("idempotency records")
        constraints = [
            models.UniqueConstraint(
                fields=["caller", "route", "key"],
                name="request_is_answered_once",
            )
        ]

    def __str__(self):
        return f"{self.route} {self.key}"
