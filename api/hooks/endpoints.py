"""Endpoints are registered, changed and removed by their institution, with a trace."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from api.models import WebhookEndpoint
from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.models import Event
from programs.refusals import Refusal, RefusalKind

from .signing import new_secret

MOST = 5
"""Endpoints of one institution."""


def register(*, institution_id, url, by, now, kinds=()):
    """Register an address; it hears of what happens from now on."""
    if WebhookEndpoint.objects.filter(institution=institution_id).count() >= MOST:
        raise Refusal(
            "too-many-endpoints",
            _("An institution has at most %(most)d endpoints; remove one first.")
            % {"most": MOST},
            kind=RefusalKind.CONFLICT,
        )
    newest = Event.objects.order_by("-sequence").values_list("sequence", flat=True)
    endpoint = WebhookEndpoint(
        institution_id=institution_id,
        url=url,
        kinds=sorted(set(kinds)),
        secret=new_secret(),
        delivered_to=newest.first() or 0,
        created_at=now,
    )
    return _save(endpoint, AuditAction.WEBHOOKS_REGISTER, by, now)


def change(*, endpoint, by, now, **changes):
    """Change address, kinds, or whether it is active; waking it tries at once."""
    if "kinds" in changes:
        changes["kinds"] = sorted(set(changes["kinds"]))
    for name, value in changes.items():
        setattr(endpoint, name, value)
    if changes.get("is_active") or "url" in changes:
        endpoint.failures, endpoint.failing_since = 0, None
        endpoint.next_try_at = endpoint.rung_at = None
    return _save(
        endpoint, AuditAction.WEBHOOKS_CHANGE, by, now, changed=sorted(changes)
    )


def rotate(*, endpoint, by, now):
    """Give the endpoint a new secret; the old one signs nothing any more."""
    endpoint.secret = new_secret()
    return _save(endpoint, AuditAction.WEBHOOKS_ROTATE, by, now, changed=["secret"])


def remove(*, endpoint, by, now):
    """Forget the endpoint."""
    with transaction.atomic():
        _note(AuditAction.WEBHOOKS_REMOVE, endpoint, by, now)
        endpoint.delete()


def _save(endpoint, action, by, now, changed=None):
    try:
        with transaction.atomic():
            # The cursor and the lease belong to whoever delivers.
            own = ["url", "kinds", "secret", "is_active"]
            own += ["failures", "failing_since", "next_try_at", "rung_at"]
            endpoint.save(update_fields=None if changed is None else own)
            _note(action, endpoint, by, now, changed=changed or [])
    except IntegrityError as error:
        raise Refusal(
            "endpoint-exists",
            _("This address is registered already."),
            kind=RefusalKind.CONFLICT,
            field="url",
        ) from error
    return endpoint


def _note(action, endpoint, by, now, **data):
    audit.record(by=by, action=action, obj=endpoint, data=data or None, now=now)
