"""Taking back what an import wrote, a piece at a time, while nothing stands on it."""

import json
from contextlib import nullcontext

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import ImportKind, ImportState
from programs.domain import removals, transactions
from programs.domain.actors import forbidden, require
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from .batches import move, note
from .kinds import KINDS
from .report import PIECE
from .rows import no_step
from .writing import times_of

TAKEN = (ImportState.APPLIED, ImportState.PARTLY_APPLIED)
WRITTEN = (*TAKEN, ImportState.WRITING)
"""States of an import that has written rows."""
ORDER = (ImportKind.APPLICATIONS, ImportKind.PARTICIPANTS)
"""Who applies goes after what was applied for."""


def can_be_undone(batch):
    """Return whether an import wrote rows that it can take back."""
    return batch.state in WRITTEN and batch.writes.exists()


def may_undo(batch, by):
    """Return whether somebody may take back what an import wrote."""
    is_own = batch.created_by_id == by.pk or by.allows(Permission.MANAGE_USERS)
    return is_own and KINDS[batch.kind].is_for(by) and can_be_undone(batch)


def is_long(batch):
    """Return whether an import wrote more than is taken back while somebody waits."""
    return batch.writes.count() > PIECE


def require_undo(batch, by):
    """Refuse who may not take an import back, and where there is nothing to."""
    require(by, *KINDS[batch.kind].permissions)
    if batch.created_by_id != by.pk and not by.allows(Permission.MANAGE_USERS):
        raise forbidden(_("Who brought an import undoes it, or an administrator."))
    if not can_be_undone(batch):
        raise Refusal(
            "import-not-written",
            _("There is nothing to undo: this import wrote no people or applications."),
            kind=RefusalKind.CONFLICT,
        )


@transactions.verb
def undo(batch, *, by, now, step=no_step):
    """Take back what an import wrote, while nothing stands on it.

    What it made goes; what it changed is put back as it was. All is looked at before
    anything goes. A short import goes in one transaction; of a long one each piece
    does, and where somebody has built on a later piece meanwhile the rest stays, and
    can be undone by itself.

    Raises
    ------
    Refusal: it wrote nothing that can be taken back, or something stands on its rows.
    """
    require_undo(batch, by)
    with nullcontext() if is_long(batch) else transactions.atomic():
        if batch.state == ImportState.WRITING:  # nobody goes on with it
            move(batch, ImportState.PARTLY_APPLIED, ImportState.WRITING)
            batch.refresh_from_db()
        _look(batch)
        total, done = batch.writes.count(), 0
        for kind in ORDER:
            while taken := _take_back(batch, kind, by, now):
                done += taken
                step("undoing", done, total)
        with transactions.atomic():
            move(batch, ImportState.UNDONE, *TAKEN)
            batch.rows.all().delete()
            note(AuditAction.TRANSFER_UNDO, batch, by, now)
    batch.refresh_from_db()


def _look(batch):
    """Refuse where something stands on any of the rows, before the first one goes."""
    made = {
        kind: list(
            batch.writes.filter(kind=kind, before__isnull=True)
            .order_by()
            .values_list("row_id", flat=True)
        )
        for kind in ORDER
    }
    changed = batch.writes.filter(before__isnull=False).order_by()
    removals.require_free(
        people=made[ImportKind.PARTICIPANTS],
        applications=made[ImportKind.APPLICATIONS],
        others=list(changed.values_list("row_id", flat=True)),
        times=times_of(batch),
    )


@transactions.verb
def _take_back(batch, kind, by, now):
    """Take back the next rows of a kind; return how many there were."""
    with transactions.atomic():
        held = batch.writes.select_for_update().filter(kind=kind)
        writes = list(held.order_by("pk")[:PIECE])
        if not writes:
            return 0
        made = [write.row_id for write in writes if write.before is None]
        befores = [json.loads(each.before) for each in writes if each.before]
        removals.take_out(
            people=made if kind == ImportKind.PARTICIPANTS else (),
            applications=made if kind == ImportKind.APPLICATIONS else (),
            others=[write.row_id for write in writes if write.before is not None],
            times=times_of(batch),
            by=by,
            now=now,
        )
        brought = KINDS[kind](by, now=now, reason=_("An import was undone."))
        brought.restore(befores, now)
        batch.writes.filter(pk__in=[write.pk for write in writes]).delete()
    return len(writes)
