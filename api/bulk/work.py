"""Working on a list: a batch a transaction, from the first row without a result.

The rows that a batch makes and what became of them are written together, and the lease
is checked last: a worker that was killed or overtaken has written all of a batch or
nothing of it, and the next one goes on behind it. So no row is done twice.
"""

import json

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _, gettext_noop

from api.authentication import Principal
from api.idempotency import text_of
from api.models import InstitutionKey
from planner.jobs import endings
from planner.models import BulkJob, BulkRow
from programs import clock
from programs.domain import transactions
from programs.refusals import Refusal, RefusalKind

from .jobs import KEEP
from .rows import BATCH, Outcome, reused, take

BROKE_OFF = gettext_noop("The work on the list broke off and is tried again.")
GIVEN_UP = gettext_noop(
    "The third attempt at the list broke off too, and there is no fourth. The rows "
    "without a result were not done: send them again."
)


def execute(job_id):
    """Serve a job; return its state, or None when somebody else has it."""
    return endings.execute(job_id, model=BulkJob, serve=serve, words=_words)


def _words(lease, error):
    return GIVEN_UP if lease.is_last else BROKE_OFF


def serve(lease):
    """Do batch after batch, in the language of whoever sent the list."""
    job = BulkJob.objects.select_related("user").get(pk=lease.row_id)
    with translation.override(job.language):
        return endings.ended(lease, lambda: do_all(lease, job))


def do_all(lease, job):
    """Do the rows that have no result yet, whatever an earlier attempt has done."""
    while do_batch(lease, job, by=sender_of(job), now=clock.now()):
        lease.beat()


def sender_of(job):
    """Return whoever sent the list, as long as they may still call.

    Raises
    ------
    Refusal: the key was withdrawn or has run out, or the account was closed.
    """
    if job.user is not None:
        if job.user.is_active:
            return job.user
    else:
        keys = InstitutionKey.objects.usable(now=clock.now())
        key = keys.select_related("institution").filter(prefix=job.key).first()
        if key is not None:
            return Principal(key)
    raise Refusal(
        "sender-gone",
        _(
            "The key that this list was sent with opens nothing any more. The rows "
            "without a result were not done: send them again with another key."
        ),
        kind=RefusalKind.FORBIDDEN,
    )


@transactions.verb
def do_batch(lease, job, *, by, now):
    """Do the next rows, and write what became of them; return how many they were."""
    with transactions.atomic():
        waiting = BulkRow.objects.filter(job=job, status__isnull=True)
        rows = _without_twins(list(waiting.order_by("index")[:BATCH]))
        if not rows:
            return 0
        settled = _settled_before(job, rows, now)
        new = [row for row in rows if row.pk not in settled]
        sent = [json.loads(row.sent) for row in new]
        outcomes = take(job.kind, sent, by=by, now=now) if sent else []
        settled |= {row.pk: each for row, each in zip(new, outcomes, strict=True)}
        made = _write(rows, settled)
        # Last, so that whoever was overtaken meanwhile takes all of it back.
        lease.write(num_done=F("num_done") + len(rows), num_made=F("num_made") + made)
    return len(rows)


def _without_twins(rows):
    """Return the rows up to the first whose key an earlier one of them has."""
    seen = set()
    for place, row in enumerate(rows):
        if row.key and row.key in seen:
            return rows[:place]
        seen.add(row.key)
    return rows


def _settled_before(job, rows, now):
    """Return {row: outcome} of rows whose key was used before, in any list."""
    by_key = {row.key: row for row in rows if row.key}
    if not by_key:
        return {}
    done = BulkRow.objects.filter(
        job__institution=job.institution_id,
        job__kind=job.kind,
        job__created_at__gte=now - KEEP,
        key__in=by_key,
        status=201,
    )
    settled = {}
    for key, digest, made in done.values_list("key", "digest", "made"):
        row = by_key[key]
        row.is_replayed = row.digest == digest
        settled[row.pk] = Outcome(201, made) if row.is_replayed else reused()
    return settled


def _write(rows, settled):
    """Store what became of rows, without what was sent; return how many were taken."""
    for row in rows:
        outcome = settled[row.pk]
        row.sent, row.status, row.made = None, outcome.status, outcome.made
        row.problem = text_of(outcome.problem) if outcome.problem else None
    BulkRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["sent", "status", "made", "problem", "is_replayed"],
    )
    return sum(row.status == 201 for row in rows)
