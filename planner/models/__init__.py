"""The planner's nouns: scenarios, runs, what runs propose, and publications."""

from .artifacts import RunArtifact
from .filing import FileJob, FileStep
from .parts import RunPart
from .prices import LimitPrice
from .proposals import Proposal, Reserve, Unplaced
from .publications import Publication, PublishedIntake
from .runs import AllocationRun
from .scenarios import Scenario
from .states import ArtifactKind, LimitKind, RunKind, RunState

__all__ = [
    "AllocationRun",
    "ArtifactKind",
    "FileJob",
    "FileStep",
    "LimitKind",
    "LimitPrice",
    "Proposal",
    "Publication",
    "PublishedIntake",
    "Reserve",
    "RunArtifact",
    "RunKind",
    "RunPart",
    "RunState",
    "Scenario",
    "Unplaced",
]
