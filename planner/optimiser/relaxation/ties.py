"""Perturbation of values that tie: how many do, and the same values with ties broken.

    value'(o) = weight value(o) + ties(o),  weight = mean |ties| / (share mean |value|)

Where most options are as good as the best of their agent the signs of the excess say
nothing about where prices should go, and everybody's best option is no plan. To perturb
what is degenerate is Charnes 1952.

Arrays: reduced values float64[options], value and ties int64[options].
"""

from dataclasses import replace

import numpy as np

from planner.optimiser.model.problem import FloatArray, IntArray
from planner.optimiser.relaxation.reduced_cost import losses
from planner.optimiser.relaxation.row_model import RowModel, frozen

TIED = 1e-3
"""A loss below this part of a choice's worth is none."""


def tied_share(model: RowModel, reduced: FloatArray, worth: float) -> float:
    """Return the share of the options that lose nothing against their agent's best."""
    loss, _ = losses(model, reduced)
    return float((loss <= TIED * worth).mean())


def tie_weight(value: IntArray, ties: IntArray, share: float) -> int:
    """Return what values weigh where others decide ties between them."""
    return max(1, round(worth_beside(value, ties) / share))


def worth_beside(value: IntArray, other: IntArray) -> float:
    """Return what values have to weigh to be as large as others on average."""
    worth = float(np.abs(value).mean()) or 1.0
    return float(np.abs(other).mean()) / worth


def untied(model: RowModel, ties: IntArray, weight: int) -> RowModel:
    """Return the model with its values so many times as large, and others added."""
    rows = model.rows
    return replace(
        model,
        value=frozen(model.value * weight + ties),
        rows=replace(
            rows,
            short_price=rows.short_price * weight,
            over_price=rows.over_price * weight,
        ),
    )
