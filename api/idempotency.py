"""A retry never acts twice: ``Idempotency-Key`` on every POST.

The answer to a key is kept for a day for the same caller and route. The same key
with another body is refused (422); while the first request is being served, 409.
Answers that a retry may change (409, 412, 429, 5xx) are not kept.
"""

import hashlib
import json
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from rest_framework.utils.encoders import JSONEncoder

from programs import clock

from .exceptions import Problem, Replay
from .models import IdempotencyRecord

KEEP = timedelta(hours=24)
ABANDONED = timedelta(minutes=10)
NOT_KEPT = {409, 412, 429}


def _fields(request):
    key = request.headers["Idempotency-Key"]
    if not 1 <= len(key) <= 100 or not key.isprintable():
        raise Problem(
            400,
            "idempotency_key",
            _("Idempotency-Key needs 1 to 100 printable characters."),
        )
    return {
        "caller": str(request.user.username),
        "route": request.path[:300],
        "key": key,
    }


def purge(*, now):
    """Delete answers that are older than a day; return how many there were."""
    old = IdempotencyRecord.objects.filter(created_at__lt=now - KEEP)
    return old.delete()[0]


def claim(request):
    """Return a fresh record to answer under, or replay, or refuse.

    Raises
    ------
    Replay: the request was answered before.
    Problem: the key was used for another body, or is being served right now.
    """
    now = clock.now()
    digest = hashlib.sha256(request.body).hexdigest()
    fields = _fields(request)
    IdempotencyRecord.objects.filter(created_at__lt=now - KEEP, **fields).delete()
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.create(
                body_digest=digest, created_at=now, **fields
            )
    except IntegrityError:
        record = IdempotencyRecord.objects.get(**fields)
    if record.body_digest != digest:
        raise Problem(
            422,
            "idempotency_key_reused",
            _("This Idempotency-Key was used for another body; use a new one."),
        )
    if record.status is not None:
        raise Replay(record)
    return _take_over(record, now)


def _take_over(record, now):
    """Adopt a record whose request died; refuse while it may still be alive."""
    stale = IdempotencyRecord.objects.filter(
        pk=record.pk, status=None, created_at=record.created_at
    ).filter(created_at__lt=now - ABANDONED)
    if not stale.update(created_at=now):
        raise Problem(
            409,
            "request_in_progress",
            _("A request with this Idempotency-Key is being served; try again."),
            headers={"Retry-After": "1"},
        )
    return record


def settle(record, response):
    """Keep the answer, or forget the claim where a retry should act again."""
    if response.status_code >= 500 or response.status_code in NOT_KEPT:
        record.delete()
        return
    response_headers = {
        name: response[name] for name in ("ETag", "Location") if name in response
    }
    record.status = response.status_code
    record.answer = _plain(response.data)
    record.headers = response_headers
    record.save(update_fields=["status", "answer", "headers"])


def _plain(data):
    """Return the data as it will be read back: JSON's own types only."""

    return json.loads(json.dumps(data, cls=JSONEncoder))
