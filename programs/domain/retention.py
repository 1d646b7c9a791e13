"""What is kept no longer than it is needed goes by itself.

Uploaded files that nobody confirmed and rows that were kept back hold people's data
that serve nothing after a while; ``settings.RETAIN_FILES_DAYS`` says after how long.
"""

from datetime import timedelta

from django.conf import settings

from programs.audit_actions import AuditAction
from programs.models import ImportBatch, ImportRow

from . import audit, transactions
from .actors import SYSTEM


def run(*, now):
    """Delete what is too old; return how many files were emptied.

    Counts and digests of an import stay: they say what came of it.
    """
    before = now - timedelta(days=settings.RETAIN_FILES_DAYS)
    old = ImportBatch.objects.filter(created_at__lt=before)
    emptied = 0
    for batch in old.waiting().defer("content"):
        emptied += _discard(batch, now)
    for batch in old.filter(rows__isnull=False).distinct().defer("content"):
        _empty(batch, now)
    return emptied


@transactions.verb
def _discard(batch, now):
    """Throw away a file that nobody confirmed, unless somebody does just now."""
    with transactions.atomic():
        if not ImportBatch.objects.filter(pk=batch.pk).empty(mapping=None):
            return 0
        batch.rows.all().delete()
        _note(batch, now)
    return 1


@transactions.verb
def _empty(batch, now):
    """Delete the rows of an import that were kept back and never mended."""
    with transactions.atomic():
        ImportRow.objects.filter(batch=batch).delete()
        _note(batch, now)


def _note(batch, now):
    audit.record(by=SYSTEM, action=AuditAction.TRANSFER_FORGET, obj=batch, now=now)
