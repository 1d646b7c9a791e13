"""Which cohorts run: what the linear program has open, or bids where there is none.

A cohort runs with a least number of people or not at all (a semi-continuous row). The
linear program with its rows x <= open (restricted_lp.py) decides nearly all of them;
what it leaves between is open at a half or more.

Where there are too many people for a linear program, cohorts bid, as facilities are
dropped and added (add: Kuehn and Hamburger 1963; drop: Feldman, Lehrer and Ray 1966).
What an agent bids for a cohort is what the agent would gain by going there at no price,
over the best option elsewhere:

    bid(a, r) = value - price of everything but r  -  best of a without r

and what it is worth that the cohort runs is the sum of the best bids, as many as its
floor asks for. Cohorts that run below their floor, or only because they are subsidised
by a negative price, are closed where that sum is negative, the worst first; prices
follow, and the rest are asked again. In the end closed cohorts whose bids have come to
be worth something are opened.

Arrays: closed bool[rows], worths float64[rows] in units of value.
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.optimiser.kernels.dispatch import dispatch
from planner.optimiser.kernels.pricing import Index, bids, worths
from planner.optimiser.model.problem import (
    BoolArray,
    FloatArray,
    IntArray,
    pointers,
    spans,
)
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.column_generation import MasterSolution
from planner.optimiser.relaxation.reduced_cost import losses
from planner.optimiser.relaxation.row_model import RowModel, Rows, cohort_rows
from planner.optimiser.relaxation.subgradient import Descent, Sweeper, find_prices

HALF = 0.5
"""How far open a cohort is that runs."""

OUT_OF_REACH = 1e9
"""The price of a cohort that does not run, in worths of a choice."""


@dataclass(frozen=True)
class Decision:
    """Which cohorts run, bool[rows] of those that do not, and the prices then."""

    closed: BoolArray
    model: RowModel
    descent: Descent


def follow(model: RowModel, core: MasterSolution, unit: float) -> Decision:
    """Run the cohorts that a linear program has open at a half or more.

    Parameters
    ----------
    core
        The linear program of the model, with the rows that see cohorts.
    unit
        The worth of a choice, in units of value.
    """
    closed = cohort_rows(model.rows) & (core.open < HALF)
    descent, far = core.descent, OUT_OF_REACH * unit / model.scale
    fixed = replace(model, rows=decided(model, closed))
    return Decision(
        closed,
        fixed,
        replace(descent, price=np.where(closed, far, descent.price), bound=np.inf),
    )


def decide(model: RowModel, start: Descent, unit: float, watch: Watch) -> Decision:
    """Decide which cohorts run by their bids, and return the prices when they do.

    A large model is decided on the options that lose least.

    Parameters
    ----------
    start
        Prices of the model with all cohorts open.
    unit
        The worth of a choice, in units of value.
    """
    sweeps = watch.parameters.cohorts.sweeps
    near = nearest(model, start.price, watch)
    found = _decide_near(near, start.price, unit, watch, sweeps)
    return settle(model, found.closed, found.descent.price, unit, watch, sweeps=sweeps)


def nearest(model: RowModel, price: FloatArray, watch: Watch) -> RowModel:
    """Return a large model without the options that lose most at these prices."""
    tuned = watch.parameters.cohorts
    if model.num_options < tuned.narrow_from:
        return model
    with Sweeper(model, watch.limits.workers) as sweep:
        loss, _ = losses(model, sweep.reduced(price))
    kept = int(tuned.narrow_share * model.num_options)
    return model.keep(loss <= np.partition(loss, kept)[kept])


def _decide_near(
    model: RowModel, price: FloatArray, unit: float, watch: Watch, sweeps: int
) -> Decision:
    """Close cohorts while that gains, then open again those that are missed."""
    tuned, cohorts = watch.parameters.cohorts, cohort_rows(model.rows)
    index = model.index(cohorts)
    closed = cohorts & (_most_use(model) < model.rows.lower)
    now = settle(model, closed, price, unit, watch, sweeps=2 * sweeps)
    for _ in range(tuned.rounds):
        short = (use_of(now, watch) < model.rows.lower) | (now.descent.price < 0)
        asked = cohorts & ~closed & short
        gain = np.where(asked, -worth_of_running(now, asked, index), -np.inf)
        pays = np.flatnonzero(gain > 0)
        if len(pays) == 0 or watch():
            break
        count = max(1, int(tuned.close_share * len(pays)))
        closed = closed.copy()
        closed[pays[np.argsort(-gain[pays], kind="stable")[:count]]] = True
        now = settle(model, closed, now.descent.price, unit, watch, sweeps=sweeps)
    missed = closed & (worth_of_running(now, closed, index) > 0)
    if not missed.any() or watch():
        return now
    price = now.descent.price
    again = settle(model, closed & ~missed, price, unit, watch, sweeps=sweeps)
    return again if again.descent.bound > now.descent.bound else now


def settle(
    model: RowModel,
    closed: BoolArray,
    price: FloatArray,
    unit: float,
    watch: Watch,
    *,
    sweeps: int,
) -> Decision:
    """Return prices for the model in which these cohorts are closed, the rest run.

    Parameters
    ----------
    closed
        bool[rows]; the cohorts that do not run.
    price
        float64[rows]; prices to begin at.
    sweeps
        Sweeps from there.
    """
    fixed = replace(model, rows=decided(model, closed))
    far = OUT_OF_REACH * unit / model.scale
    was_closed = price > far / 2
    start = np.where(closed, far, np.where(was_closed, 0.0, price))
    with Sweeper(fixed, watch.limits.workers) as sweep:
        descent = find_prices(
            fixed, sweep, watch, sweeps=sweeps, start=start, whole=False
        )
    return Decision(closed, fixed, descent)


def use_of(now: Decision, watch: Watch) -> IntArray:
    """Return the use of every row if everybody takes the best at these prices."""
    with Sweeper(now.model, watch.limits.workers) as sweep:
        return sweep(now.descent.price)[1]


def decided(model: RowModel, closed: BoolArray) -> Rows:
    """Return the limits once it is known which cohorts run."""
    rows = model.rows
    return replace(
        rows,
        lower=np.where(closed, 0, rows.lower),
        upper=np.where(closed, 0, rows.upper),
        only_if_used=rows.only_if_used & ~cohort_rows(model.rows),
    )


def worth_of_running(now: Decision, asked: BoolArray, index: Index) -> FloatArray:
    """Return what running each asked cohort at its floor is worth; -inf for others.

    Parameters
    ----------
    asked
        bool[rows]; the cohorts in question.
    index
        Who uses each cohort.

    Returns
    -------
    float64[rows]
        In units of value: the best bids, as many as the floor asks for.
    """
    model, lower = now.model, now.model.problem.resource_lower
    worth = np.full(len(model.rows), -np.inf)
    cohorts = np.flatnonzero(asked)
    entries, counts = spans(index.ptr, cohorts)
    option, agent = index.option[entries], index.agent[entries]
    bid = np.zeros(len(entries))
    dispatch(bids, model.num_uses)(
        model.options, now.descent.price, option, agent, np.repeat(cohorts, counts), bid
    )
    dispatch(worths, model.num_uses)(
        model.options, lower, cohorts, pointers(counts), option, bid, worth
    )
    return worth


def _most_use(model: RowModel) -> FloatArray:
    """Return the use if every option that uses a row were chosen."""
    return np.bincount(
        model.use_row, model.use_amount, minlength=len(model.rows)
    ).astype(np.float64)
