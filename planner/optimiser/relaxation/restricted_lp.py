"""The restricted master program of column generation, by a simplex method (GLOP).

    maximise objective @ x,  subject to  lower <= A x <= upper,  x >= 0

over the columns that column_generation.py asks for (Gilmore and Gomory 1961). Its dual
values are the prices of the rows. Rows are divided by their mean use, so that a price
is of the size of a value.

A cohort r runs with enough people or not at all. Where a solution splits it there is a
column y(r), how far it is open, and for options o that the solution has more of

    lower(r) y(r) <= use(r) <= upper(r) y(r),    x(o) <= y(r),    0 <= y(r) <= 1

(the perspective of a semi-continuous row, as in facility location). The dual values of
x(o) <= y(r) are entry fees.

Arrays: x and objective float64[columns], prices float64[rows] in units of value for one
unit of the row.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from planner.optimiser.model.fees import NO_FEES, Fees
from planner.optimiser.model.problem import (
    UNLIMITED,
    BoolArray,
    FloatArray,
    IntArray,
    spans,
)
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.row_model import RowModel
from planner.optimiser.relaxation.simplex import Basis, LinearProgram, solve

PASSED = 1e-6
"""What counts as passing a hard limit, in its mean use."""


@dataclass(frozen=True)
class RestrictedLp:
    """maximise objective @ x, subject to lower <= A x <= upper, x >= 0.

    The first columns are options, the first rows are agents. Then come the rows of the
    model that can bind, divided by their scale, and columns for soft and artificial
    use: with these the program always has a solution. Where budget lines overlap, what
    is used of a pool has a column of its own, and a row that says so: an option then
    has one number for a pool, and not one for each set the pool is in. Last are the
    split cohorts: how far each is open, its floor, and the rows of its `members`.
    """

    linear: LinearProgram
    options: int
    agents: int
    binding: IntArray
    scale: FloatArray
    constant: float
    walls: IntArray
    members: Fees
    cohorts: IntArray

    @classmethod
    def of(
        cls,
        model: RowModel,
        core: BoolArray,
        settled: BoolArray,
        artificial: float,
        members: Fees = NO_FEES,
    ) -> Self:
        """Write the program of the core, with what is settled taken for granted.

        Parameters
        ----------
        artificial
            What passing a hard limit costs a unit.
        members
            The options and cohorts of rows x <= y. Nobody in these cohorts is settled.
        """
        rows, columns = model.rows, np.flatnonzero(core & ~settled)
        agents, owner = np.unique(model.option_agent[columns], return_inverse=True)
        granted = np.flatnonzero(settled)
        used = use_of(model, granted)
        cohorts = np.unique(members.resource)
        binding = _binding(model, columns, used, cohorts)
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
        split = _Split.of(
            model, cohorts, members, columns, (column, row, amount / scale[row]),
            number, total + pools.count, len(scale) + pools.count,
        )  # fmt: skip
        floor, upper = rows.floor[binding], rows.upper[binding].copy()
        limited = cohorts[rows.upper[cohorts] < UNLIMITED]
        upper[np.searchsorted(binding, limited)] = 0
        left = np.where(floor > 0, floor - used[binding], -np.inf)
        right = np.where(upper < UNLIMITED, upper - used[binding], np.inf)
        must = np.where(model.must[agents], 1.0, -np.inf)
        linear = LinearProgram(
            objective=np.concatenate(
                [model.value[columns], -extra.cost, none, np.zeros(len(cohorts))]
            ),
            lower=np.concatenate(
                [must, left / model.scale[binding], none, split.lower]
            ),
            upper=np.concatenate(
                [np.ones(len(agents)), right / model.scale[binding], none, split.upper]
            ),
            term=np.append(terms, split.term),
            row=np.append(place, split.row),
            column=np.append(which, split.column),
            most=np.append(np.full(total + pools.count, np.inf), np.ones(len(cohorts))),
            column_name=_names(columns, extra.name, pools.pool, cohorts),
            row_name=_names(
                agents,
                binding,
                pools.pool,
                cohorts,
                split.members.option * len(rows) + split.members.resource,
            ),
        )
        return cls(
            linear=linear,
            options=first,
            agents=len(agents),
            binding=binding,
            scale=scale[len(agents) :],
            constant=float(model.value[granted].sum()),
            walls=first + np.flatnonzero(extra.cost == artificial),
            members=split.members,
            cohorts=cohorts,
        )


@dataclass(frozen=True)
class LpSolution:
    """A solution: x of the options, the prices of all rows, the value with what is
    settled, the fees of the rows x <= y, the basis of all that, and whether it passes
    hard limits."""

    x: FloatArray
    price: FloatArray
    value: float
    fees: Fees
    basis: Basis
    passes: bool


def maximise(
    program: RestrictedLp,
    watch: Watch,
    rows: int,
    seconds: float,
    start: Basis | None = None,
) -> LpSolution | None:
    """Solve by GLOP, which can be stopped at any time; None if it was, or failed.

    Parameters
    ----------
    rows
        How many rows the whole model has.
    seconds
        Time for the simplex method, within what the watch allows.
    start
        The basis of a similar program.

    Returns
    -------
    LpSolution or None
        x float64[options of the program], price float64[rows], 0 for rows that cannot
        bind.
    """
    vertex = solve(program.linear, watch, seconds, start)
    if vertex is None:
        return None
    price = np.zeros(rows)
    value, dual = vertex.x, vertex.dual
    last, split = program.agents + len(program.binding), len(program.cohorts)
    price[program.binding] = dual[program.agents : last] / program.scale
    members = program.members
    floors = dual[len(dual) - len(members) - split : len(dual) - len(members)]
    own = program.scale[np.searchsorted(program.binding, program.cohorts)]
    price[program.cohorts] += floors / own
    fees = replace(members, fee=np.maximum(dual[len(dual) - len(members) :], 0.0))
    return LpSolution(
        value[: program.options],
        price,
        vertex.value + program.constant,
        fees,
        vertex.basis,
        bool((value[program.walls] > PASSED).any()),
    )


@dataclass(frozen=True)
class _Split:
    """The cells of split cohorts, and the ends of their own rows: floors, members."""

    row: IntArray
    column: IntArray
    term: FloatArray
    lower: FloatArray
    upper: FloatArray
    members: Fees

    @classmethod
    def of(
        cls,
        model: RowModel,
        cohorts: IntArray,
        members: Fees,
        columns: IntArray,
        cells: tuple[IntArray, IntArray, FloatArray],
        number: IntArray,
        first_column: int,
        first_row: int,
    ) -> Self:
        """Return them; `cells` are column, row and term of the use of the program."""
        if not len(cohorts):
            none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
            return cls(none, none, nothing, nothing, nothing, NO_FEES)
        rows, count = model.rows, len(cohorts)
        place = np.searchsorted(columns, members.option)
        known = columns[np.minimum(place, len(columns) - 1)] == members.option
        members, place = members.only(known), place[known]
        opened = first_column + np.arange(count)
        floor = np.full(int(number.max()) + 1, -1, dtype=np.int64)
        bottom = first_row + np.arange(count)
        floor[number[cohorts]] = bottom
        column, row, term = cells
        inside = floor[row] >= 0
        member = first_row + count + np.arange(len(members))
        owner = opened[np.searchsorted(cohorts, members.resource)]
        scale = model.scale[cohorts]
        limited = rows.upper[cohorts] < UNLIMITED
        lower, upper = rows.lower[cohorts], np.where(limited, rows.upper[cohorts], 0)
        one = np.ones(len(members))
        return cls(
            np.concatenate(
                [number[cohorts], floor[row[inside]], bottom, member, member]
            ),
            np.concatenate([opened, column[inside], opened, place, owner]),
            np.concatenate([-upper / scale, term[inside], -lower / scale, one, -one]),
            np.concatenate([np.zeros(count), np.full(len(members), -np.inf)]),
            np.concatenate([np.full(count, np.inf), np.zeros(len(members))]),
            members,
        )


@dataclass(frozen=True)
class _Extras:
    """Columns that let a limit be passed at a price: row, sign and cost of each."""

    row: IntArray
    sign: FloatArray
    cost: FloatArray
    name: IntArray

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
            np.concatenate([2 * short, 2 * over + 1, 2 * len(rows) + agents[must]]),
        )


@dataclass(frozen=True)
class _Pools:
    """Rows that say what is used of each pool, and the columns that stand for it.

    `instead` tells of each row whether pools say what is used of it. Negative columns
    are those of pools, ~0 the first.
    """

    pool: IntArray
    instead: BoolArray
    row: IntArray
    column: IntArray
    amount: FloatArray

    @property
    def count(self) -> int:
        return len(self.pool)

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
            return cls(nothing, instead, nothing, nothing, np.zeros(0))
        instead[place[sets]] = True
        order = np.full(model.problem.num_resources, -1, dtype=np.int64)
        order[pools] = np.arange(len(pools))
        option = columns if model.option is None else model.option[columns]
        entries, counts = spans(model.problem.use_ptr, option)
        pool = order[model.problem.use_resource[entries]]
        paid = pool >= 0
        return cls(
            pools,
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


def _names(*kinds: IntArray) -> IntArray:
    """Return names for numbers of several kinds, one kind after the other."""
    return np.concatenate([number + (at << 56) for at, number in enumerate(kinds)])


def use_of(model: RowModel, options: IntArray) -> IntArray:
    """Return the use of every row by these options."""
    use = np.zeros(len(model.rows), dtype=np.int64)
    _, entries = _entries(model, options)
    np.add.at(use, model.use_row[entries], model.use_amount[entries])
    return use


def _binding(
    model: RowModel, columns: IntArray, used: IntArray, cohorts: IntArray
) -> IntArray:
    """Return the rows that these columns can break, or that are broken without, and
    those of split cohorts."""
    _, entries = _entries(model, columns)
    most = used + np.bincount(
        model.use_row[entries], model.use_amount[entries], minlength=len(model.rows)
    )
    rows = model.rows
    binds = (most >= rows.upper) | (used < rows.floor)
    binds[cohorts] = True
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
