"""The Lagrangian bound of a tier, the levels of those before it being priced rows.

    bound(p, g) = sum over agents of max(0, best of v(o) + sum g_j v_j(o) - p use(o))
                + what the limits are worth at p  -  sum of g_j L_j        (g_j >= 0)

bounds every plan that is worth L_j or more in each earlier tier j (Geoffrion 1974): a
level is one more row, and its weight g_j one more price. Soft prices are paid in the
first tier, so in later tiers a unit of them is worth g_0.

Arrays: price float64[rows + levels], in units of value for one unit of the row, then
the weights; slack float64[rows + levels], the subgradient of the bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.optimiser.model.problem import FloatArray, IntArray
from planner.optimiser.relaxation.row_model import CHUNK, GRAIN, RowModel
from planner.optimiser.relaxation.subgradient import Sweeper, worth_of_a_choice

TIE = 1e-6
"""Options that lose no more than this part of a choice's worth are taken as well."""


@dataclass(frozen=True, eq=False)
class Level:
    """What is kept of an earlier tier: its values, int64[options], and how much."""

    value: IntArray
    least: int


class Lagrangian:
    """The bound of a model at any prices, and where it falls.

    The subgradient is that of agents who take all their best options in equal parts.
    The first of `levels` is the first tier, which pays the soft prices; without any
    they are paid here.
    """

    def __init__(
        self, model: RowModel, sweep: Sweeper, levels: Sequence[Level] = ()
    ) -> None:
        self.model, self.sweep, self.levels = model, sweep, tuple(levels)
        self.rows, self.count = model.rows, len(model.rows)
        self.level_values = [each.value.astype(np.float64) for each in levels]
        squares = [float((value**2).sum()) for value in self.level_values]
        squared = np.append(_squares(model), squares)
        self.scale: FloatArray = 1 / np.sqrt(np.maximum(squared, 1.0))
        self.value = model.value.astype(np.float64)
        self.tie = TIE * worth_of_a_choice(model)
        self.work = len(model.priced.use_row)
        rows = self.rows
        # What moves with the weight of the first tier: the ends of soft ranges.
        self.least = _finite(rows.least_price) if levels else np.zeros(self.count)
        self.most = _finite(rows.most_price) if levels else np.zeros(self.count)

    def __call__(self, price: FloatArray) -> tuple[float, FloatArray]:
        """Return the bound at prices that are clipped, and a subgradient of it."""
        own, weights = price[: self.count], price[self.count :]
        value = self.value.copy()
        for weight, own_value in zip(weights, self.level_values, strict=True):
            value += weight * own_value
        options = self.model.priced._replace(value=value)
        total, use, share = self.sweep.shared(own, options, self.tie)
        bound = total + self.rows.worth(own)
        slack = self._slack(own, use)
        if not self.levels:
            return bound, slack
        reached = [float((share * value).sum()) for value in self.level_values]
        over = np.array(reached) - [level.least for level in self.levels]
        bound -= float(weights @ [level.least for level in self.levels])
        over[0] += self._paid(own, weights[0], slack)
        return bound, np.append(slack, over)

    def clip(self, price: FloatArray) -> FloatArray:
        """Return the nearest prices that prove something, in whole grains."""
        own, weights = price[: self.count], price[self.count :]
        if not self.levels:
            return self.rows.clip(own)
        weights = np.maximum(0.0, np.round(weights / GRAIN) * GRAIN)
        low, high = self._ends(weights)
        return np.append(np.clip(self.rows.whole(own), low, high), weights)

    def inside(self, price: FloatArray, average: FloatArray) -> FloatArray:
        """Return a direction without what would lead out of the prices' ranges."""
        weights = price[self.count :]
        low, high = self._ends(weights)
        low = np.append(low, np.zeros(len(weights)))
        high = np.append(high, np.full(len(weights), np.inf))
        stuck = ((price <= low) & (average > 0)) | ((price >= high) & (average < 0))
        return np.where(stuck, 0.0, average)

    def _ends(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the ends of the ranges of the rows' prices at these weights."""
        low, high = self.rows.least_price, self.rows.most_price
        if not self.levels:
            return low, high
        return (
            np.where(np.isinf(low), low, weights[0] * self.least),
            np.where(np.isinf(high), high, weights[0] * self.most),
        )

    def _slack(self, price: FloatArray, use: FloatArray) -> FloatArray:
        """Return limit - use: of the limit that the price stands for, 0 between two."""
        rows = self.rows
        least, most = rows.least_price, rows.most_price
        over, under = rows.upper - use, rows.floor - use
        both = (least < 0) & (most > 0)
        between = np.where(over < 0, over, np.where(under > 0, under, 0))
        at_zero = np.where(both, between, np.where(least < 0, under, over))
        slack = np.where(price > 0, over, np.where(price < 0, under, at_zero))
        free = (least == 0) & (most == 0)
        result: FloatArray = np.where(free, 0.0, slack)
        return result

    def _paid(self, price: FloatArray, weight: float, slack: FloatArray) -> float:
        """Return what the weight changes by moving the prices at the ends of soft
        ranges with it: less what is paid there."""
        low = (self.least < 0) & (price <= weight * self.least) & (slack > 0)
        high = (self.most > 0) & (price >= weight * self.most) & (slack < 0)
        moved = np.where(low, self.least, 0.0) + np.where(high, self.most, 0.0)
        return float((moved * slack).sum())


def _finite(price: FloatArray) -> FloatArray:
    return np.where(np.isinf(price), 0.0, price)


def _squares(model: RowModel) -> FloatArray:
    """Return the sum of use**2 of every row."""
    squares = np.zeros(len(model.rows))
    for start in range(0, model.num_uses, CHUNK):
        part = slice(start, start + CHUNK)
        amount = model.use_amount[part].astype(np.float64)
        squares += np.bincount(
            model.use_row[part], amount * amount, minlength=len(squares)
        )
    return squares
