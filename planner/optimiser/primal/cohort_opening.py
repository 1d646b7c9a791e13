"""Minimum quantities: a drop, add and flip heuristic, as in facility location.

A cohort runs with a least number of people or not at all (a semi-continuous row). The
bound cannot see such a floor: half a cohort at half its floor is as good to it. So the
search decides, as about facilities (add: Kuehn and Hamburger 1963; drop: Feldman,
Lehrer and Ray 1966). What an agent bids for a cohort is what the agent would gain by
going there at no price, over the best option elsewhere:

    bid(a, r) = value - price of everything but r  -  best of a without r

and what it is worth that the cohort runs is the sum of the best bids, as many as its
floor asks for. Cohorts that run below their floor, or only because they are subsidised
by a negative price, are closed where that sum is negative, the worst first; prices
follow, and the rest are asked again. In the end closed cohorts whose bids have come to
be worth something are opened.

Where the linear program takes a moment only, each decision gets its exact prices and
its exact worth, the best decision seen is kept, and cohorts are flipped one by one,
those about which the bids are least decided first, as long as that gains.

Arrays: closed bool[rows], worths float64[rows] in units of value.
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.optimiser.kernels.dispatch import dispatch
from planner.optimiser.kernels.pricing import Index, bids, worths
from planner.optimiser.model.problem import BoolArray, FloatArray, pointers, spans
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.column_generation import (
    MasterSolution,
    generate_columns,
)
from planner.optimiser.relaxation.reduced_cost import losses
from planner.optimiser.relaxation.row_model import RowModel, Rows, cohort_rows
from planner.optimiser.relaxation.subgradient import Descent, Sweeper, find_prices

SHORT = 1e-6

OUT_OF_REACH = 1e9
"""The price of a cohort that does not run, in worths of a choice."""


@dataclass(frozen=True)
class Decision:
    """Which cohorts run, and the prices when they do."""

    closed: BoolArray
    model: RowModel
    descent: Descent
    use: FloatArray
    core: MasterSolution | None = None

    @property
    def exact(self) -> bool:
        return self.core is not None and self.core.exact

    def beats(self, other: "Decision") -> bool:
        """Whether this is the better of two decisions, as far as that is known."""
        if not (self.exact and other.exact):
            return not other.exact
        return self.descent.bound > other.descent.bound + 1e-6


def decide(
    model: RowModel,
    start: Descent,
    unit: float,
    watch: Watch,
    *,
    exactly: bool = False,
) -> Decision:
    """Decide which cohorts run by their bids, and return the prices when they do.

    A large model is decided on the options that lose least.

    Parameters
    ----------
    start
        Prices of the model with all cohorts open.
    unit
        The worth of a choice, in units of value.
    exactly
        Whether the decision gets its linear program in any case.

    Returns
    -------
    Decision
        Which rows are closed, bool[rows], the model in which they are, and its prices.
    """
    sweeps = watch.parameters.cohorts.sweeps
    near = nearest(model, start.price, watch)
    decision = _decide_near(near, start.price, unit, watch, sweeps)
    price = decision.descent.price
    return settle(
        model, decision.closed, price, unit, watch, sweeps=sweeps, exactly=exactly
    )


def follow(
    model: RowModel, core: MasterSolution, unit: float, watch: Watch
) -> Decision:
    """Decide as the linear program without floors suggests.

    What it leaves below its floor is closed, or only what it leaves far below while the
    rest is filled up, whichever its program finds better.

    Parameters
    ----------
    core
        The linear program of the model, in which a cohort may be used below its floor.
    unit
        The worth of a choice, in units of value.
    """
    tuned, cohorts = watch.parameters.cohorts, cohort_rows(model.rows)
    ends = watch.seconds + watch.part(tuned.follow_share)
    never = cohorts & (_most_use(model) < model.rows.lower)
    best: Decision | None = None
    for share in tuned.filled:
        closed, use = never, core.use
        for _ in range(tuned.rounds):
            wanted = share * model.rows.lower if use is core.use else model.rows.lower
            short = cohorts & ~closed & (use < wanted - SHORT)
            if use is not core.use and not short.any():
                break
            closed = closed | short
            price = core.descent.price
            now = settle(model, closed, price, unit, watch, sweeps=2, exactly=True)
            best = now if best is None or now.beats(best) else best
            if watch.report() or not now.exact or watch.seconds > ends:
                return best
            use = now.use
    assert best is not None
    return best


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
    now = best = settle(model, closed, price, unit, watch, sweeps=2 * sweeps)
    for _ in range(tuned.rounds):
        short = (now.use < model.rows.lower) | (now.descent.price < 0)
        asked = cohorts & ~closed & short
        gain = np.where(asked, -worth_of_running(now, asked, index), -np.inf)
        pays = np.flatnonzero(gain > 0)
        if len(pays) == 0 or watch():
            break
        count = max(1, int(tuned.close_share * len(pays)))
        closed = closed.copy()
        closed[pays[np.argsort(-gain[pays], kind="stable")[:count]]] = True
        now = settle(model, closed, now.descent.price, unit, watch, sweeps=sweeps)
        best = now if now.beats(best) else best
    missed = closed & (worth_of_running(now, closed, index) > 0)
    if missed.any() and not watch():
        opened = closed & ~missed
        again = settle(model, opened, now.descent.price, unit, watch, sweeps=sweeps)
        now = again if again.descent.bound > now.descent.bound else now
    best = now if now.beats(best) else best
    return _flip(model, best, cohorts, index, unit, watch) if best.exact else best


def _flip(
    model: RowModel,
    best: Decision,
    cohorts: BoolArray,
    index: Index,
    unit: float,
    watch: Watch,
) -> Decision:
    """Close or open one cohort at a time while that gains."""
    tuned = watch.parameters.cohorts
    ends = watch.seconds + watch.part(tuned.flip_share)
    tried = np.zeros(len(cohorts), dtype=bool)
    while not watch.report() and watch.seconds < ends:
        worth = worth_of_running(best, cohorts & ~tried, index)
        open_to = np.flatnonzero(np.isfinite(worth))
        if len(open_to) == 0:
            break
        # What speaks for the other decision; the most promising first.
        doubt = np.where(best.closed, worth, -worth)[open_to]
        cohort = open_to[int(np.argmax(doubt))]
        tried[cohort] = True
        closed = best.closed.copy()
        closed[cohort] = not closed[cohort]
        price = best.descent.price
        now = settle(model, closed, price, unit, watch, sweeps=tuned.sweeps)
        if now.beats(best):
            best = now
            tried[:] = False
            tried[cohort] = True
    return best


def settle(
    model: RowModel,
    closed: BoolArray,
    price: FloatArray,
    unit: float,
    watch: Watch,
    *,
    sweeps: int,
    exactly: bool = False,
) -> Decision:
    """Return prices for the model in which these cohorts are closed, the rest run.

    They are those of its program if it is small, or where that is asked for.

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
        core = None
        if exactly or model.num_options <= _exactly(watch):
            core = generate_columns(fixed, sweep, descent, watch, share=0.5)
            descent = core.descent if core else descent
        if core is not None and core.exact:
            return Decision(closed, fixed, descent, core.use, core)
        _, use = sweep(descent.price)
    return Decision(closed, fixed, descent, use.astype(np.float64), core)


def _exactly(watch: Watch) -> float:
    """Return up to how many options every decision is valued by its program."""
    tuned = watch.parameters.cohorts
    if watch.limits.work is not None:
        return tuned.exact_options
    by_time = tuned.exact_options_a_second * watch.seconds_left()
    return min(tuned.exact_options, by_time)


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
