"""One door for scarce things: what a verb counts, it claims first, in one order.

Whoever publishes, lets somebody move up, takes something back or changes what limits
others claims the rows that its decision rests on, and then reads them. Two who claim
the same thing take turns; the second reads what the first wrote. All claim in the order
of ``CLAIMED``, each kind by id, so that nobody waits for somebody who waits for them.

PostgreSQL locks the rows until the transaction ends. SQLite has one writer at a time,
from the first statement of its transaction on: whoever writes has claimed everything.
What must never be true the database refuses besides, by itself: ``programs.promises``.
"""

from django.db import connection, transaction

from programs.models import (
    Agreement,
    FundingSource,
    ImmigrationRoute,
    Intake,
    Participant,
    Quota,
    SharedResource,
    Slot,
)

from .states import batches

CLAIMED = {
    "intakes": Intake,
    "slots": Slot,
    "agreements": Agreement,
    "routes": ImmigrationRoute,
    "quotas": Quota,
    "resources": SharedResource,
    "people": Participant,
    "sources": FundingSource,
}
"""What can be claimed, in the order in which it is."""


def claim(**wanted):
    """Hold things until the transaction ends; whoever wants one of them waits.

    Claim everything in one call, before reading what the decision rests on.

    Parameters
    ----------
    wanted: names of ``CLAIMED`` with ids of rows. One human who was registered several
        times is claimed as all of them.
    """
    _take(wanted, "FOR NO KEY UPDATE")


def keep(**wanted):
    """Hold things as they are, beside others who only keep them too.

    For verbs that rest on a state and use nothing up: a nomination needs its intake to
    stay open, and must not wait for the other nominations.
    """
    _take(wanted, "FOR SHARE")


def _take(wanted, mode):
    unknown = wanted.keys() - CLAIMED.keys()
    if unknown:
        raise TypeError(f"Nothing of these names is claimed: {sorted(unknown)}.")
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A claim needs a transaction.")
    if connection.vendor == "sqlite":
        return
    for name, model in CLAIMED.items():
        ids = sorted({pk for pk in wanted.get(name, ()) if pk is not None})
        if name == "people" and ids:
            ids = _with_twins(ids)
        for batch in batches(ids):
            _lock(model, batch, mode)


def _lock(model, ids, mode):
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id {mode}",  # noqa: S608
            [list(ids)],
        )


def _with_twins(ids):
    """Return the ids with those of other records of the same humans."""
    people = Participant.objects
    known = people.filter(pk__in=ids).exclude(human_key="").values("human_key")
    twins = people.filter(human_key__in=known).values_list("pk", flat=True)
    return sorted({*ids, *twins})
