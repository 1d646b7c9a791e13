"""Find prices: minimise the bound that they prove, sweep by sweep.

For prices p the bound is

    bound(p) = sum over agents of max(0, max of value(o) - sum p(r) use(o, r))
             + sum over rows of p(r) upper(r)  (p > 0)  or  p(r) lower(r)  (p < 0)

It is convex, and upper(r) - use(r), with the use when every agent takes its best
option, is a subgradient. So a row that is asked for more than it holds becomes dearer
and one that is asked for less becomes cheaper, in proportion to its relative excess:

    p(r) += step * worth / scale(r) * (use(r) - upper(r)) / upper(r)

with `worth` the mean value of a choice and `scale` the mean use of the row, so that a
step of 1 moves any price by about what an option is worth.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

import numpy as np

from planner.optimiser.flat import Model
from planner.optimiser.kernels import COMPILE_FROM, kernel
from planner.optimiser.problem import FloatArray, IntArray
from planner.optimiser.watch import Watch

T = TypeVar("T")

CHUNKS = 8
"""Parts a sweep is cut into. Fixed, so that sums of floats are the same always."""

STEP = 0.3
SHRINK = 0.7
PATIENCE = 8
"""Sweeps without progress before going back to the best prices with smaller steps."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of resources and budget lines, and the bound that they prove."""

    price: FloatArray
    supply_price: FloatArray
    bound: float


class Sweeper:
    """Sweeps over a model's options in fixed chunks, on several threads."""

    def __init__(self, model: Model, workers: int) -> None:
        self.model = model
        self.best = np.zeros(model.num_agents)
        large = model.num_uses >= COMPILE_FROM
        marks = np.linspace(0, model.num_agents, (CHUNKS if large else 1) + 1)
        self._marks = marks.astype(np.int64).tolist()
        self._uses = np.zeros((len(marks) - 1, len(model.rows)), dtype=np.int64)
        self._pool = ThreadPoolExecutor(workers) if large and workers > 1 else None
        self._sweep = kernel("sweep", model.num_uses)
        self._reduce = kernel("reduce_values", model.num_uses)

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

    def __call__(self, price: FloatArray) -> tuple[float, IntArray]:
        """Return the bound at these prices, and the use when all take their best."""
        self._uses[:] = 0
        totals = self._each(self._one_chunk, price)
        use: IntArray = self._uses.sum(axis=0)
        return sum(totals) + self.model.rows.worth(price), use

    def reduced(self, price: FloatArray) -> FloatArray:
        """Return the reduced value of every option."""
        result = np.empty(self.model.num_options)
        model = self.model

        def one(chunk: int, price: FloatArray) -> None:
            first, last = model.agent_ptr[self._marks[chunk : chunk + 2]]
            self._reduce(model.options, price, first, last, result)

        self._each(one, price)
        return result

    def _one_chunk(self, chunk: int, price: FloatArray) -> float:
        first, last = self._marks[chunk : chunk + 2]
        uses = self._uses[chunk]
        total: float = self._sweep(
            self.model.options, price, first, last, uses, self.best
        )
        return total

    def _each(self, part: Callable[[int, FloatArray], T], price: FloatArray) -> list[T]:
        """Call `part` for every chunk and return the answers in their order."""
        chunks = range(len(self._uses))
        if self._pool is None:
            return [part(chunk, price) for chunk in chunks]
        return list(self._pool.map(part, chunks, [price] * len(self._uses)))


@dataclass
class Descent:
    """Where the search for prices stands."""

    price: FloatArray
    bound: float = np.inf
    sweeps: int = 0


def find_prices(
    model: Model, sweep: Sweeper, watch: Watch, *, sweeps: int, start: FloatArray | None
) -> Descent:
    """Return the best prices found in at most this many sweeps."""
    rows = model.rows
    price = rows.clip(np.zeros(len(rows)) if start is None else start)
    best = Descent(price)
    unit = worth_of_a_choice(model) / model.scale
    size = np.maximum(np.where(rows.upper < 2**61, rows.upper, rows.floor), 1)
    damping, misses = 1.0, 0
    while best.sweeps < sweeps and not watch():
        bound, use = sweep(price)
        watch.work += model.num_uses
        best.sweeps += 1
        misses = 0 if bound < best.bound - 1e-6 * abs(best.bound) else misses + 1
        if bound < best.bound:
            best.bound, best.price = bound, price
        if misses >= PATIENCE:
            damping, misses, price = damping * SHRINK, 0, best.price
            continue
        slope = np.clip(_excess(model, price, use) / size, -1.0, 1.0)
        step = STEP * damping / (1 + best.sweeps / 30)
        price = _moved(model, price, step * unit * slope)
        if best.sweeps % 16 == 0:
            watch.report(bound=best.bound)
    return best


def worth_of_a_choice(model: Model) -> float:
    """Return what the choice of an agent decides about, on average."""
    if model.num_options == 0:
        return 1.0
    owners = np.flatnonzero(np.diff(model.agent_ptr))
    starts = model.agent_ptr[owners]
    most = np.maximum.reduceat(model.value, starts)
    least = np.minimum.reduceat(model.value, starts)
    base = np.where(model.must[owners], least, np.minimum(least, 0))
    return float(max(1.0, (most - base).mean()))


def _excess(model: Model, price: FloatArray, use: IntArray) -> FloatArray:
    """Return how much too much each row is used, negative for too little."""
    rows = model.rows
    over, under = use - rows.upper, use - rows.floor
    inside = np.where(price > 0, over, np.where(price < 0, under, 0))
    excess = np.where(over > 0, over, np.where(under < 0, under, inside))
    return excess.astype(np.float64)


def _moved(model: Model, price: FloatArray, change: FloatArray) -> FloatArray:
    """Return the prices after a step, which never jumps across zero."""
    moved = price + change
    crossed = moved * price < 0
    return model.rows.clip(np.where(crossed, 0.0, moved))
