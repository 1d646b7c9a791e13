"""A retry never acts twice: ``Idempotency-Key`` on every POST.

The first answer after something was written is kept for a day, for the institution and
the route, and repeated to whoever sends the same again: without what is secret in it,
and saying so. It is written in the transaction of what it tells of (``api.writes``), so
there is never one without the other. What wrote nothing is not kept: a body that was
refused may be mended and sent under the same key. The same key with another body is
refused (422); whoever comes while the first is being served waits for its answer.
"""

import hashlib
import json
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from rest_framework.utils.encoders import JSONEncoder

from programs import clock
from programs.domain.actors import name_of

from .exceptions import Problem, Replay
from .models import IdempotencyRecord

KEEP = timedelta(hours=24)
KEPT_HEADERS = ("ETag", "Retry-After")
SECRETS = ("secret",)
"""Fields that are in the first answer and in no other."""
OMITTED = "Idempotency-Omitted"
"""The header that names the fields a repeated answer leaves empty."""


def purge(*, now):
    """Delete answers that are older than a day; return how many there were."""
    old = IdempotencyRecord.objects.filter(created_at__lt=now - KEEP)
    return old.delete()[0]


def is_asked_for(request):
    """Return whether the request is to be answered once."""
    return request.method == "POST" and "Idempotency-Key" in request.headers


def claim(request):
    """Return a fresh record to answer under, or replay, or refuse.

    Called in the transaction of the write: whoever sends the same meanwhile waits here
    until it is over, and sees its answer, or acts if there is none.

    Raises
    ------
    Replay: the request was answered before.
    Problem: the key was used for another body.
    """
    now, fields = clock.now(), _fields(request)
    digest = digest_of(request.data)
    IdempotencyRecord.objects.filter(created_at__lt=now - KEEP, **fields).delete()
    record, is_new = IdempotencyRecord.objects.get_or_create(
        **fields, defaults={"body_digest": digest, "created_at": now}
    )
    if is_new:
        return record
    if record.body_digest != digest:
        raise Problem(
            422,
            "idempotency_key_reused",
            _("This Idempotency-Key was used for another body; use a new one."),
        )
    raise Replay(record)


def settle(record, response, *, has_written):
    """Keep the answer if something was written; otherwise forget the claim."""
    if not has_written:
        record.delete()
        return
    data, omitted = without_secrets(response.data)
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    if omitted:
        headers[OMITTED] = ", ".join(omitted)
    record.status = response.status_code
    # The address names the row, which may be a person: it is encrypted with the answer.
    record.answer = text_of({"body": data, "location": response.get("Location")})
    record.headers = headers
    record.save(update_fields=["status", "answer", "headers"])


def digest_of(data):
    """Return a digest of a body that key order and white space do not change."""
    return hashlib.sha256(text_of(data, sort_keys=True).encode()).hexdigest()


def text_of(data, **options):
    """Return data as JSON; names are readable in it, so that they can be found."""
    return json.dumps(data, cls=JSONEncoder, ensure_ascii=False, **options)


def without_secrets(data):
    """Return an answer with its secrets empty, and the names of those it had."""
    omitted = [name for name in SECRETS if isinstance(data, dict) and data.get(name)]
    return {**data, **dict.fromkeys(omitted)} if omitted else data, omitted


def _fields(request):
    key = request.headers["Idempotency-Key"]
    if not 1 <= len(key) <= 100 or not key.isprintable():
        raise Problem(
            400,
            "idempotency_key",
            _("Idempotency-Key needs 1 to 100 printable characters."),
        )
    return {"caller": _caller(request.user), "route": request.path[:300], "key": key}


def _caller(user):
    """Return whose key it is: an institution's, whichever of its API keys calls."""
    key = getattr(user, "key", None)
    return f"institution:{key.institution_id}" if key else name_of(user)
