"""Keys that institutions call with, what was answered, and where events are sent."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager

from api import networks
from programs.access import is_signed_in
from programs.models import Event, Institution
from programs.models.base import PublicModel
from programs.models.encrypted import EncryptedCharField, EncryptedTextField
from programs.roles import Permission


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


class KeyQuerySet(models.QuerySet):
    """Keys by whether they open anything, and by reader."""

    def visible_to(self, user):
        """A key sees those of its own institution, who looks after users sees all."""
        if key := getattr(user, "key", None):
            return self.filter(institution=key.institution_id)
        looks_after = is_signed_in(user) and user.allows(Permission.MANAGE_USERS)
        return self if looks_after else self.none()

    def usable(self, *, now):
        """Keys that open something: neither withdrawn nor past their time."""
        is_over = models.Q(expiry_date__isnull=False, expiry_date__lte=now)
        return self.filter(revoked=False).exclude(is_over)


class KeyManager(BaseAPIKeyManager.from_queryset(KeyQuerySet)):
    """Makes keys as the library does."""


class InstitutionKey(AbstractAPIKey):
    """A secret an institution's system calls with; only its hash is kept.

    A key belongs to one institution for ever; two may be live at once, so that one
    can be replaced without a pause. Revoking takes effect at the next request.
    ``allowed_networks`` are those it may call from; none named means all.
    ``rotated_at``: when its owner replaced it; it opens until ``expiry_date``.
    """

    institution = models.ForeignKey(
        Institution,
        models.CASCADE,
        related_name="api_keys",
        verbose_name=_("institution"),
    )
    scopes = models.JSONField(_("scopes"), default=list, validators=[validate_scopes])
    last_used_on = models.DateField(_("last used on"), null=True, editable=False)
    allowed_networks = models.JSONField(
        _("allowed networks"),
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
        validators=[networks.parse],
    )
    rotated_at = models.DateTimeField(_("replaced at"), null=True, editable=False)

    objects = KeyManager()

    class Meta(AbstractAPIKey.Meta):
        abstract = False
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def is_usable(self, *, now):
        """Return whether the key still opens something, as ``usable`` asks of many."""
        is_over = self.expiry_date is not None and self.expiry_date <= now
        return not (self.revoked or is_over)

    def __str__(self):
        return f"{self.name} ({self.institution})"


class IdempotencyRecord(models.Model):
    """What was answered to a request that carried an ``Idempotency-Key``.

    The record belongs to an institution or a person, the route and the key, so nobody
    is ever shown another's answer. ``answer`` is JSON, without secrets.
    """

    caller = models.CharField(_("caller"), max_length=200)
    route = models.CharField(_("route"), max_length=300)
    key = models.CharField(_("key"), max_length=100)
    body_digest = models.CharField(_("digest of the body"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    answer = EncryptedTextField(_("answer"), null=True)
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


class EndpointQuerySet(models.QuerySet):
    """Endpoints, narrowed to the caller's own institution."""

    def visible_to(self, user):
        """Whoever calls for an institution sees its endpoints, and no others."""
        if not is_signed_in(user):
            return self.none()
        return self.filter(institution__in=user.institution_ids())


class WebhookEndpoint(PublicModel):
    """Where an institution wants to hear of its events, as they happen.

    ``delivered_to`` is the number of the last event that was taken; events are sent in
    order, so a failing endpoint waits and misses nothing. ``lease_until`` belongs to
    whoever delivers, by the database's clock.
    """

    institution = models.ForeignKey(
        Institution,
        models.CASCADE,
        related_name="webhook_endpoints",
        verbose_name=_("institution"),
    )
    url = models.URLField(_("address"), max_length=500)
    kinds = models.JSONField(_("kinds of events"), default=list, blank=True)
    secret = EncryptedCharField(_("secret"), max_length=100)
    is_active = models.BooleanField(_("active"), default=True)
    delivered_to = models.BigIntegerField(_("delivered to"), default=0)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    last_answer = models.CharField(_("last answer"), max_length=200, blank=True)
    next_try_at = models.DateTimeField(_("next try at"), null=True)
    rung_at = models.DateTimeField(_("last rung for"), null=True)
    lease_until = models.DateTimeField(_("leased until"), null=True)
    created_at = models.DateTimeField(_("at"))

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "url"], name="address_is_told_once"
            )
        ]

    def __str__(self):
        return f"{self.url} ({self.institution})"

    @property
    def events(self):
        """The events that are still to be sent, in order."""
        rows = Event.objects.filter(
            institutions=self.institution_id, sequence__gt=self.delivered_to
        )
        rows = rows.filter(kind__in=self.kinds) if self.kinds else rows
        return rows.order_by("sequence")


class DeliveryState(models.TextChoices):
    """What became of a message to an endpoint."""

    WAITING = "waiting", _("asked for, and sent next")
    DELIVERED = "delivered", _("taken")
    RETRYING = "retrying", _("not taken, and tried again")
    FAILED = "failed", _("not taken")


class DeliveryQuerySet(models.QuerySet):
    """Messages by reader."""

    def visible_to(self, user):
        """Those of endpoints that the reader may see."""
        seen = WebhookEndpoint.objects.visible_to(user).values("pk")
        return self.filter(endpoint__in=seen)


class WebhookDelivery(PublicModel):
    """A message to an endpoint, and how it went; what it said is not kept.

    ``event`` is null for a ping. Attempts of the same message are counted in one row.
    """

    endpoint = models.ForeignKey(
        WebhookEndpoint,
        models.CASCADE,
        related_name="deliveries",
        verbose_name=_("endpoint"),
    )
    message_id = models.CharField(_("webhook-id"), max_length=60)
    event = models.ForeignKey(
        Event, models.CASCADE, null=True, related_name="+", verbose_name=_("event")
    )
    kind = models.CharField(_("kind"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    response_code = models.PositiveSmallIntegerField(_("response"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("at"), db_index=True)
    tried_at = models.DateTimeField(_("last tried at"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery of a webhook")
        verbose_name_plural = _("deliveries of webhooks")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "message_id"], name="message_is_logged_once"
            )
        ]

    def __str__(self):
        return f"{self.message_id} {self.state}"
