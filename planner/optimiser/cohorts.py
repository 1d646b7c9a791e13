"""Decide which cohorts run: those that must have a least number of people, or nobody.

The bound cannot see such a floor: half a cohort at half its floor is as good to it. So
the search decides. With every cohort made to run, a floor that hurts has a negative
price p(r), and the cohort is subsidised by -p(r) lower(r) at these prices. Closing it
saves that, and costs its members the step down to their next best option:

    gain(r) = -p(r) lower(r) - sum over members of (best - best without r)

The cohorts that gain most are closed, prices follow, and the rest are asked again. A
closed cohort is worth opening if the best bids for it, each what an agent would gain
by going there, add up to something for the least number of people.
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.optimiser.core import losses
from planner.optimiser.flat import Model, Rows
from planner.optimiser.kernels import kernel
from planner.optimiser.prices import Descent, Sweeper, find_prices
from planner.optimiser.problem import BoolArray, FloatArray, IntArray
from planner.optimiser.watch import Watch

ROUNDS = 16
SWEEPS = 30
"""Sweeps after each round of closing; prices are near already."""

NARROW_FROM, NARROW = 50_000, 0.35
"""Options from which only this share of them is looked at to decide."""

SHARE = 0.3
"""How many of the cohorts that gain are closed together: each changes the others."""

OUT_OF_REACH = 1e9
"""The price of a cohort that does not run, in worths of a choice."""


@dataclass(frozen=True)
class Decision:
    """Which cohorts run, and the prices when they do."""

    closed: BoolArray
    model: Model
    descent: Descent


def undecided(model: Model) -> BoolArray:
    """Return the rows that may be left unused or must be used enough."""
    rows = model.rows
    result: BoolArray = (
        rows.only_if_used & (rows.lower > 0) & np.isinf(rows.short_price)
    )
    return result


def decide(
    model: Model, start: Descent, unit: float, watch: Watch, *, sweeps: int = SWEEPS
) -> Decision:
    """Decide which cohorts run, and return the prices when they do.

    A large model is decided on the options that lose least.
    """
    near = nearest(model, start.price, watch)
    found = _decide_near(near, start.price, unit, watch, sweeps)
    price = found.descent.price
    return settle(model, found.closed, price, unit, watch, sweeps=sweeps)


def nearest(model: Model, price: FloatArray, watch: Watch) -> Model:
    """Return a large model without the options that lose most at these prices."""
    if model.num_options < NARROW_FROM:
        return model
    with Sweeper(model, watch.limits.workers) as sweep:
        loss, _ = losses(model, sweep.reduced(price))
    kept = int(NARROW * model.num_options)
    return model.keep(loss <= np.partition(loss, kept)[kept])


def _decide_near(
    model: Model, price: FloatArray, unit: float, watch: Watch, sweeps: int
) -> Decision:
    """Close cohorts while that gains, then open again those that are missed."""
    cohorts = undecided(model)
    closed = cohorts & (_most_use(model) < model.rows.lower)
    now = settle(model, closed, price, unit, watch, sweeps=2 * sweeps)
    for _ in range(ROUNDS):
        gain = closing_gains(now, cohorts & ~closed)
        pays = np.flatnonzero(gain > 0)
        if len(pays) == 0 or watch():
            break
        count = max(1, int(SHARE * len(pays)))
        closed = closed.copy()
        closed[pays[np.argsort(-gain[pays], kind="stable")[:count]]] = True
        now = settle(model, closed, now.descent.price, unit, watch, sweeps=sweeps)
    missed = opening_gains(now) > 0
    if missed.any() and not watch():
        opened = closed & ~missed
        again = settle(model, opened, now.descent.price, unit, watch, sweeps=sweeps)
        if again.descent.bound > now.descent.bound:
            return again
    return now


def settle(
    model: Model,
    closed: BoolArray,
    price: FloatArray,
    unit: float,
    watch: Watch,
    *,
    sweeps: int,
) -> Decision:
    """Return prices for the model in which these cohorts are closed, the rest run."""
    fixed = replace(model, rows=decided(model, closed))
    far = OUT_OF_REACH * unit / model.scale
    was_closed = price > far / 2
    start = np.where(closed, far, np.where(was_closed, 0.0, price))
    with Sweeper(fixed, watch.limits.workers) as sweep:
        descent = find_prices(
            fixed, sweep, watch, sweeps=sweeps, start=start, whole=False
        )
    return Decision(closed, fixed, descent)


def decided(model: Model, closed: BoolArray) -> Rows:
    """Return the limits once it is known which cohorts run."""
    rows = model.rows
    return replace(
        rows,
        lower=np.where(closed, 0, rows.lower),
        upper=np.where(closed, 0, rows.upper),
        only_if_used=rows.only_if_used & ~undecided(model),
    )


def closing_gains(now: Decision, running: BoolArray) -> FloatArray:
    """Return what closing each running cohort gains, at the prices of now."""
    model, price = now.model, now.descent.price
    asked = running & (price < 0)
    stake = np.zeros(len(model.rows))
    kernel("row_stakes", model.num_uses)(model.options, price, asked, stake)
    gain: FloatArray = np.where(asked, -price * model.rows.lower - stake, -np.inf)
    return gain


def opening_gains(now: Decision) -> FloatArray:
    """Return what opening each closed cohort for its floor gains, -inf for others."""
    model, closed = now.model, now.closed
    lower = now.model.problem.resource_lower
    gain = np.full(len(model.rows), -np.inf)
    price = np.where(closed, 0.0, now.descent.price)
    entries = np.flatnonzero(closed[model.use_row])
    if len(entries) == 0:
        return gain
    option = np.searchsorted(model.use_ptr, entries, side="right") - 1
    bid = _bids(now, price, option)
    row = model.use_row[entries]
    order = np.lexsort((-bid, row))
    row, bid, amount = row[order], bid[order], model.use_amount[entries][order]
    first = np.searchsorted(row, np.arange(len(gain) + 1))
    for cohort in np.flatnonzero(closed):
        span = slice(first[cohort], first[cohort + 1])
        filled = np.cumsum(amount[span])
        need = int(np.searchsorted(filled, lower[cohort])) + 1
        if need <= len(filled):
            gain[cohort] = bid[span][:need].sum()
    return gain


def _bids(now: Decision, price: FloatArray, option: IntArray) -> FloatArray:
    """Return what each option would gain its agent if closed cohorts cost nothing."""
    model = now.model
    with Sweeper(model, 1) as sweep:
        sweep(now.descent.price)
        best = sweep.best
        bids: FloatArray = (
            sweep.reduced(price)[option] - best[model.option_agent[option]]
        )
    return bids


def _most_use(model: Model) -> FloatArray:
    """Return the use if every option that uses a row were chosen."""
    return np.bincount(
        model.use_row, model.use_amount, minlength=len(model.rows)
    ).astype(np.float64)
