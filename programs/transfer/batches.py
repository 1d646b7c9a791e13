"""Files that people bring: checked, then applied or thrown away.

Between check and confirmation the file waits, encrypted, in its batch. Applying judges
it again: when the verdict on any row is no longer the one that was confirmed, nothing
is written and the person is asked to look once more.
"""

import io
import json
import zipfile
from dataclasses import replace

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import ImportState
from programs.domain import audit, sheet_words, transactions
from programs.domain.actors import require
from programs.models import ImportBatch, ImportRow
from programs.refusals import Refusal, RefusalKind

from .limits import LIMITS
from .mapping import Mapping, fields_of, is_ours, propose
from .messages import Problem, broken
from .overview import head_of, overview_of
from .report import KINDS, MOST_KEPT, Judging, counted
from .rows import no_step

BIG_ROWS = 2_000
BIG_WORKBOOK = 2 * 2**20
"""Bytes that a workbook of some two thousand people unpacks to."""
WAITING = (ImportState.READING, ImportState.CHECKED)


def is_big(content):
    """Return whether a file is better judged in the background.

    A guess by its size: some two thousand rows, told from lines of text or from how
    much a workbook unpacks to; nothing is parsed for it.
    """
    if not content.startswith(b"PK"):
        return content.count(b"\n") > BIG_ROWS
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return sum(entry.file_size for entry in entries) > BIG_WORKBOOK


@transactions.verb
def check(
    kind, content, *, filename, by, now, reason="", mapping=None, parked_from=None
):
    """Judge a file, keep it, and return the report; nothing else is written.

    Parameters
    ----------
    kind: an ``ImportKind``. content: the file's bytes. filename: for people.
    reason: why rows come late; it is kept with the file, and with each late row.
    mapping: what somebody's own sheet means. An empty one is filled with what is
        proposed, unless the file has our own columns; without one it has to.
    parked_from: the import whose parked rows these are; they leave it when they are
        written.
    """
    require(by, *KINDS[str(kind)].permissions)
    mapping = _settled(mapping, kind, content, by)
    judging = _judging(kind, content, by=by, now=now, reason=reason, mapping=mapping)
    rows = [row for piece in counted(judging) for row in piece]
    report = judging.report(rows)
    with transactions.atomic():
        report.batch = ImportBatch.objects.create(
            kind=kind,
            filename=filename[:200],
            content=content,
            reason=reason,
            mapping=mapping and mapping.as_json(),
            parked_from=parked_from,
            created_by=by,
            created_at=now,
            **_verdict(report),
        )
        note(AuditAction.TRANSFER_CHECK, report.batch, by, now)
    return report


@transactions.verb
def receive(kind, content, *, filename, by, now, reason="", mapping=None):
    """Keep a file that is judged later, by ``judge``; return its batch.

    Raises
    ------
    Refusal: the role does not allow it, or the file is too big to be kept.
    """
    require(by, *KINDS[str(kind)].permissions)
    if len(content) > LIMITS.file_bytes:
        raise broken("too-big", limit=LIMITS.file_bytes // 2**20)
    with transactions.atomic():
        batch = ImportBatch.objects.create(
            kind=kind,
            filename=filename[:200],
            state=ImportState.READING,
            content=content,
            reason=reason,
            mapping=mapping and mapping.as_json(),
            created_by=by,
            created_at=now,
        )
        note(AuditAction.TRANSFER_RECEIVE, batch, by, now)
    return batch


@transactions.verb
def take_for(batch, mapping, *, by, now, reason=None):
    """Say anew what a waiting sheet means; it has to be judged again after that.

    Parameters
    ----------
    reason: why rows come late; the one given with the file unless there is a new one.

    Raises
    ------
    Refusal: two columns are taken for one field, or the file waits no more.
    """
    require(by, *KINDS[batch.kind].permissions)
    mapping.require_fields(fields_of(KINDS[batch.kind]))
    waiting = ImportBatch.objects.filter(pk=batch.pk, state__in=WAITING)
    said = {"mapping": mapping.as_json()} | (
        {} if reason is None else {"reason": reason}
    )
    with transactions.atomic():
        if not waiting.update(state=ImportState.READING, **said):
            batch.refresh_from_db()
            raise not_waiting(batch)
        batch.rows.all().delete()
    batch.refresh_from_db()


@transactions.verb
def judge(batch, *, by, now, step=no_step):
    """Judge a file that was kept, and store the verdict on its wrong rows with it.

    It is done piece by piece, and the wrong rows are stored with each, so a long file
    takes no more memory than a short one. Called twice it does nothing the second time.
    """
    try:
        mapping = _settled(mapping_of(batch), batch.kind, bytes(batch.content), by)
        batch.mapping = mapping and mapping.as_json()
        judging = opened(batch, by=by, now=now, step=step)
        kept = []
        park(batch, ())
        for rows in counted(judging):
            bad = [row for row in rows if not row.is_good]
            kept += bad[: MOST_KEPT - len(kept)]
            park(batch, bad, within=rows)
    except Refusal:
        _give_up(batch)
        raise
    report = judging.report(kept, batch=batch)
    reading = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.READING)
    told = {"mapping": batch.mapping, **_verdict(report)}
    with transactions.atomic():
        if reading.update(state=ImportState.CHECKED, **told):
            batch.refresh_from_db()
            note(AuditAction.TRANSFER_CHECK, batch, by, now)
    return report


def _give_up(batch):
    """Forget a file that cannot be judged; one that was, waits to be mapped again."""
    if not batch.digest:
        move(batch, ImportState.DISCARDED, ImportState.READING)
        return
    reading = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.READING)
    reading.update(state=ImportState.CHECKED)


def mapping_of(batch):
    """Return what a batch's sheet is taken for, or None for one in our own form."""
    return None if batch.mapping is None else Mapping.from_json(batch.mapping)


def judged(batch, *, by, now, step=no_step):
    """Return the report on a batch's file with all its rows; nothing is written."""
    judging = opened(batch, by=by, now=now, step=step)
    rows = [row for piece in counted(judging) for row in piece]
    return judging.report(rows, batch=batch)


def opened(batch, *, by, now, step=no_step):
    """Return a batch's file, opened to be judged as its mapping says."""
    return _judging(
        batch.kind,
        bytes(batch.content),
        by=by,
        now=now,
        reason=batch.reason,
        mapping=mapping_of(batch),
        step=step,
    )


def _judging(kind, content, *, by, mapping, **facts):
    known = sheet_words.known(by) if mapping else None
    return Judging(kind, content, by=by, mapping=mapping, known=known, **facts)


def _settled(mapping, kind, content, by):
    """Return a mapping with what is proposed where it is empty; None for our form."""
    if mapping is None or mapping.columns:
        return mapping
    brought = KINDS[str(kind)](by)
    if is_ours(brought, content):
        return None
    return propose(brought, content, words=sheet_words.known(by))


def _verdict(report):
    """Return the columns that hold what a file would do."""
    return {
        "digest": report.digest,
        "num_rows": report.num_rows,
        "num_good": report.num_rows - report.num_bad,
        "num_bad": report.num_bad,
        "summary": {
            "columns": report.summary,
            "counts": report.counts,
            "ignored": report.ignored,
            "pieces": report.tally.pieces,
            "notes": [str(note) for note in report.notes],
            **overview_of(report),
        },
    }


@transactions.verb
def discard(batch, *, by, now):
    """Throw a file away that nobody has confirmed."""
    require(by, *KINDS[batch.kind].permissions)
    with transactions.atomic():
        move(batch, ImportState.DISCARDED, *WAITING)
        batch.rows.all().delete()
        note(AuditAction.TRANSFER_DISCARD, batch, by, now)
    batch.refresh_from_db()


def head(batch, *, by):
    """Return how the sheet of a waiting batch begins, as it is and as it is read."""
    kind = KINDS[batch.kind](by, now=batch.created_at)
    known = sheet_words.known(by)
    return head_of(kind, bytes(batch.content), mapping_of(batch), known=known)


def parked_rows(batch, most=None):
    """Yield (row number, {column: text}, problems) of the rows with something wrong.

    Parameters
    ----------
    most: only the first so many; all of them unless given.
    """
    for row in batch.rows.order_by("number")[:most].iterator():
        problems = [Problem(**error) for error in row.errors]
        yield row.number, json.loads(row.cells), problems


def not_waiting(batch):
    return Refusal(
        "import-not-waiting",
        _("This file is not waiting for a decision: it is %(state)s.")
        % {"state": batch.get_state_display()},
        kind=RefusalKind.CONFLICT,
    )


def move(batch, state, *before):
    """Leave a state, and forget the file and the cells that were mended."""
    waiting = ImportBatch.objects.filter(pk=batch.pk, state__in=before)
    mapping = mapping_of(batch)
    kept = mapping and replace(mapping, cells={}).as_json()
    if not waiting.update(state=state, content=None, mapping=kept):
        batch.refresh_from_db()
        raise not_waiting(batch)


@transactions.verb
def park(batch, rows, *, within=None):
    """Keep wrong rows, in place of those of an earlier verdict.

    Parameters
    ----------
    within: the rows of a piece, whose earlier verdicts go; all of them unless given.
    """
    earlier = batch.rows.all()
    if within is not None:
        first, last = within[0].number, within[-1].number
        earlier = earlier.filter(number__gte=first, number__lte=last)
    with transactions.atomic():
        earlier.delete()
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
            # Two workers may judge the same file: the slower one brings nothing new.
            ignore_conflicts=True,
        )


def note(action, batch, by, now, **data):
    """Tell the trail of a file: its counts and digest, never its rows."""
    facts = {"kind": batch.kind, "digest": batch.digest, "rows": batch.num_rows}
    audit.record(by=by, action=action, obj=batch, data=facts | data, now=now)
