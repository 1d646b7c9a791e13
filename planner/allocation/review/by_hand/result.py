"""What came of holding a plan made by hand against a run's."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from planner.allocation.problem.constraints.quotas import Standing
from planner.allocation.results import losses
from planner.models import AllocationRun, Tier, by_hand_words as words
from planner.models.by_hand_words import Sameness
from programs.models import Quota

from .rows import HandPlan, Planned


class Both(NamedTuple):
    """A figure of the run's plan, and of the one made by hand."""

    ours: int
    theirs: int

    @property
    def gain(self) -> int:
        """What the run's plan has more."""
        return self.ours - self.theirs


@dataclass(frozen=True)
class Difference:
    """Somebody whom the two plans treat differently; places are slot codes."""

    person: Planned
    what: Sameness
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class QuotaPair:
    """How a quota stands in both plans; ``is_confidential`` by what it counts."""

    quota: Quota
    ours: Standing
    theirs: Standing
    is_confidential: bool

    @property
    def told(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What may be told of the run's plan, and of the one made by hand."""
        return (
            losses.told(self.ours, is_confidential=self.is_confidential),
            losses.told(self.theirs, is_confidential=self.is_confidential),
        )


@dataclass(frozen=True)
class ByHand:
    """A plan made by hand beside a run's.

    Attributes
    ----------
    run, plan
        The run, and the file as it was read.
    against
        Sentences about places that a rule speaks against. They count neither as
        people nor as seats or money.
    violations
        Sentences about hard limits that the others break.
    tiers
        (name, value) of each goal.
    people, cost
        Persons placed; planning units.
    same, neither
        How many have the same place, and how many none in either plan.
    """

    run: AllocationRun
    plan: HandPlan
    against: list[str]
    violations: list[str]
    tiers: list[tuple[Tier, Both]]
    people: Both
    cost: Both
    quotas: list[QuotaPair]
    same: int
    neither: int
    differences: list[Difference] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every rule and every hard limit holds."""
        return not (self.against or self.violations)

    @property
    def headline(self) -> str:
        """The comparison in one sentence."""
        points = dict(self.tiers).get(Tier.POINTS)
        return words.headline(
            {
                "broken": len(self.against) + len(self.violations),
                "people": self.people,
                "points": points,
                "cost": self.cost,
            }
        )

    def count(self, what: Sameness) -> int:
        """Return how many people differ in this way."""
        return sum(each.what == what for each in self.differences)
