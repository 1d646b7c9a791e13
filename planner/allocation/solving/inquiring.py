"""The inquiry after a run: what would have to be different, asked part by part.

A part is a row (`planner.models.Inquiry`) that takes seconds: it is claimed, kept alive
and fenced like a run, and whoever takes it over goes on with whom nobody has answered.
What is not answered stays unanswered, and pages say so.
"""

import time
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.db.models.functions import Now

from planner.allocation.results.different import Asked
from planner.jobs import leases
from planner.jobs.leases import Lease
from planner.models import Inquiry, RunState, Unplaced
from planner.models.served import MAX_ATTEMPTS
from programs.domain import transactions

log = structlog.get_logger(__name__)
AT_ONCE = 20
"""People whose answers are written together."""


def inquire(inquiry_id: UUID | str) -> int | None:
    """Serve a part; return how many answers were found, None if it is not ours."""
    lease = leases.claim(inquiry_id, model=Inquiry)
    if lease is None:
        return None
    began = time.monotonic()
    try:
        return serve(lease)
    except leases.Fenced:
        log.warning("inquiry.fenced", inquiry=str(inquiry_id), attempt=lease.attempt)
        return None
    except Exception as error:
        log.warning(
            "inquiry.failed", inquiry=str(inquiry_id), error=type(error).__name__
        )
        if not lease.is_last:
            lease.let_go()
        raise
    finally:
        log.info(
            "inquiry.left",
            inquiry=str(inquiry_id),
            seconds=round(time.monotonic() - began, 1),
        )


def serve(lease: Lease) -> int:
    """Answer what is left of the part, and end it."""
    inquiry = Inquiry.objects.select_related("run").get(pk=lease.row_id)
    asked = Asked.of(inquiry.run)
    lease.beat()
    found = (
        cohorts(lease, asked) if inquiry.part == 0 else people(lease, inquiry, asked)
    )
    lease.write(state=RunState.SOLVED, lease_until=None, finished_at=Now())
    return found


def cohorts(lease: Lease, asked: Asked) -> int:
    """Write down with what each cohort could run that does not."""
    told = {}
    for slot, facts in asked.cohorts():
        told[slot] = facts
        lease.beat()
    lease.write(found={"cohorts": told})
    return len(told)


def people(lease: Lease, inquiry: Inquiry, asked: Asked) -> int:
    """Write down what would have to be different for each of the part's people."""
    rows: QuerySet[Unplaced] = inquiry.run.unplaced.filter(
        pk__in=inquiry.subjects, different__isnull=True
    )
    waiting = sorted(rows, key=lambda row: inquiry.subjects.index(str(row.pk)))
    for first in range(0, len(waiting), AT_ONCE):
        some = waiting[first : first + AT_ONCE]
        for row in some:
            row.different = answer(row, asked)
            lease.beat()
        with transactions.atomic():
            lease.beat(seconds=0)  # whoever was overtaken writes nothing
            Unplaced.objects.bulk_update(some, ["different"])
    return len(waiting)


def answer(row: Unplaced, asked: Asked) -> dict[str, object]:
    """Return what is known about one person: what would be enough, or nothing."""
    option = next(each["option"] for each in row.reasons if "option" in each)
    return {"enough": asked.place_for(option)}


def end() -> None:
    """End parts that three workers took and none brought back: what they have not
    answered is not known."""
    hopeless = leases.hopeless(Inquiry).filter(attempt=MAX_ATTEMPTS)
    hopeless.update(state=RunState.FAILED, lease_until=None, finished_at=Now())


def serve_all(run_id: UUID | str) -> int:
    """Serve every part that waits, here and now; return how many answers were found."""
    found = 0
    rows = leases.waiting(Inquiry).filter(run=run_id).order_by("part")
    for pk in list(rows.values_list("pk", flat=True)):
        found += inquire(pk) or 0
    return found
