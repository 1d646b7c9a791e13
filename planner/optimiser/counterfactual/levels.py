"""How two problems compare at their best, tier by tier, as far as that is proven.

A plan tells that the best is at least so good, a bound that it is at most so good. Of
the tiers one after the other: where the best of both is known and the same, the next
one decides; where the most that one can reach is below what the other has reached, it
is less. Anything else is not known, and nobody says it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from planner.optimiser.model.result import Result, Status, Termination


@dataclass(frozen=True)
class Level:
    """What is known about the best of a problem.

    Attributes
    ----------
    reached
        The value of each tier of a plan; none where none is known.
    most
        No plan that reaches the tiers before can have more than this, or None.
    impossible
        Proven, or agreed by two methods, that there is no plan.
    """

    reached: tuple[int, ...] = ()
    most: tuple[int | None, ...] = ()
    impossible: bool = False

    @classmethod
    def of(cls, result: Result) -> Self:
        """Return what a checked result tells."""
        tiers = [(tier.value, tier.bound) for tier in result.tiers]
        return cls.stated(tiers, str(result.status), str(result.termination))

    @classmethod
    def stated(
        cls,
        tiers: Sequence[tuple[int | None, float | None]],
        status: str,
        termination: str,
    ) -> Self:
        """Return what checked values and bounds tell; agreed tiers count as known."""
        if status == Status.INFEASIBLE:
            return cls(impossible=True)
        if any(value is None for value, _bound in tiers):
            return cls()
        values = tuple(value for value, _bound in tiers if value is not None)
        if termination == Termination.AGREED:
            return cls(values, values)
        return cls(values, tuple(_most(bound) for _value, bound in tiers))

    def known(self) -> int:
        """Return how many of the first tiers are known to be as good as they can."""
        pairs = zip(self.reached, self.most, strict=True)
        for number, (value, most) in enumerate(pairs):
            if most is None or most > value:
                return number
        return len(self.reached)

    def below(self, other: "Level") -> int | None:
        """Return the tier in which the best of this is less than that of the other.

        The number of tiers where they are the same in all; None where neither is known.
        """
        if self.impossible:
            return 0 if other.reached else None
        if not self.reached or not other.reached:
            return None
        tiers = zip(self.reached, self.most, other.reached, strict=True)
        both = min(self.known(), other.known())
        for number, (mine, most, theirs) in enumerate(tiers):
            if most is not None and most < theirs:
                return number
            if number >= both or mine != theirs:
                return None
        return len(self.reached)

    def short(self, other: "Level", tier: int) -> tuple[int, int | None] | None:
        """Return between how much and how much this is short of the other in a tier.

        Both are the same in every tier before, or nothing is known.
        """
        same = self.reached[:tier] == other.reached[:tier]
        if not same or min(self.known(), other.known()) < tier:
            return None
        if not self.reached or not other.reached:
            return None
        most, theirs = self.most[tier], other.most[tier]
        least = 0 if most is None else max(0, other.reached[tier] - most)
        return least, None if theirs is None else theirs - self.reached[tier]


def _most(bound: float | None) -> int | None:
    return None if bound is None or math.isinf(bound) else math.floor(bound)
