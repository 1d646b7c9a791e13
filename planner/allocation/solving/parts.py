"""The parts of a run, offered to other workers while its own worker solves.

The child puts parts that have nothing scarce in common into a folder, as tasks of the
optimiser. Each sizeable one becomes a row here, with a lease and a fencing token like
those of a run; whoever serves it puts the outcome into the row. Nobody has to come: the
child takes every part that nobody has, and a part whose worker died is free again.
"""

import gzip
import io
import re
import time
import zipfile
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from planner.jobs import leases
from planner.jobs.kinds import PARTS
from planner.jobs.leases import Lease
from planner.jobs.ringing import ring
from planner.models import RunPart, RunState
from planner.optimiser.files.storage import written_whole
from planner.optimiser.search import remote_block

EVERY = 0.3
"""Seconds between two looks at the folder and at the rows."""
MOST_BYTES = 256 << 20
"""What a row may hold; a part beyond that is solved by the run's own child."""
FILES = remote_block.PROBLEM, remote_block.FOCUS, remote_block.TERMS
NAME = re.compile(r"(\d+)-\d+")


class Parts:
    """The parts of one attempt of a run, between its child's folder and the rows."""

    def __init__(self, lease: Lease, folder: Path) -> None:
        self.lease, self.folder = lease, folder
        self.rows = RunPart.objects.filter(run=lease.row_id, run_attempt=lease.attempt)
        self.seen: set[str] = set()
        self.lent: set[str] = set()
        self.looked_at = 0.0

    def tend(self) -> None:
        """Offer what is new, hand in what was found, take back what is abandoned."""
        if not self.folder.exists() or time.monotonic() - self.looked_at < EVERY:
            return
        self.looked_at = time.monotonic()
        for path in sorted(self.folder.iterdir()):
            if NAME.fullmatch(path.name) and path.name not in self.seen:
                self.seen.add(path.name)
                self.offer(path)
        if self.seen:
            self.compare()

    def offer(self, path: Path) -> None:
        """Make a row of a part that is worth another process."""
        options = remote_block.read(path).problem.num_options
        if options < settings.ALLOCATION_PART_OPTIONS:
            return
        content = packed(path)
        if len(content) > MOST_BYTES:
            return
        over = [name for name in self.seen if round_of(name) < round_of(path.name)]
        self.rows.filter(name__in=over).delete()
        part = self.rows.create(
            run_id=self.lease.row_id,
            run_attempt=self.lease.attempt,
            name=path.name,
            num_options=options,
            errand=content,
        )
        if ring(PARTS, part.pk):
            self.rows.filter(pk=part.pk).update(rung_at=Now())

    def compare(self) -> None:
        """Bring the folder and the rows together; the claim file decides."""
        abandoned = set(leases.waiting(RunPart).values_list("pk", flat=True))
        for part in self.rows.only("name", "state", "worker"):
            path = self.folder / part.name
            if part.pk in abandoned:
                self.take_back(path)
                if (path / remote_block.CLAIM).exists():
                    part.delete()  # the child has it
            elif part.name not in self.lent and not remote_block.claim(
                path, part.worker
            ):
                part.delete()  # the child was faster; the other worker is fenced
            else:
                self.lent.add(part.name)
                if part.state == RunState.SOLVED:
                    self.hand_in(part, path)

    def take_back(self, path: Path) -> None:
        """Free a part whose worker has died."""
        if path.name in self.lent:
            self.lent.discard(path.name)
            (path / remote_block.CLAIM).unlink()

    def hand_in(self, part: RunPart, path: Path) -> None:
        """Give the child what another worker has found."""
        part.refresh_from_db(fields=["outcome"])
        with written_whole(path / remote_block.OUTCOME) as target:
            target.write(gzip.decompress(part.outcome))
        part.delete()

    def close(self) -> None:
        """Ask for nothing any more: whoever still serves a part is fenced."""
        self.rows.delete()


def forget(run_id: UUID) -> None:
    """Remove the parts of earlier attempts of a run."""
    RunPart.objects.filter(run=run_id).delete()


def round_of(name: str) -> int:
    """Return the round in which a part was offered; the last one counts."""
    return int(name.partition("-")[0])


def packed(path: Path) -> bytes:
    """Return the files of a task as one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in FILES:
            if (path / name).exists():
                archive.write(path / name, name)
    return buffer.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Put the files of a task into a folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in set(FILES) & set(archive.namelist()):
            (folder / name).write_bytes(archive.read(name))
