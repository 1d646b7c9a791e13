"""Serving a part of a run that another worker serves.

The same claim, heartbeat and fencing as for a run. Whatever goes wrong here costs the
run nothing but time: its own worker takes the part back.
"""

import gzip
import time
from uuid import UUID

import structlog
from django.db.models.functions import Now

from planner.jobs import leases
from planner.jobs.leases import Lease
from planner.models import RunPart, RunState

from . import parts, supervision

log = structlog.get_logger(__name__)


def help_out(part_id: UUID | str) -> str | None:
    """Serve a part; return its state, or None when nobody wants it from here."""
    lease = leases.claim(part_id, model=RunPart)
    if lease is None:
        return None
    began = time.monotonic()
    log.info("part.claimed", part=str(part_id), attempt=lease.attempt)
    try:
        return serve(lease)
    except leases.Fenced:
        log.info("part.fenced", part=str(part_id), attempt=lease.attempt)
    except supervision.SolveDied as died:
        log.warning("part.failed", part=str(part_id), error=str(died))
        return lease.let_go()
    finally:
        log.info("part.left", part=str(part_id), seconds=time.monotonic() - began)
    return None


def serve(lease: Lease) -> str:
    """Walk the part in a child process, and store what was found."""
    content = RunPart.objects.values_list("errand", flat=True).filter(pk=lease.row_id)
    with supervision.scratch() as folder:
        for packed in content:
            parts.unpack(packed, folder)
        outcome = supervision.walk(lease=lease, folder=folder)
    lease.write(
        state=RunState.SOLVED,
        outcome=gzip.compress(outcome, compresslevel=1),
        lease_until=None,
        finished_at=Now(),
    )
    return RunState.SOLVED
