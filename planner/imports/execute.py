"""Serving a big file: claim the job, judge or write the rows, say what came of it.

The same claim, heartbeat and fencing as for a run. A file that two workers come to
write is written once: its batch leaves the waiting state in the same transaction.
"""

import time

from django.conf import settings
from django.utils import translation

from planner.jobs import endings
from planner.models import FileJob, FileStep
from programs import clock, transfer
from programs.choices import ImportState
from programs.refusals import Refusal


def execute(job_id):
    """Serve a job; return its state, or None when somebody else has it."""
    return endings.execute(job_id, model=FileJob, serve=serve, words=_words)


def _words(lease, error):
    return type(error).__name__


def serve(lease):
    """Do the step, in the language of whoever asked for it."""
    job = FileJob.objects.select_related("batch", "created_by").get(pk=lease.row_id)
    with translation.override(job.created_by.language or settings.LANGUAGE_CODE):
        return endings.ended(lease, lambda: take_step(job, Teller(lease)))


def take_step(job, tell):
    """Judge or write; an earlier attempt may have written and died before saying so."""
    try:
        STEPS[job.step](job, tell)
    except Refusal:
        if not already_done(job):
            raise


def judge(job, tell):
    """Judge the file; a second attempt finds it judged, and is content."""
    if job.batch.state == ImportState.READING:
        transfer.judge(job.batch, by=job.created_by, now=clock.now(), step=tell)


def write(job, tell):
    """Write the good rows, as they were confirmed."""
    transfer.apply(
        job.batch,
        digest=job.digest,
        park=job.park,
        by=job.created_by,
        now=clock.now(),
        step=tell,
    )


def take_back(job, tell):
    """Take back what the import wrote, as far as an earlier attempt has not."""
    transfer.undo(job.batch, by=job.created_by, now=clock.now(), step=tell)


STEPS = {FileStep.JUDGE: judge, FileStep.APPLY: write, FileStep.UNDO: take_back}
DONE = {
    FileStep.JUDGE: (),
    FileStep.APPLY: (ImportState.APPLIED, ImportState.PARTLY_APPLIED),
    FileStep.UNDO: (ImportState.UNDONE,),
}
"""States of a file that say that a step is done."""


def already_done(job):
    """Return whether an earlier attempt did the step and died before saying so."""
    job.batch.refresh_from_db(fields=["state"])
    return job.batch.state in DONE[job.step]


class Teller:
    """Tells how far the work is, once a second, and keeps the lease alive."""

    def __init__(self, lease):
        self.lease = lease
        self.told_at = 0.0

    def __call__(self, phase, done, total):
        """Beat, and store the phase with the rows done."""
        self.lease.beat()
        if done and time.monotonic() - self.told_at < 1:
            return
        self.told_at = time.monotonic()
        self.lease.write(progress={"phase": phase, "done": done, "total": total})
