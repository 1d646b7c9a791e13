"""The audit trail: each entry carries the hash of the one before it.

Changing, removing or inserting an entry breaks every hash after it, and ``ChainHead``
tells when the newest entries were cut off. Whoever keeps a copy of one head elsewhere
(it is printed on every publication) can prove that nothing older was touched.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F

from programs.audit_actions import AuditAction
from programs.models import AuditEvent, ChainHead

from . import bulk, transactions
from .actors import name_of

GENESIS = "0" * 64
"""What the first entry has as the hash of its predecessor."""


@dataclass(frozen=True)
class ChainReport:
    """What a check of the trail found; ``fault`` is empty when all is well."""

    checked: int
    fault: str = ""
    sequence: int | None = None

    @property
    def ok(self):
        """Return whether the trail is whole."""
        return not self.fault


def record(*, by, action, obj, data=None, now):
    """Append one entry to the trail, in the transaction of the change it tells of.

    Parameters
    ----------
    by: the actor. obj: the row it happened to.
    action: an ``AuditAction``; anything else is an error.
    data: ids, states, counts and hashes; never personal data, and no floats.
    now: when.
    """
    record_many(by=by, action=action, entries=[(obj, data)], now=now)


def record_many(*, by, action, entries, now):
    """Append an entry for each (row, data), in order, when the transaction ends.

    Raises
    ------
    ValueError: the action is not on the list, so nobody could read it in words.
    """
    action = AuditAction(action)
    actor = name_of(by)
    request = structlog.contextvars.get_contextvars().get("request_id", "")
    rows = [
        AuditEvent(
            at=now,
            actor=actor,
            action=action,
            object_type=obj._meta.model_name,
            object_id=str(obj.pk),
            data=_plain(data or {}),
            request_id=request,
        )
        for obj, data in entries
    ]
    transactions.at_the_end(append, *rows, ahead=bulk.Ready)


def append(rows):
    """Number and chain entries behind the head, which is kept until the commit.

    Parameters
    ----------
    rows: ``bulk.Ready`` but for their numbers and hashes.
    """
    head = lock_head(advance=len(rows))
    numbers = range(head.sequence - len(rows) + 1, head.sequence + 1)
    previous = head.hash or GENESIS
    fields, lines = rows.values
    names = [field.name for field in fields]
    before, own = names.index("previous_hash"), names.index("hash")
    for number, row, line in zip(numbers, rows, lines, strict=True):
        row.sequence, row.previous_hash = number, previous
        line[before], line[own] = previous, digest(row)
        previous = line[own]
    bulk.write_numbered(rows, numbers)
    ChainHead.objects.filter(pk=head.pk).update(hash=previous)


def lock_head(*, advance=0):
    """Lock the head of the trail until the transaction ends, and return it.

    The update takes the row lock on PostgreSQL and the write lock on SQLite, so two
    writers never read the same head; both number their entries in commit order.
    """
    moved = {"sequence": F("sequence") + advance}
    if not ChainHead.objects.filter(pk=1).update(**moved):
        ChainHead.objects.get_or_create(pk=1)
        ChainHead.objects.filter(pk=1).update(**moved)
    return ChainHead.objects.get(pk=1)


def digest(entry):
    """Return the SHA-256 of an entry's content and of its predecessor's hash."""
    content = [
        entry.sequence,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.data,
        entry.request_id,
        entry.previous_hash,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify_chain():
    """Re-compute the whole trail and name the first entry that is not as written."""
    expected, previous = 1, GENESIS
    for entry in AuditEvent.objects.order_by("sequence").iterator(chunk_size=2000):
        if entry.sequence != expected:
            return ChainReport(expected - 1, "missing", expected)
        if entry.previous_hash != previous or entry.hash != digest(entry):
            return ChainReport(expected - 1, "altered", expected)
        expected, previous = expected + 1, entry.hash
    head = ChainHead.objects.filter(pk=1).first() or ChainHead()
    if (head.sequence, head.hash or GENESIS) != (expected - 1, previous):
        return ChainReport(expected - 1, "missing", expected)
    return ChainReport(expected - 1)


def _plain(data):
    """Return the data as any database gives it back; refuse what would not survive."""
    text = json.dumps(data, cls=DjangoJSONEncoder)
    return json.loads(text, parse_float=_refuse_float)


def _refuse_float(text):
    raise TypeError(f"An audit entry holds no floats, found {text}: use a string.")
