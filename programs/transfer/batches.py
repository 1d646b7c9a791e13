"""Files that people bring: checked, then applied or thrown away.

Between check and confirmation the file waits, encrypted, in its batch. Applying judges
it again: when the verdict on any row is no longer the one that was confirmed, nothing
is written and the person is asked to look once more.
"""

import io
import json
import zipfile
from collections import defaultdict
from dataclasses import replace

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import ImportKind, ImportState
from programs.domain import audit, bulk, removals, sheet_words, transactions
from programs.domain.actors import forbidden, require
from programs.models import ImportBatch, ImportRow, ImportWrite
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from .limits import LIMITS
from .mapping import Mapping, fields_of, is_ours, meant, propose
from .messages import Problem, broken
from .overview import head_of, overview_of
from .report import KINDS, inspect
from .rows import no_step

BIG_ROWS = 2_000
BIG_WORKBOOK = 2 * 2**20
"""Bytes that a workbook of some two thousand people unpacks to."""
WAITING = (ImportState.READING, ImportState.CHECKED)
TAKEN = (ImportState.APPLIED, ImportState.PARTLY_APPLIED)


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
    require(by, KINDS[str(kind)].permission)
    mapping = _settled(mapping, kind, content, by)
    report = _inspect(kind, content, by=by, now=now, reason=reason, mapping=mapping)
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
        _audit(AuditAction.TRANSFER_CHECK, report.batch, by, now)
    return report


@transactions.verb
def receive(kind, content, *, filename, by, now, reason="", mapping=None):
    """Keep a file that is judged later, by ``judge``; return its batch.

    Raises
    ------
    Refusal: the role does not allow it, or the file is too big to be kept.
    """
    require(by, KINDS[str(kind)].permission)
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
        _audit(AuditAction.TRANSFER_RECEIVE, batch, by, now)
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
    require(by, KINDS[batch.kind].permission)
    mapping.require_fields(fields_of(KINDS[batch.kind]))
    waiting = ImportBatch.objects.filter(pk=batch.pk, state__in=WAITING)
    said = {"mapping": mapping.as_json()} | (
        {} if reason is None else {"reason": reason}
    )
    with transactions.atomic():
        if not waiting.update(state=ImportState.READING, **said):
            batch.refresh_from_db()
            raise _not_waiting(batch)
        batch.rows.all().delete()
    batch.refresh_from_db()


@transactions.verb
def judge(batch, *, by, now, step=no_step):
    """Judge a file that was kept, and store the verdict on its wrong rows with it.

    Called twice it does nothing the second time.
    """
    try:
        mapping = _settled(mapping_of(batch), batch.kind, bytes(batch.content), by)
        batch.mapping = mapping and mapping.as_json()
        report = judged(batch, by=by, now=now, step=step)
    except Refusal:
        _give_up(batch)
        raise
    reading = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.READING)
    told = {"mapping": batch.mapping, **_verdict(report)}
    with transactions.atomic():
        if reading.update(state=ImportState.CHECKED, **told):
            batch.refresh_from_db()
            _park(batch, report.bad)
            _audit(AuditAction.TRANSFER_CHECK, batch, by, now)
    return report


def _give_up(batch):
    """Forget a file that cannot be judged; one that was, waits to be mapped again."""
    if not batch.digest:
        _move(batch, ImportState.DISCARDED, ImportState.READING)
        return
    reading = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.READING)
    reading.update(state=ImportState.CHECKED)


def mapping_of(batch):
    """Return what a batch's sheet is taken for, or None for one in our own form."""
    return None if batch.mapping is None else Mapping.from_json(batch.mapping)


def judged(batch, *, by, now, step=no_step):
    """Return the report on a batch's file, as its mapping says; nothing is written."""
    return _inspect(
        batch.kind,
        bytes(batch.content),
        by=by,
        now=now,
        reason=batch.reason,
        mapping=mapping_of(batch),
        step=step,
    )


def _inspect(kind, content, *, by, mapping, **facts):
    known = sheet_words.known(by) if mapping else None
    return inspect(kind, content, by=by, mapping=mapping, known=known, **facts)


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
        "num_rows": len(report.rows),
        "num_good": len(report.good),
        "num_bad": len(report.bad),
        "summary": {
            "columns": report.summary,
            "counts": report.counts,
            "ignored": report.ignored,
            "notes": [str(note) for note in report.notes],
            **overview_of(report),
        },
    }


@transactions.verb
def apply(batch, *, digest, by, now, park=False, step=no_step):
    """Take the good rows of a checked file; park the bad ones if that was agreed.

    Where others were quicker the whole file is judged and written again.

    Parameters
    ----------
    digest: of the report that was confirmed.
    park: take the good rows although others are bad.
    step: called with (phase, rows done, rows) as it goes on, for whoever watches.

    Raises
    ------
    Refusal: applied already, the verdict changed since, or bad rows and no ``park``.
    """
    require(by, KINDS[batch.kind].permission)
    _require_waiting(batch)
    report = judged(batch, by=by, now=now, step=step)
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
    step("writing", 0, len(report.good))
    with transactions.atomic():
        _claim(batch, report)
        _note_written(batch, report.write(now), now)
        _park(batch, report.bad)
        if batch.parked_from_id:
            ImportRow.objects.filter(batch=batch.parked_from_id).delete()
        if report.own:
            sheet_words.remember(words=meant(report.own), by=by, now=now)
        _audit(AuditAction.TRANSFER_APPLY, batch, by, now, counts=report.counts)
    batch.refresh_from_db()
    report.batch = batch
    return report


@transactions.verb
def discard(batch, *, by, now):
    """Throw a file away that nobody has confirmed."""
    require(by, KINDS[batch.kind].permission)
    with transactions.atomic():
        _move(batch, ImportState.DISCARDED, *WAITING)
        batch.rows.all().delete()
        _audit(AuditAction.TRANSFER_DISCARD, batch, by, now)
    batch.refresh_from_db()


def can_be_undone(batch):
    """Return whether an import wrote rows that it can take back."""
    return batch.state in TAKEN and batch.writes.exists()


def may_undo(batch, by):
    """Return whether somebody may take back what an import wrote."""
    is_own = batch.created_by_id == by.pk or by.allows(Permission.MANAGE_USERS)
    return is_own and by.allows(KINDS[batch.kind].permission) and can_be_undone(batch)


@transactions.verb
def undo(batch, *, by, now):
    """Take back what an import wrote, while nothing stands on it.

    What it made goes; what it changed is put back as it was.

    Raises
    ------
    Refusal: it wrote nothing that can be taken back, or something stands on its rows.
    """
    require(by, KINDS[batch.kind].permission)
    if batch.created_by_id != by.pk and not by.allows(Permission.MANAGE_USERS):
        raise forbidden(_("Who brought an import undoes it, or an administrator."))
    if not can_be_undone(batch):
        raise Refusal(
            "import-not-written",
            _("There is nothing to undo: this import wrote no people or applications."),
            kind=RefusalKind.CONFLICT,
        )
    with transactions.atomic():
        _move(batch, ImportState.UNDONE, *TAKEN)
        made, befores = _written_by(batch)
        removals.take_out(
            people=made[ImportKind.PARTICIPANTS],
            applications=made[ImportKind.APPLICATIONS],
            others=[pk for rows in befores.values() for pk in rows],
            since=batch.written_at,
            by=by,
            now=now,
        )
        for kind in (ImportKind.APPLICATIONS, ImportKind.PARTICIPANTS):
            brought = KINDS[kind](by, now=now, reason=_("An import was undone."))
            brought.restore(list(befores[kind].values()), now)
        batch.rows.all().delete()
        batch.writes.all().delete()
        _audit(AuditAction.TRANSFER_UNDO, batch, by, now)
    batch.refresh_from_db()


def _written_by(batch):
    """Return ({kind: ids of new rows}, {kind: {id: what it was before}})."""
    made, befores = defaultdict(list), defaultdict(dict)
    for write in batch.writes.iterator():
        if write.before is None:
            made[write.kind].append(write.row_id)
        else:
            befores[write.kind][write.row_id] = json.loads(write.before)
    return made, befores


def _note_written(batch, written, now):
    """Keep which rows an import wrote, and what they were before."""
    ImportBatch.objects.filter(pk=batch.pk).update(written_at=now)
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


def _move(batch, state, *before):
    """Leave the waiting state, and forget the file and the cells that were mended."""
    before = before or (ImportState.CHECKED,)
    waiting = ImportBatch.objects.filter(pk=batch.pk, state__in=before)
    mapping = mapping_of(batch)
    kept = mapping and replace(mapping, cells={}).as_json()
    if not waiting.update(state=state, content=None, mapping=kept):
        batch.refresh_from_db()
        raise _not_waiting(batch)


def _park(batch, rows):
    """Keep the wrong rows, in place of those of an earlier verdict."""
    batch.rows.all().delete()
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


def _audit(action, batch, by, now, **data):
    facts = {"kind": batch.kind, "digest": batch.digest, "rows": batch.num_rows}
    audit.record(by=by, action=action, obj=batch, data=facts | data, now=now)
