"""What it costs the priced quotas when somebody moves up, beside those placed now.

A plan pays a quota's price for each person it is missed by; so does whoever fills a
free place. Who has a place already is no further person. Hard quotas are judged with
everything else that is hard.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from planner.allocation.problem import reading
from planner.allocation.problem.constraints import quotas as counting
from planner.allocation.problem.constraints.quotas import Standing
from planner.allocation.problem.grounds import NONE, Grounds
from planner.allocation.results import losses
from planner.allocation.results.outcome import Place
from planner.models import loss_words, small_counts
from programs.models import Application, Intake, Quota, Slot


@dataclass(frozen=True)
class Share:
    """A priced quota before and after somebody takes a place."""

    quota: Quota
    before: Standing
    after: Standing
    is_confidential: bool = False
    """Whether the quota counts by what is confidential."""

    @property
    def cost(self) -> int:
        """What it costs in points; less than nothing where it mends the quota."""
        return self.quota.price_a_person * (self.after.missed - self.before.missed)

    def __str__(self) -> str:
        """Return what it makes of the quota, what that asks for, and the cost."""
        facts: dict[str, Any] = {
            "label_en": self.quota.name_en,
            "label_id": self.quota.name_id,
            "after": losses.told(self.after, is_confidential=self.is_confidential),
        }
        return loss_words.of_share(facts, self.cost)


@dataclass(frozen=True)
class Shares:
    """The priced quotas of some intakes, and the places that count for them now."""

    counted: list[tuple[Quota, set[str], set[str]]]
    grounds: Grounds
    confidential: frozenset[str] = frozenset()
    """Codes of the quotas that count by what is confidential."""

    def of(
        self,
        application: Application,
        slot: Slot,
        others: Iterable[tuple[Application, Slot]] = (),
    ) -> list[Share]:
        """Return the quotas that change for better or worse with this place.

        Parameters
        ----------
        application: with participant, home institution and intake. others: places that
            count as taken already, besides those that are.
        """
        taken = [Place(a, s) for a, s in others]
        own = [Place(application, slot)]
        shares = []
        for quota, having, people in self.counted:
            before = self._with(quota, having, people, taken)
            after = self._with(quota, having, people, [*taken, *own])
            if before.missed != after.missed:
                is_confidential = quota.code in self.confidential
                shares.append(Share(quota, before, after, is_confidential))
        return shares

    def _with(
        self, quota: Quota, having: set[str], people: set[str], more: list[Place]
    ) -> Standing:
        with_it, all_of = counting.counted(quota, more, self.grounds)
        return counting.stands(
            quota,
            len(having) + len(with_it - having),
            len(people) + len(all_of - people),
        )


def of_intakes(intakes: Iterable[Intake]) -> Shares:
    """Read the priced quotas of intakes, in a constant number of queries.

    Every live placement that a quota covers counts, wherever it was decided.
    """
    intakes = list(intakes)
    found = reading.read_quotas(intakes, {})
    priced = [quota for quota in found if not quota.is_hard]
    if not priced:
        return Shares([], NONE)
    grounds = reading.read_grounds(priced, intakes)
    live = list(losses.counted_places(priced))
    return Shares(
        [(quota, *counting.counted(quota, live, grounds)) for quota in priced],
        grounds,
        frozenset(small_counts.confidential(priced)),
    )
