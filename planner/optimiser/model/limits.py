"""What a run may spend, and how its author can watch and stop it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str, float, int | None, float | None], bool | None]
"""Called with (phase, seconds, incumbent, bound); a true answer asks for a stop."""


class LimitsError(ValueError):
    """A limit that makes no sense: which, and why."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When to stop, and what decides the course of the search.

    Attributes
    ----------
    seconds
        Wall time; the best plan so far is returned when it has passed.
    gap
        Stop once the verified gap, (bound - objective) / max(1, |objective|), is this
        small. 0 asks for proof.
    workers
        Threads or processes at work together. They never change the plan as long as
        `work`, not `seconds`, ends the run.
    seed
        Everything random comes from this number.
    work
        The amount of search in units that do not depend on the machine, or None for no
        limit but time. A run with the same seed and work gives the same plan.
    """

    seconds: float = 60.0
    gap: float = 0.0
    workers: int = 2
    seed: int = 1
    work: int | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.seconds) and self.seconds > 0):
            raise LimitsError(f"seconds: {self.seconds} is not above 0")
        if not (math.isfinite(self.gap) and self.gap >= 0):
            raise LimitsError(f"gap: {self.gap} is not 0 or more")
        if self.workers < 1:
            raise LimitsError(f"workers: {self.workers} is not 1 or more")
        if not 0 <= self.seed < 2**31:
            raise LimitsError(f"seed: {self.seed} is not in 0 ... 2**31 - 1")
        if self.work is not None and self.work < 0:
            raise LimitsError(f"work: {self.work} is not 0 or more")
