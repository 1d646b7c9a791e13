"""What a solve leaves behind, before anybody has checked it."""

from dataclasses import dataclass
from typing import Any

from planner.optimiser.model.claim import Claim


@dataclass(frozen=True)
class Solved:
    """What a solve left behind: a claim to be checked, and how it came about.

    ``crashed`` says that the last child that was allowed died over it.
    """

    claim: Claim
    about: dict[str, Any]
    content: bytes
    crashed: bool = False
