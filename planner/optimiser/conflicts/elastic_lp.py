"""The elastic program: how far do the hard limits have to give way for any plan?

    minimise    sum over hard limits of weight x (how far the limit gives way)
    subject to  every limit, each let out by its own slack, and 0 <= x <= 1

Values play no part. Only what can force anybody anywhere is in it: agents that must be
placed, floors, and the options that serve them; without those the empty plan is
feasible. The duals are prices, and where the minimum is above 0 they prove it: with
every value 0 their bound is below 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.conflicts.dominance import (
    forced_options,
    hard_ceiling,
    hard_floor,
)
from planner.optimiser.model.problem import FloatArray, IntArray, Problem
from planner.optimiser.model.validate import UNLIMITED

FEASIBLE = 1e-6
"""Slack below this is the solver's rounding."""


@dataclass(frozen=True, order=True)
class Limit:
    """A hard limit by its kind (`upper`, `lower`, `supply`, `must`) and its index."""

    kind: str
    index: int


@dataclass(frozen=True, eq=False)
class Strain:
    """The optimum of an elastic program.

    Attributes
    ----------
    total
        The weighted sum of slacks; 0 when the limits can hold together.
    prices
        The duals, as prices.
    agent
        float64[n]; what the duty to place each agent weighs in the conflict.
    """

    total: float
    prices: Prices
    agent: FloatArray


def strain(
    problem: Problem, *, seconds: float, only: Limit | None = None
) -> Strain | None:
    """Solve the elastic program; None if the solver did not finish.

    Parameters
    ----------
    seconds
        Time for the simplex method.
    only
        The one limit that gives way, in its own units.

    Returns
    -------
    Strain or None
        `total` is 0 where all limits can hold together.
    """
    if only is None:
        columns = forced_options(problem)
    else:
        # What is opened still counts: options that ask less of it are not worse.
        counts = np.zeros(problem.num_resources, dtype=bool)
        if only.kind == "upper":
            counts[only.index] = True
        columns = forced_options(_opened(problem, only), counts)
    program = _Program(problem, columns, only)
    return program.solve(seconds)


def _opened(problem: Problem, limit: Limit) -> Problem:
    """Return the problem without one limit, as far as it makes options impossible.

    A floor or a duty that gives way still calls for options, if for fewer.
    """
    cohort = limit.kind == "lower" and problem.resource_only_if_used[limit.index]
    if cohort or limit.kind in ("upper", "supply"):
        return eased(problem, limit, UNLIMITED)
    return problem


def eased(problem: Problem, limit: Limit, by: int) -> Problem:
    """Return the problem with one limit, not a duty, further out by some units."""
    name = {"upper": "resource_upper", "supply": "supply_upper"}.get(
        limit.kind, "resource_lower"
    )
    array = getattr(problem, name).copy()
    now = int(array[limit.index])
    moved = now - by if limit.kind == "lower" else now + by
    array[limit.index] = min(max(moved, 0), UNLIMITED)
    return problem.replace(**{name: array})


def relaxed(problem: Problem, kept: Iterable[Limit]) -> Problem:
    """Return the problem with every hard limit lifted that is not kept.

    Soft limits are no limits here, so they are lifted too.
    """
    upper = np.full(problem.num_resources, UNLIMITED)
    lower = np.zeros(problem.num_resources, dtype=np.int64)
    supply = np.full(problem.num_supplies, UNLIMITED)
    must = np.zeros(problem.num_agents, dtype=bool)
    for limit in kept:
        if limit.kind == "upper":
            upper[limit.index] = problem.resource_upper[limit.index]
        elif limit.kind == "lower":
            lower[limit.index] = problem.resource_lower[limit.index]
        elif limit.kind == "supply":
            supply[limit.index] = problem.supply_upper[limit.index]
        else:
            must[limit.index] = True
    return problem.replace(
        resource_upper=upper,
        resource_lower=lower,
        supply_upper=supply,
        agent_must=must,
        resource_shortfall_price=np.full(problem.num_resources, -1),
        resource_excess_price=np.full(problem.num_resources, -1),
    )


class _Program:
    """The elastic program as a sparse matrix: options, flows, then slacks.

    Rows are agents, resources and supply lines, each only where it can bind.
    """

    def __init__(self, problem: Problem, options: IntArray, only: Limit | None) -> None:
        self.problem, self.options, self.only = problem, options, only
        self.rows: list[IntArray] = []
        self.columns: list[IntArray] = []
        self.terms: list[FloatArray] = []
        self.cost: list[FloatArray] = [np.zeros(len(options))]
        self.most: list[FloatArray] = [np.ones(len(options))]
        self.num_columns = len(options)
        self._agents()
        self._resources()
        self._supplies()

    def _add(self, rows: IntArray, columns: IntArray, terms: FloatArray) -> None:
        self.rows.append(rows)
        self.columns.append(columns)
        self.terms.append(terms)

    def _new_columns(
        self, cost: FloatArray, most: FloatArray | None = None
    ) -> IntArray:
        first = self.num_columns
        self.num_columns += len(cost)
        self.cost.append(cost)
        self.most.append(np.full(len(cost), np.inf) if most is None else most)
        return np.arange(first, self.num_columns)

    def _slack(self, kind: str, index: IntArray, rows: IntArray, sign: int) -> None:
        """Let these limits give way: all of them, or the only one that may."""
        if self.only is None:
            weight = self.weight[kind][index]
        else:
            chosen = (index == self.only.index) & (self.only.kind == kind)
            index, rows = index[chosen], rows[chosen]
            weight = np.ones(len(index))
        self._add(rows, self._new_columns(weight), np.full(len(rows), float(sign)))

    def _agents(self) -> None:
        """At most one option each; exactly one, or slack, where the agent must."""
        problem = self.problem
        owner = problem.option_agent[self.options]
        present = np.zeros(problem.num_agents, dtype=bool)
        present[owner] = True
        present |= problem.agent_must
        self.agents = np.flatnonzero(present)
        place = np.cumsum(present) - 1
        one = np.ones(len(owner))
        self._add(place[owner], np.arange(len(owner)), one)
        self.lower = [problem.agent_must[self.agents].astype(float)]
        self.upper = [np.ones(len(self.agents))]
        self.weight = self._weights()
        must = self.agents[problem.agent_must[self.agents]]
        self._slack("must", must, place[must], 1)

    def _weights(self) -> dict[str, FloatArray]:
        """A unit of slack weighs as much as a typical use: a seat, or a ticket."""
        problem = self.problem
        used = problem.use_amount > 0
        rows, amounts = problem.use_resource[used], problem.use_amount[used]
        count = np.bincount(rows, minlength=problem.num_resources)
        total = np.bincount(rows, weights=amounts, minlength=problem.num_resources)
        typical = np.maximum(1.0, total / np.maximum(count, 1))
        lines = np.ones(problem.num_supplies)
        supplied = np.repeat(
            np.arange(problem.num_resources), np.diff(problem.supply_ptr)
        )
        np.maximum.at(lines, problem.supply_index, typical[supplied])
        return {
            "must": np.ones(problem.num_agents),
            "upper": 1 / typical,
            "lower": 1 / typical,
            "supply": 1 / lines,
        }

    def _resources(self) -> None:
        problem = self.problem
        sizes = np.diff(problem.use_ptr)
        column_of = np.full(problem.num_options, -1, dtype=np.int64)
        column_of[self.options] = np.arange(len(self.options))
        column = np.repeat(column_of, sizes)
        here = column >= 0
        used, amount = problem.use_resource[here], problem.use_amount[here]
        most = np.bincount(used, weights=amount, minlength=problem.num_resources)
        floor = hard_floor(problem)
        ceiling = hard_ceiling(problem) & (most > problem.resource_upper)
        self.pools = problem.resource_supplied & (most > 0)
        inside = floor | ceiling | self.pools
        self.resources = np.flatnonzero(inside)
        self.row_of = np.full(problem.num_resources, -1)
        self.row_of[inside] = len(self.agents) + np.arange(len(self.resources))
        wanted = inside[used]
        self._add(
            self.row_of[used[wanted]],
            column[here][wanted],
            amount[wanted].astype(float),
        )
        upper = np.where(ceiling, problem.resource_upper, np.inf)
        upper[self.pools] = 0.0
        lower = np.where(floor, problem.resource_lower, -np.inf)
        self.lower.append(lower[inside])
        self.upper.append(upper[inside])
        for kind, rows, sign in (("upper", ceiling, -1), ("lower", floor, 1)):
            index = np.flatnonzero(rows)
            self._slack(kind, index, self.row_of[index], sign)

    def _supplies(self) -> None:
        """Flows from lines to pools; a line gives what it has, or slack."""
        problem = self.problem
        pool = np.repeat(np.arange(problem.num_resources), np.diff(problem.supply_ptr))
        drawn = self.pools[pool]
        pool, line = pool[drawn], problem.supply_index[drawn]
        flows = self._new_columns(np.zeros(len(pool)))
        first = len(self.agents) + len(self.resources)
        self._add(self.row_of[pool], flows, np.full(len(flows), -1.0))
        self._add(first + line.astype(np.int64), flows, np.ones(len(flows)))
        every = np.arange(problem.num_supplies)
        give = problem.supply_upper
        self.lower.append(np.full(len(every), -np.inf))
        self.upper.append(np.where(give >= UNLIMITED, np.inf, give))
        self._slack("supply", every, first + every, -1)

    def solve(self, seconds: float) -> Strain | None:
        """Solve by simplex."""
        # Slow imports.
        from ortools.linear_solver.python import model_builder_helper as builder
        from scipy import sparse

        lower, upper = np.concatenate(self.lower), np.concatenate(self.upper)
        matrix = sparse.csr_matrix(
            (
                np.concatenate(self.terms),
                (np.concatenate(self.rows), np.concatenate(self.columns)),
            ),
            shape=(len(lower), self.num_columns),
        )
        helper: Any = builder.ModelBuilderHelper()
        helper.fill_model_from_sparse_data(
            np.zeros(self.num_columns),
            np.concatenate(self.most),
            np.concatenate(self.cost),
            lower,
            upper,
            matrix,
        )
        solver = builder.ModelSolverHelper("glop")
        solver.set_time_limit_in_seconds(max(0.01, seconds))
        solver.solve(helper)
        if solver.status().name != "OPTIMAL":
            return None
        duals: FloatArray = np.asarray(solver.dual_values())
        return self._read(solver.objective_value(), duals)

    def _read(self, total: float, duals: FloatArray) -> Strain:
        problem = self.problem
        agents, resources = len(self.agents), len(self.resources)
        agent, price = np.zeros(problem.num_agents), np.zeros(problem.num_resources)
        agent[self.agents] = duals[:agents]
        price[self.resources] = -duals[agents : agents + resources]
        prices = Prices(
            price=price,
            supply_price=-duals[agents + resources :],
            tier_price=np.zeros(0),
        )
        return Strain(total=total, prices=prices, agent=agent)
