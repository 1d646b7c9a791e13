"""The planner's nouns: scenarios, runs, what runs propose, and publications."""

from .approvals import Approval
from .artifacts import RunArtifact
from .bulk_jobs import BulkJob, BulkKind, BulkRow
from .filing import FileJob, FileStep
from .inquiries import Inquiry
from .letters import LetterJob
from .limits import LimitKey
from .mail import OWN_CODE, Mailing, Message, MessageState
from .moves_up import MoveUp, MoveUpState
from .parts import RunPart
from .prices import LimitPrice
from .proposals import Proposal, Reserve, Unplaced
from .publications import Publication, PublishedIntake
from .runs import AllocationRun
from .scenarios import Scenario
from .searches import Search
from .states import (
    ArtifactKind,
    Freed,
    LimitKind,
    RunKind,
    RunState,
    ScenarioPurpose,
    Tier,
)
from .ticks import Tick
from .what_ifs import WhatIf

__all__ = [
    "OWN_CODE",
    "AllocationRun",
    "Approval",
    "ArtifactKind",
    "BulkJob",
    "BulkKind",
    "BulkRow",
    "FileJob",
    "FileStep",
    "Freed",
    "Inquiry",
    "LetterJob",
    "LimitKey",
    "LimitKind",
    "LimitPrice",
    "Mailing",
    "Message",
    "MessageState",
    "MoveUp",
    "MoveUpState",
    "Proposal",
    "Publication",
    "PublishedIntake",
    "Reserve",
    "RunArtifact",
    "RunKind",
    "RunPart",
    "RunState",
    "Scenario",
    "ScenarioPurpose",
    "Search",
    "Tick",
    "Tier",
    "Unplaced",
    "WhatIf",
]
