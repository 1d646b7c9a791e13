"""How fair a plan is: preferences, shares of groups, envy, blocking pairs, inequality.

Arithmetic over the arrays of the run, without a query and without a solver; the
definitions stand in docs/planning/comparing.md with their sources. With m persons in
options: what a person gets is looked at as triples (option, applicant, rank), one for
each person in an option.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from planner.allocation.problem.objective import members
from planner.allocation.problem.options import DIRECT
from planner.models import Tier
from planner.models.fairness_words import GroupBy
from planner.models.small_counts import FEWEST, is_few
from planner.optimiser.model.problem import Problem
from programs.eligibility.columns import Array
from programs.models import Application

from .obstacles import Search
from .outcome import Outcome


@dataclass(frozen=True)
class Group:
    """People with something in common: how many there are, and how many are placed.

    ``key`` is the code or id of what they share. Of a sensitive attribute both numbers
    are None where the group has fewer than ``FEWEST`` people, or so few a place.
    """

    by: GroupBy
    key: str
    people: int | None
    placed: int | None


@dataclass(frozen=True)
class Fairness:
    """The figures of one plan.

    Attributes
    ----------
    people, placed
        Persons in the run, and with a place.
    preferences
        (rank, persons) of those placed who had ranked what they got; best first.
    unranked
        Placed persons who ranked nothing.
    choosing, last
        Placed persons to whom two preferences or more were open, and those of them who
        got the last of them.
    groups
        Every group, by attribute.
    envious, envied
        Persons who justly envy somebody, and pairs of a person and a slot.
    able
        Persons who could have a preference that they prefer, nobody else moving.
    blocking
        Blocking pairs: of a person and a slot, by room or by envy.
    gini
        Of the points of those placed, from 0 to 1; None where nobody has any.
    """

    people: int
    placed: int
    preferences: list[tuple[int, int]]
    unranked: int
    choosing: int
    last: int
    groups: list[Group]
    envious: int
    envied: int
    able: int
    blocking: int
    gini: float | None


def as_data(fairness: Fairness) -> dict[str, Any]:
    """Return the figures as plain data, for the run's summary."""
    return asdict(fairness)


def of(outcome: Outcome) -> Fairness:
    """Return how fair a plan is."""
    look = Look(outcome)
    by_room, by_envy = look.room(), look.envy()
    return Fairness(
        people=len(look.humans(range(len(look.human)))),
        placed=len(look.humans(look.placed.tolist())),
        preferences=sorted(Counter(filter(None, look.got.tolist())).items()),
        unranked=int((look.got == 0).sum()),
        choosing=int(look.choosing.sum()),
        last=int((look.choosing & (look.got == look.worst[look.placed])).sum()),
        groups=groups(outcome, look.human, set(look.placed.tolist())),
        envious=len(look.humans(applicant for applicant, _slot in by_envy)),
        envied=len(by_envy),
        able=len(look.humans(applicant for applicant, _slot in by_room)),
        blocking=len(by_room | by_envy),
        gini=gini(look.points()),
    )


class Look:
    """A plan as its people see it.

    ``placed`` are the applicants with a place, ``got`` their preferences (0: unranked);
    ``human`` says whom each is: one human may have applied several times.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.offers, self.pairs = outcome.snapshot.offers, outcome.snapshot.pairs
        option, pair = self.offers.expand()
        self.option, self.applicant = option, self.pairs.applicant[pair]
        self.rank, self.slot = self.pairs.rank[pair], self.pairs.slot[pair]
        applications = outcome.snapshot.rows.applications
        self.human = [each.participant.human for each in applications]
        number = len(applications)
        chosen = np.isin(option, outcome.chosen)
        rank_of = np.full(number, -1)
        rank_of[self.applicant[chosen]] = self.rank[chosen]
        self.rank_of = rank_of
        self.placed = np.flatnonzero(rank_of >= 0)
        self.got = rank_of[self.placed]
        self.worst, best = np.zeros(number, np.int64), np.full(number, 1 << 30)
        np.maximum.at(self.worst, self.applicant, self.rank)
        np.minimum.at(best, self.applicant, self.rank)
        self.choosing = (self.worst > best)[self.placed] & (self.got > 0)

    def humans(self, applicants: Iterable[int]) -> set[str]:
        """Return who these applicants are, each human once."""
        return {self.human[applicant] for applicant in applicants}

    def points(self) -> Array:
        """Return what the place of each placed person is worth in points."""
        values = self.outcome.snapshot.problem.value(self.tier_of_points)
        option, _applicant = members(self.offers, self.pairs)
        heads = np.bincount(option, minlength=len(self.offers))
        chosen = self.outcome.chosen
        each = values[chosen] // np.maximum(1, heads[chosen])
        return np.repeat(each, heads[chosen])

    @property
    def tier_of_points(self) -> int:
        """Which tier counts points; the only one where there is nothing to weigh."""
        names = self.outcome.snapshot.tier_names
        return names.index(Tier.POINTS) if Tier.POINTS in names else 0

    @cached_property
    def preferred(self) -> Array:
        """Triples of lone persons and single slots that they ranked above what they
        have, or ranked at all where they have nothing."""
        has = self.best_of_agent[self.offers.agent[self.option]]
        better = (self.rank > 0) & ((has < 0) | (self.rank < has))
        return np.flatnonzero(better & self.lone[self.option])

    @cached_property
    def best_of_agent(self) -> Array:
        """The preference that each agent got (0: unranked), -1 for nothing: a human has
        it by whichever application."""
        got = np.full(len(self.offers.agents), -1)
        chosen = np.isin(self.option, self.outcome.chosen)
        got[self.offers.agent[self.option[chosen]]] = self.rank[chosen]
        return got

    @cached_property
    def lone(self) -> Array:
        """Which options are one person in one slot: no team and no pathway."""
        steps = np.diff(self.offers.pair_ptr)
        lone = ~self.offers.is_team[self.offers.agent] & (steps == 1)
        return lone & (self.offers.pathway == DIRECT)

    def room(self) -> set[tuple[int, int]]:
        """Return (applicant, slot) that could be given with nobody else moving."""
        asked = self.preferred
        found = self.search.of(self.option[asked])
        return {
            (int(self.applicant[at]), int(self.slot[at]))
            for at, each in zip(asked.tolist(), found, strict=True)
            if not each.short and not each.cohorts
        }

    def envy(self) -> set[tuple[int, int]]:
        """Return (applicant, slot) of just envy, each held against one holder.

        The holder is the one in the slot who is worth least there to the plan.
        """
        holders = self.holders()
        swaps = Swaps(self.search)
        found = set()
        for at in self.preferred.tolist():
            slot = int(self.slot[at])
            held = holders.get(slot)
            option = int(self.option[at])
            if held is None or self.merit(option) <= self.merit(held):
                continue
            if swaps.holds(option, int(self.offers.agent[held])):
                found.add((int(self.applicant[at]), slot))
        return found

    def holders(self) -> dict[int, int]:
        """Return {slot: option of the lone holder worth least there}, pins aside."""
        must, agent = self.offers.must, self.offers.agent
        counts = np.bincount(agent, minlength=len(self.offers.agents))
        found: dict[int, int] = {}
        for option in self.outcome.chosen.tolist():
            owner = int(agent[option])
            if not self.lone[option] or (must[owner] and counts[owner] == 1):
                continue
            slot = int(self.pairs.slot[self.offers.pairs_of(option)[0]])
            if slot not in found or self.merit(option) < self.merit(found[slot]):
                found[slot] = option
        return found

    def merit(self, option: int) -> tuple[int, ...]:
        """Return what an option is worth in people, then points: never in money."""
        return self.outcome.worth(option)[: self.tier_of_points + 1]

    @cached_property
    def search(self) -> Search:
        """What stands against options in this plan."""
        return Search(self.outcome.snapshot.problem, self.outcome.choice)


class Swaps:
    """Whether somebody could have a place if its holder left, all else as it is."""

    def __init__(self, search: Search) -> None:
        self.search, self.choice = search, search.choice.tolist()
        problem: Problem = search.problem
        self.ptr = problem.use_ptr.tolist()
        self.resource = problem.use_resource.tolist()
        self.amount = problem.use_amount.tolist()
        self.agent = problem.option_agent
        self.use = search.use.tolist()
        self.upper = problem.resource_upper.tolist()
        self.lower = problem.resource_lower.tolist()
        self.supplied = problem.resource_supplied.tolist()
        self.walls = [
            (over < 0, under < 0)
            for over, under in zip(
                problem.resource_excess_price.tolist(),
                problem.resource_shortfall_price.tolist(),
                strict=True,
            )
        ]
        self.if_used = problem.resource_only_if_used.tolist()
        self.opens = problem.resource_opens.tolist()
        self.stay = self._stays(problem)

    @staticmethod
    def _stays(problem: Problem) -> dict[int, int]:
        """Return {agent: its last option} where it must take one: that is to stay."""
        last = problem.agent_ptr[1:] - 1
        must = np.flatnonzero(problem.agent_must & (np.diff(problem.agent_ptr) > 1))
        return {int(agent): int(last[agent]) for agent in must}

    def holds(self, option: int, holder: int) -> bool:
        """Return whether every hard limit holds with the option and without the holder.

        Parameters
        ----------
        option: what somebody would have. holder: the agent who would have nothing.
        """
        change: dict[int, int] = {}
        self._add(change, option, 1)
        self._add(change, self.choice[self.agent[option]], -1)
        self._add(change, self.choice[holder], -1)
        self._add(change, self.stay.get(holder, -1), 1)
        self._open(change)
        money = {r: by for r, by in change.items() if self.supplied[r] and by}
        if not all(self._fits(r, by) for r, by in change.items() if by):
            return False
        return not any(by > 0 for by in money.values()) or not self.search.unpaid(money)

    def _add(self, change: dict[int, int], option: int, sign: int) -> None:
        if option < 0:
            return
        for at in range(self.ptr[option], self.ptr[option + 1]):
            r = self.resource[at]
            change[r] = change.get(r, 0) + sign * self.amount[at]

    def _open(self, change: dict[int, int]) -> None:
        """Add what opens by the change, less what closes by it."""
        for r in [r for r in change if self.opens[r]]:
            turn = (self.use[r] + change[r] > 0) - (self.use[r] > 0)
            for other, amount in self.search.problem.opening_uses(r) if turn else ():
                change[other] = change.get(other, 0) + turn * amount

    def _fits(self, r: int, by: int) -> bool:
        after = self.use[r] + by
        if self.supplied[r]:
            return True
        over, under = self.walls[r]
        if over and by > 0 and after > self.upper[r]:
            return False
        closed = self.if_used[r] and after == 0
        return not (under and by < 0 and after < self.lower[r] and not closed)


def groups(outcome: Outcome, human: list[str], placed: set[int]) -> list[Group]:
    """Return every group of people with how many of it are placed, each human once."""
    applications = outcome.snapshot.rows.applications
    told: list[Group] = []
    for by, keys in KEYS.items():
        told += counted(by, [keys(each) for each in applications], human, placed)
    for pk, regions in sorted(outcome.snapshot.rows.grounds.regions.items(), key=str):
        listed = [
            [str(pk)]
            if regions & {a.participant.province_id, a.participant.regency_id}
            else []
            for a in applications
        ]
        told += counted(GroupBy.LIST, listed, human, placed)
    return told


KEYS: dict[GroupBy, Callable[[Application], list[str]]] = {
    GroupBy.PROVINCE: lambda a: [str(a.participant.province_id or "")],
    GroupBy.SEX: lambda a: [a.participant.sex] if a.participant.sex else [],
    GroupBy.DISABILITY: lambda a: ["yes"] if a.participant.disability else [],
    GroupBy.INSTITUTION: lambda a: [str(a.participant.home_institution_id or "")],
}
"""Which groups of an attribute somebody is in."""


def counted(
    by: GroupBy, keys: Iterable[list[str]], human: list[str], placed: set[int]
) -> list[Group]:
    """Return the groups of one attribute; small ones are not told where sensitive."""
    people: dict[str, set[str]] = defaultdict(set)
    with_place: dict[str, set[str]] = defaultdict(set)
    for applicant, mine in enumerate(keys):
        for key in mine:
            people[key].add(human[applicant])
            if applicant in placed:
                with_place[key].add(human[applicant])
    return [
        Group(by, key, None, None)
        if by.is_sensitive
        and (len(people[key]) < FEWEST or is_few(len(with_place[key])))
        else Group(by, key, len(people[key]), len(with_place[key]))
        for key in sorted(people)
    ]


def gini(values: Array) -> float | None:
    """Return the Gini coefficient of amounts of 0 and more; None for nothing at all.

    G = sum over i of (2 i - n - 1) x(i) / (n sum of x), x in rising order.
    """
    x = np.sort(np.maximum(values, 0))
    total = int(x.sum())
    if not total:
        return None
    n = len(x)
    return float(((2 * np.arange(1, n + 1) - n - 1) * x).sum() / (n * total))
