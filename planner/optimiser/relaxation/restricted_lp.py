"""The restricted master program of column generation, by a simplex method (GLOP).

    maximise objective @ x,  subject to  lower <= A x <= upper,  x >= 0

over the columns that column_generation.py asks for (Gilmore and Gomory 1961). Its dual
values are the prices of the rows. Rows are divided by their mean use, so that a price
is of the size of a value.

Arrays: x and objective float64[columns], prices float64[rows] in units of value for one
unit of the row.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from planner.optimiser.model.problem import (
    UNLIMITED,
    BoolArray,
    FloatArray,
    IntArray,
    pointers,
    spans,
)
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.row_model import RowModel
from planner.optimiser.worker.branch_and_cut import model_of

STEPS = 50
"""Units of work that a simplex method is charged for each number of its matrix."""


@dataclass(frozen=True)
class RestrictedLp:
    """maximise objective @ x, subject to lower <= A x <= upper, x >= 0.

    The first columns are options, the first rows are agents. Then come the rows of the
    model that can bind, divided by their scale, and columns for soft and artificial
    use: with these the program always has a solution. Where budget lines overlap, what
    is used of a pool has a column of its own at the end, and a row that says so: an
    option then has one number for a pool, and not one for each set the pool is in.
    """

    objective: FloatArray
    lower: FloatArray
    upper: FloatArray
    cells: tuple[FloatArray, tuple[IntArray, IntArray]]
    options: int
    agents: int
    binding: IntArray
    scale: FloatArray
    constant: float

    @classmethod
    def of(
        cls, model: RowModel, core: BoolArray, settled: BoolArray, artificial: float
    ) -> Self:
        """Write the program of the core, with what is settled taken for granted.

        Passing a hard limit costs `artificial` a unit.
        """
        rows, columns = model.rows, np.flatnonzero(core & ~settled)
        agents, owner = np.unique(model.option_agent[columns], return_inverse=True)
        granted = np.flatnonzero(settled)
        used = use_of(model, granted)
        binding = _binding(model, columns, used)
        number = np.full(len(rows), -1, dtype=np.int64)
        number[binding] = len(agents) + np.arange(len(binding))
        column, row, amount = _cells(model, columns, number)
        extra = _Extras.of(model, binding, used, agents, number, artificial)
        first, total = len(columns), len(columns) + len(extra.row)
        scale = np.concatenate([np.ones(len(agents)), model.scale[binding]])
        pools = _Pools.of(model, columns, number)
        direct = ~pools.instead[row]
        column, row, amount = column[direct], row[direct], amount[direct]
        place = np.concatenate([owner, row, extra.row, pools.row])
        terms = np.concatenate(
            [np.ones(first), amount / scale[row], extra.sign, pools.terms(scale)]
        )
        ours = np.where(pools.column < 0, total + ~pools.column, pools.column)
        which = np.concatenate(
            [np.arange(first), column, np.arange(first, total), ours]
        )
        none = np.zeros(pools.count)
        floor, upper = rows.floor[binding], rows.upper[binding]
        left = np.where(floor > 0, floor - used[binding], -np.inf)
        right = np.where(upper < UNLIMITED, upper - used[binding], np.inf)
        must = np.where(model.must[agents], 1.0, -np.inf)
        return cls(
            objective=np.concatenate([model.value[columns], -extra.cost, none]),
            lower=np.concatenate([must, left / model.scale[binding], none]),
            upper=np.concatenate(
                [np.ones(len(agents)), right / model.scale[binding], none]
            ),
            cells=(terms, (place, which)),
            options=first,
            agents=len(agents),
            binding=binding,
            scale=scale[len(agents) :],
            constant=float(model.value[granted].sum()),
        )

    def arrays(self) -> dict[str, Any]:
        """Return the program as `branch_and_cut.model_of` takes it."""
        terms, (row, column) = self.cells
        order = np.argsort(row, kind="stable")
        return {
            "upper": np.full(len(self.objective), np.inf),
            "objective": self.objective,
            "low": self.lower,
            "high": self.upper,
            "ptr": pointers(np.bincount(row, minlength=len(self.lower))),
            "columns": np.asarray(column)[order],
            "terms": terms[order],
        }


@dataclass(frozen=True)
class LpSolution:
    """A solution: x of the options, the prices of all rows, the value with what is
    settled."""

    x: FloatArray
    price: FloatArray
    value: float


def maximise(
    program: RestrictedLp, watch: Watch, rows: int, seconds: float
) -> LpSolution | None:
    """Solve by GLOP, which can be stopped at any time; None if it was, or failed.

    Parameters
    ----------
    rows
        How many rows the whole model has.
    seconds
        Time for the simplex method, within what the watch allows.

    Returns
    -------
    LpSolution or None
        x float64[options of the program], price float64[rows], 0 for rows that cannot
        bind.
    """
    # A slow import, needed only where a program is solved.
    from ortools.linear_solver.python import model_builder_helper as builder

    helper = model_of(builder, program.arrays(), whole=False)
    solver: Any = builder.ModelSolverHelper("glop")
    solver.enable_output(False)
    solver.set_time_limit_in_seconds(max(0.01, min(seconds, watch.seconds_left())))
    watch.run(lambda: solver.solve(helper), solver.interrupt_solve)
    watch.work += STEPS * len(program.cells[0])
    if solver.status() != builder.SolveStatus.OPTIMAL:
        return None
    price = np.zeros(rows)
    last = program.agents + len(program.binding)
    dual = np.asarray(solver.dual_values())[program.agents : last]
    price[program.binding] = dual / program.scale
    x = np.asarray(solver.variable_values())[: program.options]
    return LpSolution(x, price, float(solver.objective_value()) + program.constant)


@dataclass(frozen=True)
class _Extras:
    """Columns that let a limit be passed at a price: row, sign and cost of each."""

    row: IntArray
    sign: FloatArray
    cost: FloatArray

    @classmethod
    def of(
        cls,
        model: RowModel,
        binding: IntArray,
        used: IntArray,
        agents: IntArray,
        number: IntArray,
        hard: float,
    ) -> Self:
        """Return them for floors, soft upper limits, those who must, and walls that
        what is settled has passed already."""
        rows = model.rows
        short = binding[rows.floor[binding] > 0]
        passed = (used > rows.upper)[binding]
        over = binding[np.isfinite(rows.over_price[binding]) | passed]
        must = np.flatnonzero(model.must[agents])

        def a_unit(at: IntArray, price: FloatArray, step: IntArray) -> FloatArray:
            return price[at] * model.scale[at] / step[at]

        return cls(
            np.concatenate([number[short], number[over], must]),
            np.repeat([1.0, -1.0, 1.0], [len(short), len(over), len(must)]),
            np.concatenate(
                [
                    np.minimum(a_unit(short, rows.short_price, rows.short_step), hard),
                    np.minimum(a_unit(over, rows.over_price, rows.over_step), hard),
                    np.full(len(must), hard),
                ]
            ),
        )


@dataclass(frozen=True)
class _Pools:
    """Rows that say what is used of each pool, and the columns that stand for it.

    `instead` tells of each row whether pools say what is used of it. Negative columns
    are those of pools, ~0 the first.
    """

    count: int
    instead: BoolArray
    row: IntArray
    column: IntArray
    amount: FloatArray

    @classmethod
    def of(cls, model: RowModel, columns: IntArray, number: IntArray) -> Self:
        """Return them for the sets of budget lines that are rows of the program."""
        rows = int(number.max(initial=-1)) + 1
        first = len(number) - len(model.sets)
        place = number[first:]
        sets = [at for at in range(len(model.sets)) if place[at] >= 0]
        members = [model.sets[at][0] for at in sets]
        nothing = np.zeros(0, dtype=np.int64)
        pools = np.unique(np.concatenate([nothing, *members]))
        instead = np.zeros(rows, dtype=bool)
        if len(sets) <= len(pools):
            return cls(0, instead, nothing, nothing, np.zeros(0))
        instead[place[sets]] = True
        order = np.full(model.problem.num_resources, -1, dtype=np.int64)
        order[pools] = np.arange(len(pools))
        option = columns if model.option is None else model.option[columns]
        entries, counts = spans(model.problem.use_ptr, option)
        pool = order[model.problem.use_resource[entries]]
        paid = pool >= 0
        return cls(
            len(pools),
            instead,
            np.concatenate(
                [
                    rows + pool[paid],
                    rows + np.arange(len(pools)),
                    np.repeat(place[sets], [len(each) for each in members]),
                ]
            ),
            np.concatenate(
                [
                    np.repeat(np.arange(len(columns)), counts)[paid],
                    ~np.arange(len(pools)),
                    ~order[np.concatenate(members)],
                ]
            ),
            np.concatenate(
                [
                    model.problem.use_amount[entries][paid].astype(np.float64),
                    np.full(len(pools), -1.0),
                    np.ones(sum(map(len, members))),
                ]
            ),
        )

    def terms(self, scale: FloatArray) -> FloatArray:
        """Return the numbers of these cells; what is used of a pool is in its scale."""
        rows = len(self.instead)
        of_pool = self.row >= rows
        own = of_pool & (self.column >= 0)
        pool = self.row[own] - rows
        total = np.bincount(pool, self.amount[own], minlength=self.count)
        number = np.bincount(pool, minlength=self.count)
        mean = np.maximum(total / np.maximum(number, 1), 1.0)
        result = self.amount.copy()
        result[own] /= mean[pool]
        inside = ~of_pool
        result[inside] *= mean[~self.column[inside]] / scale[self.row[inside]]
        return result


def use_of(model: RowModel, options: IntArray) -> IntArray:
    """Return the use of every row by these options."""
    use = np.zeros(len(model.rows), dtype=np.int64)
    _, entries = _entries(model, options)
    np.add.at(use, model.use_row[entries], model.use_amount[entries])
    return use


def _binding(model: RowModel, columns: IntArray, used: IntArray) -> IntArray:
    """Return the rows that these columns can break, or that are broken without."""
    _, entries = _entries(model, columns)
    most = used + np.bincount(
        model.use_row[entries], model.use_amount[entries], minlength=len(model.rows)
    )
    rows = model.rows
    binds = (most >= rows.upper) | (used < rows.floor)
    return np.flatnonzero(binds)


def _cells(
    model: RowModel, columns: IntArray, number: IntArray
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return column, row and amount of every use that a numbered row counts."""
    column, entries = _entries(model, columns)
    row = number[model.use_row[entries]]
    counted = row >= 0
    amount = model.use_amount[entries][counted].astype(np.float64)
    return column[counted], row[counted], amount


def _entries(model: RowModel, options: IntArray) -> tuple[IntArray, IntArray]:
    """Return, for every use of these options, whose it is and where it stands."""
    entries, counts = spans(model.use_ptr, options)
    return np.repeat(np.arange(len(options)), counts), entries
