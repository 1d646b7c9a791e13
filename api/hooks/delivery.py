"""Delivering: in order, until the endpoint says no; whoever dies leaves it to others.

The endpoint's row is the truth. Whoever claims it by a conditional update delivers for
a while; the cursor moves only after the partner answered 2xx, so a message is sent at
least once, and a partner that was away misses nothing.
"""

import json
import time
from datetime import timedelta

import structlog
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from api.models import WebhookEndpoint
from planner import ticks
from planner.jobs import leases
from programs import clock
from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.domain.actors import SYSTEM
from programs.models import Event

from . import sending
from .signing import sign

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
TURN_SECONDS = 20
"""How long one worker goes on with one endpoint before it lets others come."""
MOST_EVENTS = 100
PAUSES = (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600)
"""Seconds between tries; the last one again and again."""
GIVE_UP = timedelta(days=5)
GONE = 410


def due():
    """Return endpoints with something to send that nobody serves at this moment."""
    waiting = Event.objects.filter(
        institutions=OuterRef("institution"), sequence__gt=OuterRef("delivered_to")
    )
    ready = Q(next_try_at__isnull=True) | Q(next_try_at__lte=Now())
    return WebhookEndpoint.objects.filter(
        leases.is_free(), ready, Exists(waiting), is_active=True
    )


def deliver(endpoint_id):
    """Send what waits for an endpoint; return how many messages were taken."""
    mine = due().filter(pk=endpoint_id)
    if not mine.update(lease_until=Now() + LEASE, rung_at=None):
        return None
    endpoint = WebhookEndpoint.objects.get(pk=endpoint_id)
    began, sent = time.monotonic(), 0
    for event in endpoint.events[:MOST_EVENTS]:
        if not _send(endpoint, event):
            break
        sent += 1
        if time.monotonic() - began > TURN_SECONDS:
            break
    else:
        _skip(endpoint)
    WebhookEndpoint.objects.filter(pk=endpoint_id).update(lease_until=None)
    return sent


def _skip(endpoint):
    """Step over events of kinds the partner does not want, so that none look due.

    Numbers are given in commit order: below the newest one nothing can appear later.
    """
    own = Event.objects.filter(institutions=endpoint.institution_id)
    newest = own.order_by("-sequence").values_list("sequence", flat=True).first()
    if newest is None or endpoint.events.filter(sequence__lte=newest).exists():
        return
    rows = WebhookEndpoint.objects.filter(
        pk=endpoint.pk, delivered_to=endpoint.delivered_to, delivered_to__lt=newest
    )
    rows.update(delivered_to=newest)


def message(event):
    """Return the body of an event: ids only; whoever wants more reads the thing."""
    told = {
        "type": event.kind,
        "timestamp": event.at.isoformat(),
        "data": {
            "sequence": event.sequence,
            "object_type": event.object_type,
            "object_id": event.object_id,
        },
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _send(endpoint, event):
    """Send one event; return whether it was taken and the cursor is still ours."""
    body, stamp = message(event), str(int(time.time()))
    name = f"evt_{event.sequence}"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "talent-exchange-planner",
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": sign(
            endpoint.secret, message_id=name, timestamp=stamp, body=body
        ),
    }
    try:
        status = sending.post(endpoint.url, body=body, headers=headers)
    except sending.Unreachable as error:
        return _failed(endpoint, str(error))
    if not 200 <= status < 300:
        return _failed(endpoint, f"HTTP {status}", is_gone=status == GONE)
    ours = WebhookEndpoint.objects.filter(
        pk=endpoint.pk, delivered_to=endpoint.delivered_to, is_active=True
    )
    moved = ours.update(
        delivered_to=event.sequence,
        failures=0,
        failing_since=None,
        next_try_at=None,
        last_answer=f"HTTP {status}",
        lease_until=Now() + LEASE,
    )
    endpoint.delivered_to = event.sequence
    return bool(moved)


def _failed(endpoint, why, *, is_gone=False):
    """Try again later, or give up after days; return that nothing was taken."""
    now = clock.now()
    since = endpoint.failing_since or now
    # After a jump of the clock every failure looks days old.
    gives_up = is_gone or (now - since > GIVE_UP and not ticks.pending())
    pause = PAUSES[min(endpoint.failures, len(PAUSES) - 1)]
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failures=F("failures") + 1,
        failing_since=since,
        last_answer=why[:200],
        next_try_at=Now() + timedelta(seconds=pause),
        is_active=not gives_up,
    )
    log.warning("webhook.failed", endpoint=str(endpoint.pk), why=why)
    if gives_up:
        audit.record(
            by=SYSTEM, action=AuditAction.WEBHOOKS_GIVE_UP, obj=endpoint, now=now
        )
    return False
