"""Files that people bring: checked, then applied or thrown away.

Between check and confirmation the file waits, encrypted, in its batch. Applying judges
it again: when the verdict on any row is no longer the one that was confirmed, nothing
is written and the person is asked to look once more.
"""

import json

from django.db import transaction
from django.utils.translation import gettext as _

from programs.choices import ImportState
from programs.domain import audit
from programs.domain.actors import require
from programs.models import ImportBatch, ImportRow
from programs.refusals import Refusal, RefusalKind

from .messages import Problem
from .report import KINDS, inspect
from .rows import Action


def check(kind, content, *, filename, by, now):
    """Judge a file, keep it, and return the report; nothing else is written.

    Parameters
    ----------
    kind: an ``ImportKind``. content: the file's bytes. filename: for people.
    """
    require(by, KINDS[str(kind)].permission)
    report = inspect(kind, content, by=by, now=now)
    with transaction.atomic():
        report.batch = ImportBatch.objects.create(
            kind=kind,
            filename=filename[:200],
            digest=report.digest,
            content=content,
            num_rows=len(report.rows),
            num_good=len(report.good),
            num_bad=len(report.bad),
            summary={
                "columns": report.summary,
                "counts": report.counts,
                "ignored": report.ignored,
                "notes": report.notes,
            },
            created_by=by,
            created_at=now,
        )
        _audit("check", report.batch, by, now)
    return report


def apply(batch, *, digest, by, now, park=False):
    """Take the good rows of a checked file; park the bad ones if that was agreed.

    Parameters
    ----------
    digest: of the report that was confirmed.
    park: take the good rows although others are bad.

    Raises
    ------
    Refusal: applied already, the verdict changed since, or bad rows and no ``park``.
    """
    require(by, KINDS[batch.kind].permission)
    _require_waiting(batch)
    report = inspect(batch.kind, bytes(batch.content), by=by, now=now)
    if not batch.digest == digest == report.digest:
        raise Refusal(
            "import-changed",
            _(
                "The data changed since the file was checked, so some rows would be "
                "treated differently now. Check the file again."
            ),
            kind=RefusalKind.STALE,
        )
    if report.bad and not park:
        raise Refusal(
            "import-bad-rows",
            _(
                "%(bad)d of %(rows)d rows have errors. Correct them, or take the good "
                "rows and park the others."
            )
            % {"bad": len(report.bad), "rows": len(report.rows)},
            kind=RefusalKind.CONFLICT,
        )
    with transaction.atomic():
        _claim(batch, report)
        report.kind.create(report.with_action(Action.NEW), now)
        report.kind.change(report.with_action(Action.CHANGED), now)
        _park(batch, report.bad)
        _audit("apply", batch, by, now, counts=report.counts)
    batch.refresh_from_db()
    report.batch = batch
    return report


def discard(batch, *, by, now):
    """Throw a checked file away."""
    require(by, KINDS[batch.kind].permission)
    _require_waiting(batch)
    with transaction.atomic():
        _move(batch, ImportState.DISCARDED)
        _audit("discard", batch, by, now)
    batch.refresh_from_db()


def parked_rows(batch):
    """Yield (row number, {column: text}, problems) of the rows kept back."""
    for row in batch.rows.order_by("number").iterator():
        problems = [Problem(**error) for error in row.errors]
        yield row.number, json.loads(row.cells), problems


def _require_waiting(batch):
    if batch.state != ImportState.CHECKED:
        raise _not_waiting(batch)


def _not_waiting(batch):
    return Refusal(
        "import-not-waiting",
        _("This file is not waiting for a decision: it is %(state)s.")
        % {"state": batch.get_state_display()},
        kind=RefusalKind.CONFLICT,
    )


def _claim(batch, report):
    """Mark the batch applied before anything is written, so that it happens once."""
    state = ImportState.PARTLY_APPLIED if report.bad else ImportState.APPLIED
    _move(batch, state)


def _move(batch, state):
    """Leave the waiting state, and forget the file."""
    waiting = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.CHECKED)
    if not waiting.update(state=state, content=None):
        batch.refresh_from_db()
        raise _not_waiting(batch)


def _park(batch, rows):
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                batch=batch,
                number=row.number,
                cells=json.dumps(row.cells),
                errors=[problem.as_json() for problem in row.problems],
            )
            for row in rows
        ],
        batch_size=500,
    )


def _audit(what, batch, by, now, **data):
    facts = {"kind": batch.kind, "digest": batch.digest, "rows": batch.num_rows}
    audit.record(
        by=by, action=f"transfer.{what}", obj=batch, data=facts | data, now=now
    )
