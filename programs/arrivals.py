"""How many of those who begin a pathway arrive, and what arriving is worth.

Whoever reaches the last step arrives. The chance of passing a step begins with what a
person typed, and moves to what the records say as they grow: the credibility estimate
of Bühlmann (1967, ASTIN Bulletin 4), which is the mean of a beta distribution after
the data (Gelman et al. 2013, Bayesian Data Analysis, section 2.4):

    chance = (passed + PRIOR_PEOPLE x typed) / (ended + PRIOR_PEOPLE)

Without records it is what was typed; after as many people as ``PRIOR_PEOPLE`` both
count half. The chance of arriving is the product over the steps before the last. All
of it is exact until it becomes whole points.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from uuid import UUID

from django.db.models import Count, Exists, OuterRef

from programs.choices import PlacementState
from programs.models import PathwayStep, Placement

PRIOR_PEOPLE = 20
"""How many people what somebody typed counts as: about one class."""
ENDED = (PlacementState.COMPLETED, PlacementState.ENDED_EARLY)
"""Who has begun a step and is through with it, one way or the other."""
GAVE_UP = (
    PlacementState.DECLINED,
    PlacementState.EXPIRED,
    PlacementState.REJECTED,
    PlacementState.LAPSED,
    PlacementState.NO_SHOW,
)
"""Ends of the next step before it began: whoever completed the step did not go on."""


@dataclass(frozen=True)
class Chance:
    """The chance of passing one step.

    Attributes
    ----------
    typed
        What a person expects, 0 to 1.
    passed, ended
        Of how many who ended such a step, how many went on.
    """

    typed: Fraction
    passed: int = 0
    ended: int = 0

    @property
    def value(self) -> Fraction:
        """What is counted with, 0 to 1, exactly."""
        return (self.passed + PRIOR_PEOPLE * self.typed) / (self.ended + PRIOR_PEOPLE)


@dataclass(frozen=True)
class Arrival:
    """What a place on a pathway promises.

    Attributes
    ----------
    worth
        What an arrival counts, in placements.
    chances
        Of passing each step before the last, in order.
    """

    worth: Fraction
    chances: tuple[Chance, ...]

    @property
    def chance(self) -> Fraction:
        """The chance that somebody who begins arrives."""
        return prod((each.value for each in self.chances), start=Fraction(1))

    def points(self, placement_points: int) -> int:
        """Return what the arrival adds to a place, in whole points, halves up.

        Parameters
        ----------
        placement_points: what being placed is worth.
        """
        exact = placement_points * self.worth * self.chance
        return int((2 * exact + 1) // 2)


def load(pathways: Collection[UUID]) -> dict[UUID, Arrival]:
    """Return the arrival of each of these pathways, in two queries.

    A step is measured by everybody who ended a stay with its host in its program, in
    whatever intake; of those on a pathway, whoever did not begin the next step did not
    pass.
    """
    rows = PathwayStep.objects.filter(pathway__in=list(pathways))
    steps = defaultdict(list)
    worth = {}
    for pathway, counted, typed, *kind in rows.order_by(
        "pathway", "position"
    ).values_list(
        "pathway",
        "pathway__arrival_worth",
        "pass_percent",
        "slot__intake__program",
        "slot__host",
    ):
        steps[pathway].append((typed, tuple(kind)))
        worth[pathway] = counted
    before_last = {kind for each in steps.values() for _typed, kind in each[:-1]}
    passed, ended = _records(before_last)
    return {
        pathway: Arrival(
            worth=Fraction(len(each) - 1 if worth[pathway] is None else worth[pathway]),
            chances=tuple(
                Chance(
                    typed=Fraction(100 if typed is None else typed, 100),
                    passed=passed[kind],
                    ended=ended[kind],
                )
                for typed, kind in each[:-1]
            ),
        )
        for pathway, each in steps.items()
    }


def _records(
    kinds: Collection[tuple[UUID, UUID]],
) -> tuple[Counter[tuple[UUID, UUID]], Counter[tuple[UUID, UUID]]]:
    """Return how many passed, and how many ended, a step of each (program, host)."""
    passed: Counter[tuple[UUID, UUID]] = Counter()
    ended: Counter[tuple[UUID, UUID]] = Counter()
    if not kinds:
        return passed, ended
    later = Placement.objects.filter(
        application=OuterRef("application"),
        pathway=OuterRef("pathway"),
        slot__starts_on__gte=OuterRef("slot__ends_on"),
        state__in=GAVE_UP,
    )
    rows = Placement.objects.filter(
        state__in=ENDED,
        slot__intake__program__in={program for program, _host in kinds},
        slot__host__in={host for _program, host in kinds},
    ).order_by()
    rows = rows.annotate(gave_up=Exists(later))
    rows = rows.values_list("slot__intake__program", "slot__host", "state", "gave_up")
    for program, host, state, gave_up, people in rows.annotate(people=Count("pk")):
        kind = program, host
        ended[kind] += people
        passed[kind] += people * (state == PlacementState.COMPLETED and not gave_up)
    return passed, ended
