"""Asking for a list to be worked on, and forgetting it."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import get_language, gettext as _, gettext_noop

from api.exceptions import institution_of
from api.idempotency import digest_of, text_of
from planner.jobs import endings
from planner.jobs.kinds import BULK
from planner.jobs.ringing import ring
from planner.models import BulkJob, BulkRow
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.refusals import Refusal, RefusalKind
from programs.roles import Role

KEEP = timedelta(days=7)
"""How long what became of the rows can be read."""
MOST = 5
"""Lists of one institution that wait or are worked on."""
NOBODY_CAME_BACK = gettext_noop(
    "Three workers took the list and none came back. The rows without a result were "
    "not done: send them again."
)


@transactions.verb
def ask(*, kind, rows, by, now):
    """Keep a list, encrypted, and ask for it to be worked on; return the job.

    Raises
    ------
    Refusal: too many lists of the institution wait.
    """
    institution_id = institution_of(by, Role.PARTNER)
    with transactions.atomic():
        _require_room(institution_id)
        key = getattr(by, "key", None)
        job = BulkJob.objects.create(
            kind=kind,
            institution_id=institution_id,
            key=key.prefix if key else "",
            user=None if key else by,
            language=get_language(),
            num_rows=len(rows),
            created_at=now,
        )
        BulkRow.objects.bulk_create(
            [
                BulkRow(
                    job=job,
                    index=index,
                    key=key_of(row),
                    digest=digest_of(row),
                    sent=text_of(row),
                )
                for index, row in enumerate(rows)
            ],
            batch_size=500,
        )
        data = {"kind": kind, "rows": len(rows)}
        audit.record(
            by=by, action=AuditAction.BULK_RECEIVE, obj=job, data=data, now=now
        )
    transaction.on_commit(lambda: ring(BULK, job.pk))
    return job


def key_of(row):
    """Return the key that a row carries, or nothing; a wrong one is refused with it."""
    key = row.get("idempotency_key") if isinstance(row, dict) else None
    return key if isinstance(key, str) and len(key) <= 100 else ""


def purge(*, now):
    """Delete lists that are older than a week; return how many there were."""
    old = BulkJob.objects.filter(created_at__lt=now - KEEP)
    BulkRow.objects.filter(job__in=old).delete()
    return old.delete()[0]


def end_hopeless():
    """Fail lists whose last allowed attempt died without a word."""
    endings.end_hopeless(BulkJob, NOBODY_CAME_BACK)


def _require_room(institution_id):
    waiting = BulkJob.objects.active().filter(institution=institution_id)
    if waiting.count() >= MOST:
        raise Refusal(
            "too-many-lists",
            _("%(most)d lists of your institution wait; send more when one is done.")
            % {"most": MOST},
            kind=RefusalKind.CONFLICT,
        )
