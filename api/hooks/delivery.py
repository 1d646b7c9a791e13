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

from api.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from planner import ticks
from planner.jobs import leases
from programs import clock
from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.domain.actors import SYSTEM
from programs.models import Event

from . import log, sending
from .signing import sign

logger = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
TURN_SECONDS = 20
"""How long one worker goes on with one endpoint before it lets others come."""
MOST_EVENTS = 100
MOST_ASKED = 3
"""Pings and repetitions of a turn: together they take less time than the lease."""
PAUSES = (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600)
"""Seconds between tries; the last one again and again."""
GIVE_UP = timedelta(days=5)
GONE = 410


def due():
    """Return endpoints with something to send that nobody serves at this moment."""
    waiting = Event.objects.filter(
        institutions=OuterRef("institution"), sequence__gt=OuterRef("delivered_to")
    )
    asked = WebhookDelivery.objects.filter(
        endpoint=OuterRef("pk"), state=DeliveryState.WAITING
    )
    has_events = Q(Exists(waiting)) & is_ready()
    return WebhookEndpoint.objects.filter(
        leases.is_free(), has_events | Q(Exists(asked))
    )


def is_ready():
    """Return the condition of endpoints that events are sent to now."""
    is_time = Q(next_try_at__isnull=True) | Q(next_try_at__lte=Now())
    return Q(is_active=True) & is_time


def deliver(endpoint_id):
    """Send what waits for an endpoint; return how many messages were taken."""
    mine = due().filter(pk=endpoint_id)
    if not mine.update(lease_until=Now() + LEASE, rung_at=None):
        return None
    own = WebhookEndpoint.objects.filter(pk=endpoint_id)
    sent = sum(map(_send_asked, log.asked(own.get())[:MOST_ASKED]))
    if own.filter(is_ready()).update(lease_until=Now() + LEASE):
        sent += _send_events(own.get())
    own.update(lease_until=None)
    return sent


def _send_events(endpoint):
    """Send the events that wait, in order; return how many were taken."""
    began, sent = time.monotonic(), 0
    for event in endpoint.events[:MOST_EVENTS]:
        if not _send(endpoint, event):
            break
        sent += 1
        if time.monotonic() - began > TURN_SECONDS:
            break
    else:
        _skip(endpoint)
    return sent


def _send_asked(delivery):
    """Send a message that somebody asked for, once; return whether it was taken."""
    endpoint, now = delivery.endpoint, clock.now()
    body = message(delivery.event) if delivery.event else ping(endpoint, now)
    code, error = _try(endpoint, delivery.message_id, body)
    state = DeliveryState.FAILED if error else DeliveryState.DELIVERED
    log.note(
        endpoint,
        message_id=delivery.message_id,
        event=None,
        state=state,
        code=code,
        error=error,
        now=now,
    )
    return not error


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


def ping(endpoint, now):
    """Return the body of a message that only says that messages arrive."""
    told = {
        "type": "ping",
        "timestamp": now.isoformat(),
        "data": {"endpoint": str(endpoint.pk)},
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _try(endpoint, message_id, body):
    """Send a message; return the status answered, if any, and what went wrong."""
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "talent-exchange-planner",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": sign(
            endpoint.secret, message_id=message_id, timestamp=stamp, body=body
        ),
    }
    try:
        status = sending.post(endpoint.url, body=body, headers=headers)
    except sending.Unreachable as error:
        return None, str(error)
    return status, "" if 200 <= status < 300 else f"HTTP {status}"


def _send(endpoint, event):
    """Send one event; return whether it was taken and the cursor is still ours."""
    name = f"evt_{event.sequence}"
    code, error = _try(endpoint, name, message(event))
    if error:
        state = _failed(endpoint, error, is_gone=code == GONE)
    else:
        state = _taken(endpoint, event, code)
    if state is not None:
        log.note(
            endpoint,
            message_id=name,
            event=event,
            state=state,
            code=code,
            error=error,
            now=clock.now(),
        )
    return state == DeliveryState.DELIVERED


def _taken(endpoint, event, status):
    """Move the cursor; return what became of the message, or None if it is not ours."""
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
    return DeliveryState.DELIVERED if moved else None


def _failed(endpoint, why, *, is_gone=False):
    """Try again later, or give up after days; return what became of the message."""
    now = clock.now()
    since = endpoint.failing_since or now
    # After a jump of the clock every failure looks days old.
    gives_up = is_gone or (now - since > GIVE_UP and not ticks.pending())
    pause = PAUSES[min(endpoint.failures, len(PAUSES) - 1)]
    there = WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failures=F("failures") + 1,
        failing_since=since,
        last_answer=why[:200],
        next_try_at=Now() + timedelta(seconds=pause),
        is_active=not gives_up,
    )
    logger.warning("webhook.failed", endpoint=str(endpoint.pk), why=why)
    if gives_up:
        audit.record(
            by=SYSTEM, action=AuditAction.WEBHOOKS_GIVE_UP, obj=endpoint, now=now
        )
    state = DeliveryState.FAILED if gives_up else DeliveryState.RETRYING
    return state if there else None
