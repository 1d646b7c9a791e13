"""The outbox: events are written with the change they tell of, and delivered later."""

from django.db import DEFAULT_DB_ALIAS, connections

from programs.event_kinds import EventKind
from programs.models import Event

from . import bulk, transactions
from .audit import lock_head


def emit(*, kind, obj, institutions, now):
    """Note that something happened to a row, for the institutions it concerns.

    Parameters
    ----------
    kind: an ``EventKind``; anything else is an error.
    obj: the row; receivers learn its id only.
    institutions: institutions or their ids; ``None`` among them is left out.
    now: when.
    """
    emit_many(kind=kind, entries=[(obj, institutions)], now=now)


def emit_many(*, kind, entries, now):
    """Note the same kind of event for each (row, institutions), in order.

    Raises
    ------
    ValueError: the kind is not on the list that partners read.
    """
    kind = EventKind(kind)
    told = [
        (
            Event(
                kind=kind,
                object_type=obj._meta.model_name,
                object_id=str(obj.pk),
                at=now,
            ),
            _ids(institutions),
        )
        for obj, institutions in entries
    ]
    transactions.at_the_end(append, *told, ahead=ready)


def ready(told):
    """Return (events with their values, the stored ids of whom each concerns)."""
    institution = Event.institutions.through._meta.get_field("institution")
    stored = {
        pk: institution.get_db_prep_save(pk, connections[DEFAULT_DB_ALIAS])
        for pk in {pk for _event, ids in told for pk in ids}
    }
    events = bulk.Ready(event for event, _ids in told)
    return events, [[stored[pk] for pk in ids] for _event, ids in told]


def append(told):
    """Write events with the institutions they concern.

    Numbers are given in commit order: whoever read number N has missed nothing before
    it, although readers only remember N.
    """
    lock_head()
    events, concerned = told
    numbers = bulk.next_numbers(Event, len(events))
    bulk.write_numbered(events, numbers)
    concern = Event.institutions.through._meta
    pairs = [
        [number, pk]
        for number, ids in zip(numbers, concerned, strict=True)
        for pk in ids
    ]
    both = [concern.get_field(name) for name in ("event", "institution")]
    bulk.write(concern.model, both, pairs)


def _ids(institutions):
    """Return each institution's id once, in the order given."""
    ids = (getattr(one, "pk", one) for one in institutions if one is not None)
    return list(dict.fromkeys(ids))
