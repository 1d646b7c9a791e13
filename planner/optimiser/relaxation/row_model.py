"""The model that the search solves: every limit a plain row of one matrix.

Budget lines are projected out (hall_cuts.py): the lines can carry the pools exactly if,
for certain sets S of lines,

    sum of use(p) over the pools with supply(p) inside S  <=  sum of upper(f) over S.

Each such set is a row with a price mu(S) >= 0, and the prices of the lines follow:

    price(f) = sum of mu(S) over S containing f
    price(p) = sum of mu(S) over S containing supply(p)  <=  price(f), f in supply(p)

so the rows prove exactly what the lines prove.

Arrays: options of agent a are `agent_ptr[a]` up to `agent_ptr[a + 1]`; uses of option o
are `use_ptr[o]` up to `use_ptr[o + 1]` (compressed sparse rows); limits int64[rows] in
units of their resource, prices float64[rows] in units of value for one of them.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from planner.optimiser.certificate.check import feasible
from planner.optimiser.kernels.dispatch import ONCE_FROM, dispatch
from planner.optimiser.kernels.pricing import (
    Index,
    Options,
    Walls,
    count_uses,
    list_uses,
    spread,
)
from planner.optimiser.model.fees import NO_FEES, Fees
from planner.optimiser.model.parameters import DEFAULTS, RowParameters
from planner.optimiser.model.problem import (
    HARD,
    UNLIMITED,
    BoolArray,
    FloatArray,
    IndexArray,
    IntArray,
    Problem,
    pointers,
    spans,
)
from planner.optimiser.model.validate import started
from planner.optimiser.relaxation.hall_cuts import LineSet, line_sets

CHUNK = 1 << 22
"""Uses counted together, so that a large problem needs no second copy."""

A = TypeVar("A", bound=npt.NDArray[Any])
Amounts = TypeVar("Amounts", IntArray, FloatArray)

GRAIN = 2.0**-24
"""Prices are whole multiples of this, so that the check can add them exactly."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """The limits of a model; an infinite price marks a hard one.

    Soft prices are paid for every started step of units; the steps of hard limits, and
    of those without any, are of one unit.
    """

    lower: IntArray
    upper: IntArray
    short_price: FloatArray
    over_price: FloatArray
    only_if_used: BoolArray
    short_step: IntArray
    over_step: IntArray

    def __len__(self) -> int:
        return len(self.upper)

    @cached_property
    def floor(self) -> IntArray:
        """The lower limits that hold in the LP: a cohort may also not run at all."""
        return np.where(self.only_if_used, 0, self.lower)

    @cached_property
    def least_price(self) -> FloatArray:
        return np.where(self.floor > 0, self.least_open_price, 0.0)

    @cached_property
    def least_open_price(self) -> FloatArray:
        """The same for a cohort that runs."""
        return np.where(
            self.lower > 0, -self._a_unit(self.short_price, self.short_step), 0.0
        )

    @cached_property
    def most_price(self) -> FloatArray:
        return np.where(
            self.upper < UNLIMITED, self._a_unit(self.over_price, self.over_step), 0.0
        )

    def _a_unit(self, price: FloatArray, step: IntArray) -> FloatArray:
        """Return what a unit costs, in whole grains where a step is more than one."""
        whole = np.floor(price / step / self.grain) * self.grain
        return np.where(step > 1, whole, price)

    @cached_property
    def grain(self) -> FloatArray:
        """What prices are multiples of: the finer, the more of a limit there is.

        Rounding then moves what a limit is worth by less than a unit of value.
        """
        limit = np.where(self.upper < UNLIMITED, self.upper, self.lower)
        _, bits = np.frexp(np.maximum(limit, 1 / GRAIN).astype(np.float64))
        grain: FloatArray = np.ldexp(1.0, 1 - bits)
        return grain

    def walls(
        self, *, price: FloatArray | float, closed: BoolArray | None = None
    ) -> Walls:
        """Return the limits with this price for passing a hard one.

        Cohorts that are `closed` may not be used at all.
        """
        shut = np.zeros(len(self), dtype=bool) if closed is None else closed
        return Walls(
            np.where(shut, 0, self.lower),
            np.where(shut, 0, self.upper),
            self.only_if_used & ~shut,
            np.where(np.isinf(self.short_price), price, self.short_price),
            np.where(np.isinf(self.over_price), price, self.over_price),
            self.short_step,
            self.over_step,
        )

    def worth(self, price: FloatArray, fees: Fees = NO_FEES) -> float:
        """Return what the limits are worth at these prices; a closed cohort nothing."""
        worth = price * np.where(price > 0, self.upper, self.lower)
        opened = np.maximum(worth + fees.of_rows(len(self)), 0.0)
        return float(np.where(self.only_if_used, opened, worth).sum())

    def clip(self, price: FloatArray, fees: Fees = NO_FEES) -> FloatArray:
        """Return the nearest prices that prove something, in whole grains.

        A cohort may have a price below 0 where its fees pay for that.
        """
        least = self.least_price
        if len(fees):
            paid = fees.of_rows(len(self)) > 0
            least = np.where(paid, self.least_open_price, least)
        clipped: FloatArray = np.clip(self.whole(price), least, self.most_price)
        return clipped

    def whole(self, price: FloatArray) -> FloatArray:
        """Return prices in whole grains."""
        grains: FloatArray = np.round(np.nan_to_num(price) / self.grain) * self.grain
        return grains

    def excess(self, use: IntArray) -> IntArray:
        """Return how far each hard limit is passed, above or below, or 0."""
        over = np.where(np.isinf(self.over_price), use - self.upper, 0)
        lower = np.where(self.only_if_used & (use == 0), 0, self.lower)
        short = np.where(np.isinf(self.short_price), lower - use, 0)
        result: IntArray = np.maximum(np.maximum(over, short), 0)
        return result

    def paid(self, use: IntArray) -> int:
        """Return the soft prices paid at this use."""
        soft = np.where(np.isinf(self.over_price), 0.0, self.over_price)
        over = started(use - self.upper, self.over_step) * soft.astype(np.int64)
        soft = np.where(np.isinf(self.short_price), 0.0, self.short_price)
        lower = np.where(self.only_if_used & (use == 0), 0, self.lower)
        short = started(lower - use, self.short_step) * soft.astype(np.int64)
        return int(over.sum() + short.sum())


@dataclass(frozen=True, eq=False, kw_only=True)
class RowModel:
    """Agents, options and rows in the flat arrays that kernels/pricing.py reads.

    Attributes
    ----------
    scale
        The mean use of each row by the options that use it.
    option
        int64[k]; the option of the problem behind each option here, or None for all.
    whole
        Every set of lines that counts is a row; else budget lines are checked apart.
    sets
        The (pools, lines) behind each row that stands for budget lines; those rows
        come after the resources.
    """

    problem: Problem
    agent_ptr: IntArray
    value: IntArray
    use_ptr: IntArray
    use_row: IndexArray
    use_amount: IntArray
    must: BoolArray
    rows: Rows
    scale: FloatArray
    option: IntArray | None = None
    whole: bool = True
    sets: tuple[tuple[IntArray, IntArray], ...] = ()

    @property
    def num_agents(self) -> int:
        return len(self.must)

    @property
    def num_options(self) -> int:
        return len(self.value)

    @property
    def num_uses(self) -> int:
        return len(self.use_row)

    @cached_property
    def options(self) -> Options:
        """The arrays as the kernels take them."""
        return Options(
            self.agent_ptr,
            self.value,
            self.use_ptr,
            self.use_row,
            self.use_amount,
            self.must,
        )

    @cached_property
    def priced(self) -> Options:
        """The same options for pricing: with what they use of pools, not of sets.

        An option has one number for a pool and many for the sets the pool is in, so
        this is a third of the numbers on real intakes (`pool_prices`, `pool_use`).
        """
        if not self.sets:
            return self.options
        ptr, row = self.problem.use_ptr, self.problem.use_resource
        amount = self.problem.use_amount
        if self.option is not None:
            entries, counts = spans(ptr, self.option)
            ptr, row, amount = pointers(counts), row[entries], amount[entries]
        arrays = frozen(ptr), frozen(row), frozen(amount)
        return Options(self.agent_ptr, self.value, *arrays, self.must)

    @cached_property
    def pools(self) -> IntArray:
        """The resources that lines supply: sets stand for their rows."""
        return np.flatnonzero(self.problem.resource_supplied)

    def pool_prices(self, price: FloatArray) -> FloatArray:
        """Return prices of rows with those of sets put on their pools."""
        if not self.sets:
            return price
        result = price.copy()
        first = len(price) - len(self.sets)
        result[self.pools] = np.einsum("ps,s->p", self.inside, price[first:])
        return result

    def pool_use(self, use: Amounts) -> Amounts:
        """Return the use of rows with that of pools put on their sets, in place."""
        if self.sets:
            first = len(use) - len(self.sets)
            # Not by `@`: the order of its sums depends on the threads.
            use[first:] = np.einsum("p,ps->s", use[self.pools], self.inside)
            use[self.pools] = 0
        return use

    @cached_property
    def inside(self) -> BoolArray:
        """bool[pools, sets]; whether a pool is in a set of lines."""
        inside = np.zeros((len(self.problem.resource_supplied), len(self.sets)), bool)
        for column, (pools, _) in enumerate(self.sets):
            inside[pools, column] = True
        return inside[self.pools]

    @cached_property
    def option_agent(self) -> IntArray:
        return np.repeat(np.arange(self.num_agents), np.diff(self.agent_ptr))

    def keep(self, mask: BoolArray) -> "RowModel":
        """Return the model with only these options."""
        kept = np.flatnonzero(mask)
        counts = np.diff(self.use_ptr)
        entries = np.repeat(mask, counts)
        return replace(
            self,
            agent_ptr=frozen(pointers(mask)[self.agent_ptr]),
            value=frozen(self.value[kept]),
            use_ptr=frozen(pointers(counts[kept])),
            use_row=frozen(self.use_row[entries]),
            use_amount=frozen(self.use_amount[entries]),
            option=kept if self.option is None else self.option[kept],
        )

    def use(self, choice: IntArray) -> IntArray:
        """Return the use of every row by the chosen options of this model."""
        chosen = choice[choice >= 0]
        entries, _ = spans(self.use_ptr, chosen)
        use = np.zeros(len(self.rows), dtype=np.int64)
        np.add.at(use, self.use_row[entries], self.use_amount[entries])
        return use

    def index(self, wanted: BoolArray) -> Index:
        """Return the options that use each of the wanted rows."""
        count = np.zeros(len(self.rows), dtype=np.int64)
        dispatch(count_uses, self.num_uses)(self.options, wanted, count)
        ptr = pointers(count)
        option = np.empty(ptr[-1], dtype=np.int32)
        agent = np.empty(ptr[-1], dtype=np.int32)
        write_uses = dispatch(list_uses, self.num_uses)
        write_uses(self.options, wanted, ptr[:-1].copy(), option, agent)
        return Index(ptr, option, agent)

    def objective(self, choice: IntArray) -> int:
        value = int(self.value[choice[choice >= 0]].sum())
        return value - self.rows.paid(self.use(choice))

    def feasible(self, choice: IntArray) -> bool:
        """Tell whether the plan keeps every hard limit."""
        placed = bool((choice[self.must] >= 0).all())
        if not placed or self.rows.excess(self.use(choice)).any():
            return False
        return self.whole or feasible(self.problem, self.original(choice))

    def original(self, choice: IntArray) -> IntArray:
        """Return the choice in the options of the problem."""
        if self.option is None:
            return choice
        result = np.full(len(choice), -1, dtype=np.int64)
        result[choice >= 0] = self.option[choice[choice >= 0]]
        return result

    def prices(
        self, price: FloatArray, fees: Fees = NO_FEES
    ) -> tuple[FloatArray, FloatArray]:
        """Return the prices of the problem's resources and budget lines."""
        return self.spread_prices(self.rows.clip(price, fees))

    def spread_prices(self, own: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the same for prices that are inside their ranges."""
        problem = self.problem
        resource = own[: problem.num_resources].copy()
        supply = np.zeros(problem.num_supplies)
        for (_, lines), mu in zip(self.sets, own[len(resource) :], strict=True):
            supply[lines] += mu
        for pool in np.flatnonzero(problem.resource_supplied):
            start, stop = problem.supply_ptr[pool : pool + 2]
            resource[pool] = supply[problem.supply_index[start:stop]].min()
        return resource, supply


def frozen(array: A) -> A:
    """Return the array made read-only: compiled kernels know one kind of array."""
    array.flags.writeable = False
    return array


def flatten(problem: Problem, parameters: RowParameters = DEFAULTS.rows) -> RowModel:
    """Return the model of a single-tier problem.

    Parameters
    ----------
    problem
        A problem of one tier: its values are `option_value`, int64[options].
    parameters
        How many sets of budget lines become rows.

    Returns
    -------
    RowModel
        The rows of resources first, in their order, then those of sets of lines.
    """
    rows = Rows(
        lower=problem.resource_lower,
        upper=problem.resource_upper,
        short_price=_price(problem.resource_shortfall_price),
        over_price=_price(problem.resource_excess_price),
        only_if_used=problem.resource_only_if_used,
        short_step=_step(problem, problem.resource_shortfall_price),
        over_step=_step(problem, problem.resource_excess_price),
    )
    model = RowModel(
        problem=problem,
        agent_ptr=frozen(problem.agent_ptr),
        value=problem.option_value,
        use_ptr=problem.use_ptr,
        use_row=problem.use_resource,
        use_amount=problem.use_amount,
        must=problem.agent_must,
        rows=rows,
        scale=np.ones(len(rows)),
    )
    sets, whole = line_sets(problem, parameters)
    model = _with_sets(model, sets) if sets else model
    scale = mean_use(model.use_row, model.use_amount, len(model.rows))
    return replace(model, scale=scale, whole=whole)


def mean_use(use_row: IndexArray, use_amount: IntArray, rows: int) -> FloatArray:
    """Return the mean use of each row by the options that use it, at least 1."""
    count, total = np.zeros(rows), np.zeros(rows)
    for start in range(0, len(use_row), CHUNK):
        part = slice(start, start + CHUNK)
        count += np.bincount(use_row[part], minlength=rows)
        total += np.bincount(use_row[part], use_amount[part], minlength=rows)
    scale: FloatArray = np.maximum(total / np.maximum(count, 1), 1.0)
    return scale


def cohort_rows(rows: Rows) -> BoolArray:
    """Return the rows that may be left unused or must be used enough."""
    result: BoolArray = (
        rows.only_if_used & (rows.lower > 0) & np.isinf(rows.short_price)
    )
    return result


def without_floors(model: RowModel) -> RowModel:
    """Return the model in which any number of people can be in a cohort."""
    rows = model.rows
    lower = np.where(cohort_rows(rows), 0, rows.lower)
    return replace(model, rows=replace(rows, lower=lower))


def narrow_rows(model: RowModel, parameters: RowParameters) -> BoolArray:
    """Return the limited rows that few options use: seats, not budgets."""
    number = np.zeros(len(model.rows), dtype=np.int64)
    every = np.ones(len(number), dtype=bool)
    dispatch(count_uses, model.num_uses)(model.options, every, number)
    most = max(parameters.seat_options, parameters.seat_share * model.num_options)
    few: BoolArray = number <= most
    return few & (model.rows.upper < UNLIMITED)


def _price(price: IntArray) -> FloatArray:
    return np.where(price == HARD, np.inf, price.astype(np.float64))


def _step(problem: Problem, price: IntArray) -> IntArray:
    return np.where(price == HARD, 1, problem.resource_step)


def _with_sets(model: RowModel, sets: list[LineSet]) -> RowModel:
    """Add a row for each set of lines, and its uses to every option."""
    count, first = len(sets), len(model.rows)
    inside = np.zeros((first, count), dtype=bool)
    for column, (pools, _, _) in enumerate(sets):
        inside[pools, column] = True
    old = model.rows
    rows = Rows(
        lower=np.append(old.lower, np.zeros(count, dtype=np.int64)),
        upper=np.append(old.upper, [budget for _, _, budget in sets]).astype(np.int64),
        short_price=np.append(old.short_price, np.full(count, np.inf)),
        over_price=np.append(old.over_price, np.full(count, np.inf)),
        only_if_used=np.append(old.only_if_used, np.zeros(count, dtype=bool)),
        short_step=np.append(old.short_step, np.ones(count, dtype=np.int64)),
        over_step=np.append(old.over_step, np.ones(count, dtype=np.int64)),
    )
    use_ptr, use_row, use_amount = _spread(model, inside, first)
    return replace(
        model,
        rows=rows,
        use_ptr=frozen(use_ptr),
        use_row=frozen(use_row),
        use_amount=frozen(use_amount),
        sets=tuple((pools, lines) for pools, lines, _ in sets),
    )


def _spread(
    model: RowModel, inside: BoolArray, first: int
) -> tuple[IntArray, IndexArray, IntArray]:
    """Return the uses with those of pools put on the rows of their sets, summed."""
    pool = np.zeros(first, dtype=bool)
    pool[: model.problem.num_resources] = model.problem.resource_supplied
    step = dispatch(spread, model.num_uses, ONCE_FROM)
    ptr = np.zeros(model.num_options + 1, dtype=np.int64)
    row, amount = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
    step(model.options, inside, pool, ptr, row, amount)
    row, amount = np.empty(ptr[-1], dtype=np.int32), np.empty(ptr[-1], dtype=np.int64)
    step(model.options, inside, pool, ptr, row, amount)
    return ptr, row, amount
