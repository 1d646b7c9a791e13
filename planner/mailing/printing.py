"""Letters as one PDF: ordered by a person, written by a worker, kept for a week."""

from datetime import timedelta

import structlog
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _, gettext_noop

from planner.jobs import endings, leases
from planner.jobs.kinds import LETTERS
from planner.jobs.ringing import ring
from planner.models import LetterJob, RunState
from programs import clock
from programs.audit_actions import AuditAction
from programs.domain import audit, links, transactions
from programs.domain.actors import SYSTEM, require
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from .audience import audience, decided_by, unreached
from .sheets import Sheet, written

log = structlog.get_logger(__name__)
KEPT = timedelta(days=7)
"""How long the file can be taken; it is written anew at any time."""
NOBODY_CAME_BACK = gettext_noop("Three workers took the letters and none came back.")


def recipients(run, user, *, to_all):
    """Return the applications of those whom letters are written to."""
    people = audience(run, user) if to_all else unreached(run, user)
    return people.order_by("participant__code", "pk")


@transactions.verb
def order(publication, *, to_all, own_pages, by, now):
    """Order that letters are written; return the job.

    Parameters
    ----------
    to_all: to people with an e-mail address as well.
    own_pages: the address under which people outside reach their own pages.

    Raises
    ------
    Refusal: the role does not allow it, nobody is to be written to, or the same was
        ordered and is not written yet.
    """
    require(by, Permission.MANAGE_PROGRAMS)
    if not recipients(publication.run, by, to_all=to_all).exists():
        raise Refusal(
            "nobody-to-write-to",
            _("There is nobody whom such a letter could be written to."),
            kind=RefusalKind.CONFLICT,
        )
    mine = publication.letter_jobs.filter(created_by=by, to_all=to_all)
    if any(job.is_active for job in mine.defer("content")):
        raise Refusal(
            "letters-on-their-way",
            _("These letters are being written already."),
            kind=RefusalKind.CONFLICT,
        )
    with transactions.atomic():
        job = LetterJob.objects.create(
            publication=publication,
            to_all=to_all,
            own_pages=own_pages,
            created_by=by,
            created_at=now,
        )
        action, data = AuditAction.LETTERS_ORDER, {"to_all": to_all}
        audit.record(by=by, action=action, obj=publication, data=data, now=now)
        transaction.on_commit(lambda: ring(LETTERS, job.pk))
    return job


def execute(job_id):
    """Serve a job; return its state, or None when somebody else has it."""
    lease = leases.claim(job_id, model=LetterJob)
    if lease is None:
        return None
    try:
        job = LetterJob.objects.select_related("publication__run", "created_by").get(
            pk=lease.row_id
        )
        sheets = [_sheet(job, *each, lease) for each in _numbered(job)]
        lease.write(
            content=written(sheets, lease.beat) if sheets else None,
            num_letters=len(sheets),
            expires_at=clock.now() + KEPT,
        )
    except leases.Fenced:
        log.warning("letters.fenced", job=str(job_id), attempt=lease.attempt)
        return None
    except (DatabaseError, OSError, MemoryError) as error:
        log.warning("letters.attempt_failed", error=type(error).__name__)
        endings.give_back(lease, type(error).__name__)
        return RunState.FAILED if lease.is_last else RunState.QUEUED
    return endings.end(lease, RunState.SOLVED)


def _numbered(job):
    """Return (number, application) for each recipient.

    Numbers count everybody whom the plan decided about, so that a person's letter has
    the same one whoever orders it, and whoever is erased.
    """
    run = job.publication.run
    everybody = decided_by(run).order_by("submitted_at", "pk")
    numbers = {pk: n for n, pk in enumerate(everybody.values_list("pk", flat=True), 1)}
    people = recipients(run, job.created_by, to_all=job.to_all)
    people = people.select_related("participant__home_institution")
    return [(numbers[row.pk], row) for row in people]


def _sheet(job, number, application, lease):
    lease.beat()
    try:
        code = links.issue(application=application, by=SYSTEM, now=clock.now())
    except Refusal:  # erased at this very moment
        code = ""
    run = job.publication.run
    return Sheet.of(run, application, number, job.own_pages, code)


def purge(*, now):
    """Throw away files whose time is over; return how many."""
    old = LetterJob.objects.filter(expires_at__lt=now, content__isnull=False)
    return old.update(content=None)


def end_hopeless():
    """Fail jobs whose last attempt died without a word."""
    endings.end_hopeless(LetterJob, NOBODY_CAME_BACK)
