"""The ways of people in a run's problem: whose agent, which slots, what is in the way.

Everything is read from the run's own files, so it is about the plan as it was made.
Arrays: choice int64[agents].
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import pairwise
from math import ceil
from typing import Any, Protocol
from uuid import UUID

import numpy as np

from planner.allocation.problem.options import OR, TEAM
from planner.allocation.results.different import Asked
from planner.allocation.results.obstacles import Obstacles, Search, Short
from planner.models import LimitKey, LimitKind, Tier
from planner.optimiser.conflicts.elastic_lp import Limit
from planner.optimiser.model.plan import NOTHING
from planner.optimiser.model.validate import UNLIMITED
from programs.eligibility.columns import Array

Found = dict[str, Any]


class Known(Protocol):
    """Somebody whom a run plans for."""

    @property
    def team(self) -> UUID | None:
        """The id of the team, if any."""


class Ways:
    """The ways of some people in a run's problem.

    Parameters
    ----------
    asked: the recorded plan. planned: {application: who it is} of the run.
    """

    def __init__(self, asked: Asked, planned: Mapping[UUID, Known]) -> None:
        self.asked, self.problem, self._planned = asked, asked.problem, planned

    @cached_property
    def agent_of(self) -> dict[UUID, int]:
        """The agent of each application that has one: its own, or its team's."""
        names = np.asarray(self.problem.agent_id).tolist()
        at = {one: agent for agent, name in enumerate(names) for one in name.split(OR)}
        found = {
            pk: at.get(f"{TEAM}{each.team}" if each.team else str(pk))
            for pk, each in self._planned.items()
        }
        return {pk: agent for pk, agent in found.items() if agent is not None}

    @cached_property
    def slots_of(self) -> list[frozenset[str]]:
        """The names of the slots of each option; none for the ways of staying."""
        slot = [
            LimitKey.parse(name).code if name.startswith(f"{LimitKind.SEATS}:") else ""
            for name in self.asked.names
        ]
        ptr, resource = (
            self.problem.use_ptr.tolist(),
            self.problem.use_resource.tolist(),
        )
        return [
            frozenset(filter(None, (slot[r] for r in resource[first:last])))
            for first, last in pairwise(ptr)
        ]

    @cached_property
    def members(self) -> dict[int, list[UUID]]:
        """The applications of each agent."""
        found: dict[int, list[UUID]] = {}
        for pk, agent in self.agent_of.items():
            found.setdefault(agent, []).append(pk)
        return found

    def way(self, pk: UUID, wanted: frozenset[str]) -> int | None:
        """Return the option of somebody, or of the team, with just these slots."""
        if not wanted:
            return None
        agent = self.agent_of[pk]
        span = range(*self.problem.agent_ptr[[agent, agent + 1]].tolist())
        span = self.asked.spans.get(str(pk), span)
        return next((each for each in span if self.slots_of[each] == wanted), None)

    def given(self, pk: UUID, choice: Array) -> int | None:
        """Return the option with a place that a choice gives somebody, or None."""
        agent = self.agent_of.get(pk)
        option = NOTHING if agent is None else int(choice[agent])
        if option == NOTHING or not self.slots_of[option]:
            return None
        names = str(pk), f"{TEAM}{self._planned[pk].team}"
        return option if self.asked.whose(option) in names else None

    def rooms(self, options: dict[UUID, int], plan: Array) -> dict[UUID, Found]:
        """Return what stands in a plan against each person's option."""
        if not options:
            return {}
        search = Search(self.problem, plan)
        found = search.of(np.array(list(options.values()), np.int64))
        return {
            pk: self._room(each, search)
            for pk, each in zip(options, found, strict=True)
        }

    def points(self, option: int) -> int:
        """Return what an option is worth in points."""
        names = [each["name"] for each in self.asked.run.tiers]
        return int(self.problem.value(names.index(Tier.POINTS))[option])

    def _room(self, found: Obstacles, search: Search) -> Found:
        seats = [LimitKey.parse(self.asked.names[each]) for each in found.cohorts]
        return {
            "short": [self._short(each, search) for each in found.short],
            "cohorts": [key.code for key in seats],
            "shares": [self.asked.limit(Limit("upper", at), 1) for at in found.shares],
            "is_better": found.is_better,
        }

    def _short(self, short: Short, search: Search) -> Found:
        if short.lines:
            return self.money(short.by, short.lines)
        upper = int(self.problem.resource_upper[short.resource])
        kind = "lower" if upper >= UNLIMITED else "upper"
        return self.asked.limit(Limit(kind, short.resource), short.by)

    def money(self, by: int, lines: Iterable[int]) -> Found:
        """Return money that is short, as reasons store it."""
        names = [self.problem.supply_name(line) for line in lines]
        return {
            **self.asked.money(names),
            "by": ceil(by * self.asked.step(names[0])),
        }
