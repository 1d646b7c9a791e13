"""The Lagrangian dual by subgradient descent, with sign-adaptive steps (Rprop).

All limits are priced into the objective (Lagrangian relaxation, Geoffrion 1974). For
prices p the bound is

    bound(p) = sum over agents of max(0, max of value(o) - sum p(r) use(o, r))
             + sum over rows of p(r) upper(r)  (p > 0)  or  p(r) lower(r)  (p < 0)

It is convex, and upper(r) - use(r), with the use when every agent takes its best
option, is a subgradient (Held, Wolfe and Crowder 1974). So a row that is asked for more
than it holds becomes dearer and one that is asked for less becomes cheaper:

    pace(r)  *= 1.2  where the excess keeps its sign,  0.7 where it changes
    speed(r)  = (speed(r) + (use(r) - upper(r)) / upper(r)) / 2
    p(r)     += pace(r) * worth / scale(r) * speed(r)

with `worth` the mean value of a choice and `scale` the mean use of the row, so that a
pace of 1 moves any price by about what an option is worth. Each row finds its own pace,
as each weight does in Rprop (Riedmiller and Braun 1993); now and then all start again
from the best prices so far. The rule is no convergent method: it is quick at first, and
the linear program (column_generation.py) makes its prices exact.

Arrays: prices float64[rows] in units of value for each unit of use, uses int64[rows],
reduced values float64[options].
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

import numpy as np

from planner.optimiser.kernels.dispatch import COMPILE_FROM, dispatch
from planner.optimiser.kernels.pricing import Options, reduce_values, share_out, sweep
from planner.optimiser.model.fees import NO_FEES, Fees
from planner.optimiser.model.parameters import SubgradientParameters
from planner.optimiser.model.problem import UNLIMITED, FloatArray, IntArray
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.row_model import RowModel

T = TypeVar("T")

CHUNKS = 8
"""Parts a sweep is cut into. Fixed, so that sums of floats are the same always."""


@dataclass(frozen=True, eq=False)
class DualSolution:
    """Prices of resources and budget lines, and the bound that they prove with the
    fees of cohorts."""

    price: FloatArray
    supply_price: FloatArray
    bound: float
    fees: Fees = NO_FEES


class Sweeper:
    """Sweeps over a model's options in fixed chunks, on several threads."""

    def __init__(self, model: RowModel, workers: int) -> None:
        self.model = model
        large = model.num_uses >= COMPILE_FROM
        marks = np.linspace(0, model.num_agents, (CHUNKS if large else 1) + 1)
        self._marks = marks.astype(np.int64).tolist()
        self._uses = np.zeros((len(marks) - 1, len(model.rows)), dtype=np.int64)
        self._pool = ThreadPoolExecutor(workers) if large and workers > 1 else None
        self._sweep = dispatch(sweep, model.num_uses)
        self._reduce = dispatch(reduce_values, model.num_uses)
        self._share_out = dispatch(share_out, model.num_uses)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def __call__(
        self, price: FloatArray, fees: Fees = NO_FEES
    ) -> tuple[float, IntArray]:
        """Return the bound at these prices, and the use when all take their best.

        Fees are those of options of the model.
        """
        model, options = self.model, self.model.priced
        if len(fees):
            options = options._replace(value=fees.less(options.value))
        self._uses[:] = 0

        def one(chunk: int, price: FloatArray) -> float:
            first, last = self._marks[chunk : chunk + 2]
            return self._sweep(options, price, first, last, self._uses[chunk])

        totals = self._each(one, model.pool_prices(price))
        bound = sum(totals) + model.rows.worth(price, fees)
        return bound, model.pool_use(self._uses.sum(axis=0))

    def shared(
        self, price: FloatArray, options: Options, tie: float
    ) -> tuple[float, FloatArray, FloatArray]:
        """Let agents take all options within `tie` of their best, in equal parts.

        `options` are those of the model, perhaps with other values. Where most are as
        good as the best, any one of them says little about what prices ask for.

        Returns
        -------
        tuple
            What the best options are worth together; float64[rows], what all take of
            each row; float64[options], the parts.
        """
        model = self.model
        uses = np.zeros((len(self._uses), len(model.rows)))
        share = np.zeros(model.num_options)

        def one(chunk: int, price: FloatArray) -> float:
            first, last = self._marks[chunk : chunk + 2]
            return self._share_out(options, price, first, last, tie, uses[chunk], share)

        totals = self._each(one, model.pool_prices(price))
        return sum(totals), model.pool_use(uses.sum(axis=0)), share

    def reduced(self, price: FloatArray, fees: Fees = NO_FEES) -> FloatArray:
        """Return the reduced value of every option, less its fees."""
        result = np.empty(self.model.num_options)
        model = self.model

        def one(chunk: int, price: FloatArray) -> None:
            first, last = model.agent_ptr[self._marks[chunk : chunk + 2]]
            self._reduce(model.priced, price, first, last, result)

        self._each(one, model.pool_prices(price))
        return fees.less(result) if len(fees) else result

    def _each(self, part: Callable[[int, FloatArray], T], price: FloatArray) -> list[T]:
        """Call `part` for every chunk and return the answers in their order."""
        chunks = range(len(self._uses))
        if self._pool is None:
            return [part(chunk, price) for chunk in chunks]
        return list(self._pool.map(part, chunks, [price] * len(self._uses)))


@dataclass
class Descent:
    """Where the search for prices stands: of rows, and fees of the model's options."""

    price: FloatArray
    bound: float = np.inf
    sweeps: int = 0
    fees: Fees = NO_FEES

    def of_problem(self, model: RowModel) -> DualSolution:
        """Return the prices of the problem that this whole model is of."""
        price, supply_price = model.prices(self.price, self.fees)
        return DualSolution(price, supply_price, self.bound, self.fees)

    def times(self, weight: float) -> "Descent":
        """Return the prices where every value is so many times as large."""
        return Descent(
            self.price * weight,
            self.bound * weight,
            self.sweeps,
            self.fees.times(weight),
        )


def find_prices(
    model: RowModel,
    sweep: Sweeper,
    watch: Watch,
    *,
    sweeps: int,
    start: FloatArray | None,
    whole: bool = True,
) -> Descent:
    """Return the best prices found in at most this many sweeps.

    Parameters
    ----------
    sweep
        Sweeps over this model; its threads are the caller's to close.
    sweeps
        How often all options are priced at most.
    start
        float64[rows]; prices to begin at, or None for zeros. They are clipped first.
    whole
        Whether a bound of the model is one of the problem, told to the caller.

    Returns
    -------
    Descent
        The best prices, float64[rows], with the bound that they prove, in units of
        value.
    """
    rows, tuned = model.rows, watch.parameters.subgradient
    first = rows.clip(np.zeros(len(rows)) if start is None else start)
    best = Descent(first)
    step, before = Pace(model, first, tuned), np.inf
    while best.sweeps < sweeps and not watch():
        bound, use = sweep(step.price)
        watch.work += model.num_uses
        best.sweeps += 1
        if bound < best.bound:
            best.bound, best.price = bound, step.price
        step.advance(use)
        if best.sweeps % tuned.restart_every == 0:
            step = Pace(model, best.price, tuned)
        if best.sweeps % tuned.look_every == 0:
            if before - best.bound < tuned.least_progress * abs(best.bound):
                break
            before = best.bound
        if best.sweeps % 16 == 0:
            watch.report(bound=best.bound if whole else None)
    return best


class Pace:
    """Prices on the move, each row at its own pace."""

    def __init__(
        self, model: RowModel, price: FloatArray, parameters: SubgradientParameters
    ) -> None:
        rows = model.rows
        self.model, self.price = model, price
        self.parameters = parameters
        self.unit = worth_of_a_choice(model) / model.scale
        limit = np.where(rows.upper < UNLIMITED, rows.upper, rows.floor)
        self.size = np.maximum(limit, 1)
        self.pace = np.full(len(rows), parameters.first_pace)
        self.speed = np.zeros(len(rows))
        self.sign = np.zeros(len(rows))

    def advance(self, use: IntArray) -> None:
        """Move every price by the excess at this use."""
        tuned = self.parameters
        excess = _excess(self.model, self.price, use) / self.size
        turn = np.sign(excess) * self.sign
        self.sign = np.sign(excess)
        faster = np.minimum(self.pace * tuned.faster, tuned.largest_pace)
        slower = np.where(turn < 0, self.pace * tuned.slower, self.pace)
        self.pace = np.where(turn > 0, faster, slower)
        push = np.clip(excess, -1.0, 1.0)
        self.speed = tuned.inertia * self.speed + (1 - tuned.inertia) * push
        change = self.pace * self.unit * self.speed
        self.price = _moved(self.model, self.price, change)


def worth_of_a_choice(model: RowModel) -> float:
    """Return what the choice of an agent decides about, on average.

    Returns
    -------
    float
        The mean, over agents with options, of their largest less their smallest value
        (0 for nothing); at least 1, in units of value.
    """
    if model.num_options == 0:
        return 1.0
    owners = np.flatnonzero(np.diff(model.agent_ptr))
    starts = model.agent_ptr[owners]
    most = np.maximum.reduceat(model.value, starts)
    least = np.minimum.reduceat(model.value, starts)
    base = np.where(model.must[owners], least, np.minimum(least, 0))
    return float(max(1.0, (most - base).mean()))


def _excess(model: RowModel, price: FloatArray, use: IntArray) -> FloatArray:
    """Return how much too much each row is used, negative for too little."""
    rows = model.rows
    over, under = use - rows.upper, use - rows.floor
    inside = np.where(price > 0, over, np.where(price < 0, under, 0))
    excess = np.where(over > 0, over, np.where(under < 0, under, inside))
    return excess.astype(np.float64)


def _moved(model: RowModel, price: FloatArray, change: FloatArray) -> FloatArray:
    """Return the prices after a step, which never jumps across zero."""
    moved = price + change
    crossed = moved * price < 0
    return model.rows.clip(np.where(crossed, 0.0, moved))
