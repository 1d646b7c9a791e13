"""Asking for work on a big file: the row is written, and workers are told."""

from django.db import transaction
from django.utils.translation import gettext as _

from planner.jobs.kinds import FILES
from planner.jobs.ringing import ring
from planner.models import FileJob, FileStep
from programs import collisions, transfer
from programs.domain import transactions
from programs.domain.actors import require
from programs.refusals import Refusal, RefusalKind


@transactions.verb
def bring(kind, content, *, by, now, **facts):
    """Keep a file and ask for its judgement; return its batch at once.

    Parameters
    ----------
    facts: filename, reason and mapping, as ``transfer.receive`` takes them.
    """
    with transactions.atomic():
        batch = transfer.receive(kind, content, by=by, now=now, **facts)
        _ask(batch, FileStep.JUDGE, by, now)
    return batch


@transactions.verb
def take_for(batch, mapping, *, by, now, reason=None):
    """Say what an own sheet means, and judge it anew: a big one in the background."""
    with transactions.atomic():
        transfer.take_for(batch, mapping, by=by, now=now, reason=reason)
        if batch.jobs.exists():
            return _ask(batch, FileStep.JUDGE, by, now)
    return transfer.judge(batch, by=by, now=now)


@transactions.verb
def take(batch, *, digest, park, by, now):
    """Ask for the good rows of a judged file to be written; return the job."""
    require(by, *transfer.KINDS[batch.kind].permissions)
    return _ask(batch, FileStep.APPLY, by, now, digest=digest, park=park)


@transactions.verb
def take_back(batch, *, by, now):
    """Undo an import: a long one in the background; return its job, if it has one."""
    if not transfer.is_long(batch):
        return transfer.undo(batch, by=by, now=now)
    transfer.require_undo(batch, by)
    return _ask(batch, FileStep.UNDO, by, now)


def _ask(batch, step, by, now, **columns):
    in_work = Refusal(
        "file-in-work",
        _("This file is being worked on already; wait until that has ended."),
        kind=RefusalKind.CONFLICT,
    )
    once = "file_is_worked_on_once_at_a_time"
    with collisions.told_as(in_work, FileJob, once), transactions.atomic():
        job = FileJob.objects.create(
            batch=batch, step=step, created_by=by, created_at=now, **columns
        )
    transaction.on_commit(lambda: ring(FILES, job.pk))
    return job
