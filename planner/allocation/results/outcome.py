"""What a plan means: people in slots, and what it uses of everything."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from planner.allocation.problem.options import NOTHING
from planner.allocation.problem.snapshot import Snapshot
from planner.optimiser import Plan
from planner.optimiser.certificate.max_flow import flows
from planner.optimiser.model.claim import Claim
from planner.optimiser.model.problem import UNLIMITED
from programs.eligibility.columns import Array
from programs.models import Application, Slot


@dataclass(frozen=True)
class Place:
    """A place that a plan gives."""

    application: Application
    slot: Slot


@dataclass
class Outcome:
    """A snapshot and the choice made on it.

    ``claim`` is what the solver said (the check has confirmed it); ``about`` holds the
    circumstances of the solve.
    """

    snapshot: Snapshot
    claim: Claim
    about: dict[str, Any]

    @property
    def choice(self) -> Array:
        """The option of each agent; an outcome is of a plan."""
        assert self.claim.choice is not None
        return self.claim.choice

    @cached_property
    def plan(self) -> Plan:
        """The plan, everything recomputed from the problem."""
        return Plan.of(self.snapshot.problem, self.choice)

    @cached_property
    def chosen(self) -> Array:
        """The options that were chosen and place somebody, in the order of agents."""
        choice = self.choice[self.choice >= 0]
        return choice[self.snapshot.offers.pathway[choice] != NOTHING]

    @cached_property
    def placed(self) -> set[int]:
        """The agents who are placed."""
        return set(self.snapshot.offers.agent[self.chosen].tolist())

    @cached_property
    def places(self) -> list[Place]:
        """Who gets which slot by the plan, each step of a pathway by itself."""
        rows, pairs = self.snapshot.rows, self.snapshot.pairs
        of = self.snapshot.offers.pairs_of
        pairs_of = [of(option) for option in self.chosen.tolist()]
        chosen = np.concatenate([np.zeros(0, np.int64), *pairs_of])
        return [
            Place(
                rows.applications[pairs.applicant[pair]], rows.slots[pairs.slot[pair]]
            )
            for pair in chosen
        ]

    @cached_property
    def flow(self) -> dict[int, dict[int, int]]:
        """{pool: {budget line: amount}}: which line pays how much for each pool."""
        problem, use = self.snapshot.problem, self.plan.use
        pools = {
            resource: list(lines)
            for (_year, lines), resource in sorted(
                self.snapshot.pools.items(), key=lambda item: item[1]
            )
            if use[resource] > 0
        }
        need = {resource: int(use[resource]) for resource in pools}
        give = [None if u >= UNLIMITED else u for u in problem.supply_upper.tolist()]
        return flows(pools, need, give)

    @cached_property
    def line_use(self) -> Array:
        """How many of its own steps each budget line pays in this plan."""
        used = np.zeros(len(self.snapshot.lines), np.int64)
        for lines in self.flow.values():
            for line, amount in lines.items():
                used[line] += amount
        return used

    @cached_property
    def left(self) -> Array:
        """What is left of each resource; of a pool, what its lines could still give."""
        problem = self.snapshot.problem
        left = problem.resource_upper - self.plan.use
        remaining = problem.supply_upper - self.line_use
        for (_year, lines), resource in self.snapshot.pools.items():
            left[resource] = min(int(remaining[list(lines)].sum()), UNLIMITED)
        return left

    def uses(self, option: int) -> dict[int, int]:
        """Return {resource: amount} of one option."""
        problem = self.snapshot.problem
        span = slice(*problem.use_ptr[option : option + 2].tolist())
        return dict(
            zip(
                problem.use_resource[span].tolist(),
                problem.use_amount[span].tolist(),
                strict=True,
            )
        )

    def options_of(self, agent: int) -> list[int]:
        """Return the options of an agent that would place it, best first."""
        problem, offers = self.snapshot.problem, self.snapshot.offers
        span = range(*problem.agent_ptr[agent : agent + 2].tolist())
        options = [o for o in span if offers.pathway[o] != NOTHING]
        return sorted(options, key=lambda option: (self.worth(option), -option))[::-1]

    def applicant_of(self, option: int) -> int:
        """Return the first applicant of an option that places somebody."""
        snapshot = self.snapshot
        return int(snapshot.pairs.applicant[snapshot.offers.pairs_of(option)[0]])

    def worth(self, option: int) -> tuple[int, ...]:
        """Return the value of an option, tier by tier."""
        return tuple(np.atleast_1d(self.snapshot.problem.option_value[option]).tolist())
