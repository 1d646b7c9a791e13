"""The linear program on the options that matter, for exact prices and a near plan.

At good prices most agents have one best option and most options lose too much to be
worth a thought. The core keeps the options whose loss, their reduced value below the
best of their agent, is small. Agents with a single one are settled; the rest is a
linear program, small enough for a simplex method, whose dual values are prices:

    maximise    sum value(o) x(o) - soft prices - artificial * penalty
    subject to  sum of x(o) over the options of an agent <= 1      (= 1 where must)
                floor(r) <= use of the settled + sum use(o, r) x(o) <= upper(r)

One sweep over all options tells what the prices prove. Options that would improve the
program join the core, until the bound of the prices is the value of the program.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.optimiser.flat import Model
from planner.optimiser.greedy import best_two
from planner.optimiser.prices import Descent, Sweeper, worth_of_a_choice
from planner.optimiser.problem import UNLIMITED, BoolArray, FloatArray, IntArray
from planner.optimiser.watch import Watch

ROUNDS = 12
TIGHT = 1e-7
"""Relative distance of bound and program at which the prices count as exact."""

WHOLE = 1e-6
PENALTY = 50.0
"""What a unit of a hard floor left short costs, in worths of a choice."""


@dataclass(frozen=True)
class CoreOutcome:
    """What the program on the core says.

    Attributes
    ----------
    choice
        The choices on which the program is whole; -1 for nothing or a fraction.
    fractional
        The agents that the program splits between options.
    exact
        The prices prove no more than the program reaches.
    """

    descent: Descent
    choice: IntArray
    fractional: IntArray
    exact: bool


def solve_core(
    model: Model, sweep: Sweeper, descent: Descent, watch: Watch, *, target: int
) -> CoreOutcome | None:
    """Return exact prices and the plan of the program, or None if it was cut short.

    `target` is how many options the core starts with.
    """
    price, best = descent.price, descent
    core = np.zeros(model.num_options, dtype=bool)
    outcome: CoreOutcome | None = None
    for _ in range(ROUNDS):
        loss, _ = losses(model, sweep.reduced(price))
        core |= loss <= (_width(loss, target) if not core.any() else 0.0)
        program = _Program(model, core, loss, worth_of_a_choice(model))
        if not program.solve(watch):
            return outcome
        price = model.rows.clip(program.price)
        bound, _ = sweep(price)
        watch.work += model.num_uses
        if bound < best.bound:
            best = Descent(price, bound, best.sweeps)
        exact = bound - program.value <= TIGHT * max(1.0, abs(bound))
        outcome = CoreOutcome(best, program.choice, program.fractional, exact)
        watch.report(bound=best.bound)
        if exact or watch():
            break
        core |= _missing(model, sweep.reduced(price), core)
    return outcome


def losses(model: Model, reduced: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each option's loss, and each agent's best reduced value."""
    best, _ = best_two(model, reduced)
    best = np.where(model.must, best, np.maximum(best, 0.0))
    return np.repeat(best, np.diff(model.agent_ptr)) - reduced, best


def _width(loss: FloatArray, target: int) -> float:
    """Return the loss that this many options stay below."""
    if target >= len(loss):
        return np.inf
    return float(np.partition(loss, target)[target])


def _missing(model: Model, reduced: FloatArray, core: BoolArray) -> BoolArray:
    """Return the options outside the core that would improve the program."""
    loss, _ = losses(model, reduced)
    inside = np.where(core, loss, np.inf)
    owners = np.flatnonzero(np.diff(model.agent_ptr))
    least = np.full(model.num_agents, np.inf)
    least[owners] = np.minimum.reduceat(inside, model.agent_ptr[owners])
    _, best = losses(model, reduced)
    nothing = np.where(model.must, np.inf, best)
    least = np.minimum(least, nothing)
    margin = 1e-9 * (1 + np.abs(best))
    improves: BoolArray = loss < (least - margin)[model.option_agent]
    return improves & ~core


class _Program:
    """The linear program of one core: columns for options, soft and artificial use."""

    def __init__(
        self, model: Model, core: BoolArray, loss: FloatArray, worth: float
    ) -> None:
        self.model, self.worth = model, worth
        self.columns = np.flatnonzero(core)
        self.choice = np.full(model.num_agents, -1, dtype=np.int64)
        self.fractional = np.zeros(0, dtype=np.int64)
        self.price = np.zeros(len(model.rows))
        self.value = np.inf

    def solve(self, watch: Watch) -> bool:
        """Solve by simplex; False if it was stopped or failed."""
        # Slow imports, needed only where a program is solved.
        from ortools.linear_solver.python import (
            model_builder_helper as builder,
        )
        from scipy import sparse

        model, rows, columns = self.model, self.model.rows, self.columns
        owner = model.option_agent[columns]
        agents, place = np.unique(owner, return_inverse=True)
        counts = model.use_ptr[columns + 1] - model.use_ptr[columns]
        shift = np.repeat(model.use_ptr[columns] - (np.cumsum(counts) - counts), counts)
        entries = shift + np.arange(len(shift))
        column = np.repeat(np.arange(len(columns)), counts)
        active = _active(model)
        number = np.full(len(rows), -1, dtype=np.int64)
        number[active] = len(agents) + np.arange(len(active))
        row = number[model.use_row[entries]]
        extra_row, extra_sign, extra_cost = self._extras(active, agents, number, place)
        first = len(columns)
        total = first + len(extra_row)
        cells = (
            np.concatenate(
                [np.ones(first), model.use_amount[entries][row >= 0], extra_sign]
            ),
            (
                np.concatenate([place, row[row >= 0], extra_row]),
                np.concatenate(
                    [np.arange(first), column[row >= 0], np.arange(first, total)]
                ),
            ),
        )
        matrix = sparse.csr_matrix(cells, shape=(len(agents) + len(active), total))
        scale = np.concatenate([np.ones(len(agents)), 1 / model.scale[active]])
        matrix = sparse.diags(scale) @ matrix
        low = np.where(rows.floor > 0, rows.floor, -np.inf)[active]
        high = np.where(rows.upper < UNLIMITED, rows.upper, np.inf)[active]
        lower = np.concatenate([np.where(model.must[agents], 1.0, -np.inf), low])
        upper = np.concatenate([np.ones(len(agents)), high])
        objective = np.concatenate([model.value[columns].astype(float), -extra_cost])
        program: Any = builder.ModelBuilderHelper()
        program.fill_model_from_sparse_data(
            np.zeros(total), np.full(total, np.inf), objective,
            lower * scale, upper * scale, matrix.tocsr(),
        )  # fmt: skip
        program.set_maximize(True)
        solver = builder.ModelSolverHelper("glop")
        solver.enable_output(False)
        solver.set_time_limit_in_seconds(max(0.01, watch.seconds_left()))
        watch.run(lambda: solver.solve(program), solver.interrupt_solve)
        watch.work += 50 * len(entries)
        if solver.status() != builder.SolveStatus.OPTIMAL:
            return False
        self.value = float(solver.objective_value())
        dual = np.asarray(solver.dual_values())
        self.price[active] = dual[len(agents) :] / model.scale[active]
        self._read(np.asarray(solver.variable_values())[:first], owner)
        return True

    def _extras(
        self, active: IntArray, agents: IntArray, number: IntArray, place: IntArray
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return row, sign and cost of the columns that let limits be broken."""
        model, rows = self.model, self.model.rows
        hard = PENALTY * self.worth / model.scale
        short = active[rows.floor[active] > 0]
        over = active[np.isfinite(rows.over_price[active])]
        must = np.flatnonzero(model.must[agents])
        return (
            np.concatenate([number[short], number[over], must]),
            np.concatenate(
                [np.ones(len(short)), -np.ones(len(over)), np.ones(len(must))]
            ),
            np.concatenate(
                [
                    np.minimum(rows.short_price[short], hard[short]),
                    rows.over_price[over],
                    np.full(len(must), PENALTY * self.worth),
                ]
            ),
        )

    def _read(self, x: FloatArray, owner: IntArray) -> None:
        """Take the choices on which the program is whole."""
        whole = x > 1 - WHOLE
        self.choice[owner[whole]] = self.columns[whole]
        part = (x > WHOLE) & ~whole
        self.fractional = np.unique(owner[part])


def _active(model: Model) -> IntArray:
    """Return the rows that can bind at all."""
    most = np.bincount(model.use_row, model.use_amount, minlength=len(model.rows))
    binds = (model.rows.floor > 0) | (most > model.rows.upper)
    return np.flatnonzero(binds)
