"""The files of a run, read back."""

import gzip
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from planner.models import AllocationRun, ArtifactKind
from planner.optimiser import Problem
from planner.optimiser.files.instance import read_instance
from planner.optimiser.files.result_reader import read_claim
from planner.optimiser.model.claim import Claim
from programs.refusals import Refusal, RefusalKind

NAMES = {
    ArtifactKind.PROBLEM: "problem.npz",
    ArtifactKind.RESULT: "result.npz",
    ArtifactKind.REPORT: "check.json",
}
"""The files of a run that has ended; a draft is between two attempts only."""


def content(run: AllocationRun, kind: str) -> bytes:
    """Return the bytes of a run's file, or refuse when they are not as recorded."""
    artifact = run.artifacts.filter(kind=kind).first()
    if artifact is None:
        raise Refusal(
            "no-such-file",
            _("Run %(number)d has no such file.") % {"number": run.number},
            kind=RefusalKind.CONFLICT,
        )
    data = gzip.decompress(artifact.content)
    if hashlib.sha256(data).hexdigest() != artifact.sha256:
        raise Refusal(
            "file-altered",
            _("A stored file of run %(number)d is not as it was recorded.")
            % {"number": run.number},
            kind=RefusalKind.CONFLICT,
        )
    return data


@contextmanager
def unpacked(run: AllocationRun) -> Iterator[Path]:
    """Give a folder with the run's files, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = run.artifacts.filter(kind__in=NAMES).values_list("kind", flat=True)
        for kind in kinds:
            (folder / NAMES[ArtifactKind(kind)]).write_bytes(content(run, kind))
        yield folder


def problem(run: AllocationRun) -> Problem:
    """Return the problem a run solved."""
    with unpacked(run) as folder:
        return read_instance(folder / "problem.npz")


def claim(folder: Path, problem: Problem) -> Claim:
    """Return what the result in a folder claims."""
    return read_claim(problem, folder / "result.npz")
