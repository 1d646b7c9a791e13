"""Writing what was confirmed: a piece of the file at a time, one import as a whole.

A short file is one piece, so all of its good rows are written or none. Of a long one
each piece is a transaction of its own, which notes up to which row the file is written:
whoever is cut off goes on from there, others are never kept waiting for minutes, and
what was written can be undone at any time.
"""

import json
from datetime import datetime

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import ImportState
from programs.domain import bulk, sheet_words, transactions
from programs.domain.actors import require
from programs.models import ImportBatch, ImportRow, ImportWrite
from programs.refusals import Refusal, RefusalKind

from .batches import move, not_waiting, note, opened, park as keep
from .kinds import KINDS
from .mapping import meant
from .rows import Action, no_step
from .tally import digest_of

UNWRITTEN = (ImportState.CHECKED, ImportState.WRITING)
"""States of a file that has rows to be written."""


@transactions.verb
def apply(batch, *, digest, by, now, park=False, step=no_step):
    """Take the good rows of a checked file; park the bad ones if that was agreed.

    Where others were quicker the piece is judged and written again.

    Parameters
    ----------
    digest: of the report that was confirmed.
    park: take the good rows although others are bad.
    step: called with (phase, rows done, rows) as it goes on, for whoever watches.

    Raises
    ------
    Refusal: applied already, the verdict changed since, or bad rows and no ``park``.
    """
    require(by, *KINDS[batch.kind].permissions)
    if batch.state not in UNWRITTEN:
        raise not_waiting(batch)
    if batch.digest != digest:
        raise _changed()
    if batch.num_bad and not park:
        raise Refusal(
            "import-bad-rows",
            _(
                "%(bad)d of %(rows)d rows have errors. Correct them, or take the good "
                "rows and park the others."
            )
            % {"bad": batch.num_bad, "rows": batch.num_rows},
            kind=RefusalKind.CONFLICT,
        )
    judging = opened(batch, by=by, now=now, step=step)
    for piece, is_last in judging.pieces():
        _take(batch, judging, piece, is_last, by, now)
    batch.refresh_from_db()
    return judging.report(batch=batch)


@transactions.verb
def _take(batch, judging, piece, is_last, by, now):
    """Judge a piece once more and write it, unless that was done before."""
    done = judging.tally.num_rows
    rows = judging.judge(piece, done=done, phase="writing")
    if piece[-1][0] > batch.written_to:
        if not _is_confirmed(batch, len(judging.tally.pieces), rows):
            if batch.state == ImportState.CHECKED:
                raise _changed()
            _refuse(rows)
        with transactions.atomic():
            _write(batch, judging, rows, is_last, by, now)
        batch.refresh_from_db(fields=["state", "written_to", "written_at", "summary"])
    judging.count(rows)


def _is_confirmed(batch, place, rows):
    """Return whether the verdicts on a piece are those that somebody confirmed."""
    confirmed = batch.summary.get("pieces", ())[place : place + 1]
    return confirmed == [digest_of(rows)]


def _refuse(rows):
    """Park a piece about which something changed while the file was being written."""
    for row in rows:
        if row.is_good:
            row.refuse("", "changed-meanwhile")
            row.action = Action.BAD


def _write(batch, judging, rows, is_last, by, now):
    """Claim a piece, call the domain's verbs for its rows, and keep the wrong ones."""
    bad = [row for row in rows if not row.is_good]
    _claim(batch, rows[-1].number)
    _note_written(batch, judging.kind.write(rows, now), now)
    keep(batch, bad, within=rows)
    if is_last:
        _end(batch, judging, by, now)


def _claim(batch, number):
    """Say that the file is written up to a row; only one can, from the row before."""
    files = ImportBatch.objects.filter(
        pk=batch.pk, state__in=UNWRITTEN, written_to=batch.written_to
    )
    if not files.update(state=ImportState.WRITING, written_to=number):
        batch.refresh_from_db()
        raise not_waiting(batch)


def _note_written(batch, written, now):
    """Keep which rows were written, what they were before, and when it was."""
    times = times_of(batch)
    if not times:
        ImportBatch.objects.filter(pk=batch.pk).update(written_at=now)
    elif now not in times:
        told = [*batch.summary.get("written_again", ()), now.isoformat()]
        summary = {**batch.summary, "written_again": told}
        ImportBatch.objects.filter(pk=batch.pk).update(summary=summary)
    bulk.create(
        [
            ImportWrite(
                batch=batch,
                kind=kind,
                row_id=pk,
                before=before and json.dumps(before, default=str),
            )
            for kind, pk, before in written
        ]
    )


def times_of(batch):
    """Return when rows of a file were written: once, or again after each cut."""
    if batch.written_at is None:
        return []
    again = map(datetime.fromisoformat, batch.summary.get("written_again", ()))
    return [batch.written_at, *again]


def _end(batch, judging, by, now):
    """Forget the file, remember what was meant by it, and tell the trail."""
    parked = batch.rows.count()
    state = ImportState.PARTLY_APPLIED if parked else ImportState.APPLIED
    move(batch, state, ImportState.WRITING)
    ImportBatch.objects.filter(pk=batch.pk).update(
        num_bad=parked, num_good=batch.num_rows - parked
    )
    if batch.parked_from_id:
        ImportRow.objects.filter(batch=batch.parked_from_id).delete()
    if judging.own:
        sheet_words.remember(words=meant(judging.own), by=by, now=now)
    counts = batch.summary.get("counts", {}) | {"bad": parked}
    note(AuditAction.TRANSFER_APPLY, batch, by, now, counts=counts)


def _changed():
    return Refusal(
        "import-changed",
        _(
            "The data changed since the file was checked, so some rows would be "
            "treated differently now. Check the file again."
        ),
        kind=RefusalKind.STALE,
    )
