"""Endpoints are registered, changed and removed by their institution, with a trace."""

from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from api.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from planner.jobs.kinds import Kind
from planner.jobs.ringing import ring
from programs import collisions
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.models import Event
from programs.refusals import Refusal, RefusalKind

from . import log, sending
from .signing import new_secret

HOOKS = Kind(WebhookEndpoint, "api.deliver", "endpoint_id")
"""How workers are told of an endpoint with something to send."""
PING = "ping"
"""The kind of a message that tells of no event."""
MOST = 5
"""Endpoints of one institution."""
MOST_ASKED = 20
"""Messages to one endpoint that were asked for and not sent yet."""
INNER_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


def require_address(url):
    """Refuse an address that could never be called, when it is given.

    Names are resolved at each delivery; here only what the address itself says.
    """
    parts = urlsplit(url)
    wrong = ""
    if parts.username is not None or parts.password is not None:
        wrong = _(
            "Leave user name and password out of the address: messages are signed, "
            "and the address is shown to people."
        )
    elif parts.fragment:
        wrong = _("Leave out what stands behind #: it is never sent.")
    elif not settings.WEBHOOKS_ANYWHERE:
        wrong = _not_open(parts)
    if wrong:
        raise Refusal("address-refused", wrong, kind=RefusalKind.INVALID, field="url")


def _not_open(parts):
    """Return why nobody on the open internet answers at this address, if so."""
    host = parts.hostname or ""
    if parts.scheme != "https":
        return _("Use an address that begins with https://.")
    try:
        is_inner = not sending.is_public(host)
    except ValueError:
        is_inner = "." not in host or host.endswith(INNER_NAMES)
    return _("Use a host that the open internet reaches.") if is_inner else ""


@transactions.verb
def register(*, institution_id, url, by, now, kinds=()):
    """Register an address; it hears of what happens from now on."""
    require_address(url)
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


@transactions.verb
def change(*, endpoint, by, now, **changes):
    """Change address, kinds, or whether it is active; waking it tries at once."""
    if "kinds" in changes:
        changes["kinds"] = sorted(set(changes["kinds"]))
    if "url" in changes:
        require_address(changes["url"])
    for name, value in changes.items():
        setattr(endpoint, name, value)
    if changes.get("is_active") or "url" in changes:
        endpoint.failures, endpoint.failing_since = 0, None
        endpoint.next_try_at = endpoint.rung_at = None
    return _save(
        endpoint, AuditAction.WEBHOOKS_CHANGE, by, now, changed=sorted(changes)
    )


@transactions.verb
def rotate(*, endpoint, by, now):
    """Give the endpoint a new secret; the old one signs nothing any more."""
    endpoint.secret = new_secret()
    return _save(endpoint, AuditAction.WEBHOOKS_ROTATE, by, now, changed=["secret"])


@transactions.verb
def ping(*, endpoint, by, now):
    """Have a message sent that says nothing; return its row in the log."""
    delivery = WebhookDelivery(
        endpoint=endpoint,
        message_id=f"ping_{uuid4().hex}",
        kind=PING,
        state=DeliveryState.WAITING,
        created_at=now,
    )
    with transactions.atomic():
        _require_patience(endpoint)
        delivery.save()
        _note(AuditAction.WEBHOOKS_PING, endpoint, by, now)
        _ring(endpoint)
    return delivery


@transactions.verb
def send_again(*, delivery, by, now):
    """Have a message sent once more, under the same id, whatever became of it."""
    endpoint = delivery.endpoint
    with transactions.atomic():
        _require_patience(endpoint)
        delivery.state = DeliveryState.WAITING
        delivery.save(update_fields=["state"])
        again = delivery.message_id
        _note(AuditAction.WEBHOOKS_REPLAY, endpoint, by, now, message=again)
        _ring(endpoint)
    return delivery


@transactions.verb
def replay(*, endpoint, after, by, now):
    """Have every event after a number sent again, in order.

    Raises
    ------
    Refusal: events after that number were not sent yet.
    """
    earlier = WebhookEndpoint.objects.filter(pk=endpoint.pk, delivered_to__gt=after)
    with transactions.atomic():
        back = {"delivered_to": after, "failures": 0, "failing_since": None}
        if not earlier.update(next_try_at=None, rung_at=None, **back):
            raise Refusal(
                "nothing-to-replay",
                _("Events after %(after)d are still to be sent; see delivered_to.")
                % {"after": after},
                kind=RefusalKind.CONFLICT,
                field="after",
            )
        _note(AuditAction.WEBHOOKS_REPLAY, endpoint, by, now, after=after)
        _ring(endpoint)
    return endpoint


def _require_patience(endpoint):
    """Refuse to pile up messages that nobody sends."""
    if log.asked(endpoint).count() >= MOST_ASKED:
        raise Refusal(
            "too-many-asked",
            _("%(most)d messages that you asked for are still to be sent; wait.")
            % {"most": MOST_ASKED},
            kind=RefusalKind.CONFLICT,
        )


def _ring(endpoint):
    transaction.on_commit(lambda: ring(HOOKS, endpoint.pk))


@transactions.verb
def remove(*, endpoint, by, now):
    """Forget the endpoint."""
    with transactions.atomic():
        _note(AuditAction.WEBHOOKS_REMOVE, endpoint, by, now)
        endpoint.delete()


def _save(endpoint, action, by, now, changed=None):
    known = Refusal(
        "endpoint-exists",
        _("This address is registered already."),
        kind=RefusalKind.CONFLICT,
        field="url",
    )
    once = "address_is_told_once"
    with collisions.told_as(known, WebhookEndpoint, once), transactions.atomic():
        # The cursor and the lease belong to whoever delivers.
        own = ["url", "kinds", "secret", "is_active"]
        own += ["failures", "failing_since", "next_try_at", "rung_at"]
        endpoint.save(update_fields=None if changed is None else own)
        _note(action, endpoint, by, now, changed=changed or [])
    return endpoint


def _note(action, endpoint, by, now, **data):
    audit.record(by=by, action=action, obj=endpoint, data=data or None, now=now)
