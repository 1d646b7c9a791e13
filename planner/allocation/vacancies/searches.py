"""Searching who could take free places: asked for by a row, done by a worker.

Judging a waiting list takes a snapshot, which for a large plan takes many seconds. So
the dispatcher only writes that somebody has to look; whoever claims the row looks, by
the same lease and fencing as for a run.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models.functions import Now

from planner.jobs import leases
from planner.jobs.leases import Lease
from planner.models import PublishedIntake, Search
from programs import clock

from . import suggestions

log = structlog.get_logger(__name__)
AGAIN = timedelta(hours=1)
"""When a search that three workers failed is tried anew."""


def ask(*, now: datetime) -> int:
    """Write a search for each plan in force with a free place; return how many.

    Any number of dispatchers may do so at the same time: a plan has one search.
    """
    forget_failed()
    free = suggestions.without_suggestion(now).values("intake")
    plans = PublishedIntake.objects.filter(
        is_live=True, intake__in=free, publication__run__search__isnull=True
    ).values_list("publication__run", flat=True)
    searches = [Search(run_id=run) for run in sorted(set(plans))]
    return len(Search.objects.bulk_create(searches, ignore_conflicts=True))


def forget_failed() -> None:
    """Make room for another search where the last one failed a while ago."""
    for search in leases.hopeless(Search).filter(heartbeat_at__lt=Now() - AGAIN):
        search.delete()


def search(search_id: UUID | str, *, now: datetime | None = None) -> int | None:
    """Serve a search; return how many were suggested, None if somebody else has it."""
    lease = leases.claim(search_id, model=Search)
    if lease is None:
        return None
    log.info("search.claimed", search=str(search_id), attempt=lease.attempt)
    try:
        return serve(lease, now or clock.now())
    except leases.Fenced:
        log.warning("search.fenced", search=str(search_id), attempt=lease.attempt)
        return None
    except Exception as error:
        log.warning(
            "search.failed",
            search=str(search_id),
            attempt=lease.attempt,
            error=type(error).__name__,
        )
        lease.let_go()
        raise


def serve(lease: Lease, now: datetime) -> int:
    """Suggest somebody for each free place, and end the search."""
    run = Search.objects.select_related("run__profile").get(pk=lease.row_id).run
    made = suggestions.suggest(run, now=now, step=lease.beat)
    lease.mine().delete()
    return made
