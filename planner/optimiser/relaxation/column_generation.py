"""Column generation over explicit columns (sifting), for exact prices and a near plan.

At good prices most agents have one best option, and the reduced cost of most options is
so low that no program needs them. The restricted program keeps the options of small
loss, their reduced value below the best of their agent. Agents with a single one are
settled; the rest is solved by a simplex method, whose dual values are prices:

    maximise    sum value(o) x(o) - soft prices - artificial * penalty
    subject to  sum of x(o) over the options of an agent <= 1      (= 1 where must)
                floor(r) <= use of the settled + sum use(o, r) x(o) <= upper(r)

Pricing is one sweep over all options: it bounds every plan (the Lagrangian bound of the
duals), and options that would improve the program join it, until bound and program
meet. Dantzig and Wolfe 1960; over columns that are all known: Bixby, Gregory, Lustig,
Marsten and Shanno 1992.

Arrays: x float64[columns], prices float64[rows], losses float64[options] in units of
value.
"""

from dataclasses import dataclass

import numpy as np

from planner.optimiser.model.fees import NO_FEES, Fees, joined
from planner.optimiser.model.problem import BoolArray, FloatArray, IntArray, spans
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.reduced_cost import losses, width_for
from planner.optimiser.relaxation.restricted_lp import (
    RestrictedLp,
    maximise,
)
from planner.optimiser.relaxation.row_model import GRAIN, RowModel, cohort_rows
from planner.optimiser.relaxation.subgradient import Descent, Sweeper, worth_of_a_choice

WHOLE = 1e-6


@dataclass(frozen=True)
class MasterSolution:
    """What the program on the core says.

    Attributes
    ----------
    choice
        The choices on which the program is whole; -1 for nothing or a fraction.
    fractional
        The agents that the program splits between options.
    use
        float64[rows]; what the program uses of every row, fractions included.
    exact
        The prices prove no more than the program reaches.
    open
        float64[rows]; how far each cohort is open, 1 for every other row.
    value
        What the program reaches, with what it pays for limits that it passes.
    """

    descent: Descent
    choice: IntArray
    fractional: IntArray
    use: FloatArray
    exact: bool
    open: FloatArray
    value: float

    @property
    def splits(self) -> bool:
        """Whether there is a cohort neither open nor closed."""
        between = (self.open > WHOLE) & (self.open < 1 - WHOLE)
        return bool(between.any())


def generate_columns(
    model: RowModel, sweep: Sweeper, descent: Descent, watch: Watch, *, share: float
) -> MasterSolution | None:
    """Return exact prices and the plan of the program, or None if it was cut short.

    Parameters
    ----------
    sweep
        Prices all options of this model.
    descent
        Prices to start from: the nearer, the smaller the program.
    share
        Options that the program starts with besides the best, for each agent.

    Returns
    -------
    MasterSolution or None
        The last program solved and the best bound; None where the first was cut short.
    """
    tuned, unit = watch.parameters.column_generation, worth_of_a_choice(model)
    best, price = descent, descent.price
    reduced = sweep.reduced(price, descent.fees)
    loss, _ = losses(model, reduced)
    width = width_for(loss, max(tuned.least_options, int(share * model.num_agents)))
    possible = ~uses_closed_rows(model)
    core = possible & (loss <= width)
    settled = core
    members, basis, before, vain = NO_FEES, None, np.inf, 0
    outcome: MasterSolution | None = None
    began, left = watch.seconds, watch.part(1.0)
    ends = began + tuned.start_share * left
    for _ in range(tuned.rounds):
        settled = settled & settled_options(model, core, reduced, width)
        seen = np.isin(np.arange(len(model.rows)), members.resource)
        settled = settled & ~_users(model, seen)
        program = RestrictedLp.of(
            model, core, settled, tuned.artificial_price * unit, members
        )
        seconds = max(2 * (ends - watch.seconds), watch.part(tuned.program_share))
        answer = maximise(program, watch, len(model.rows), seconds, basis)
        if answer is None:
            return outcome
        basis = answer.basis
        price = np.where(model.rows.upper > 0, answer.price, price)
        fees = answer.fees.whole(GRAIN)
        price = shut(model, sweep, model.rows.clip(price, fees), fees, possible)
        bound, _ = sweep(price, fees)
        watch.work += model.num_uses
        if bound < best.bound:
            best = Descent(price, bound, best.sweeps, fees)
        near = tuned.exact_distance * max(1.0, abs(bound))
        exact = best.bound - answer.value <= near
        x = np.zeros(model.num_options)
        x[settled], x[core & ~settled] = 1.0, answer.x
        outcome = _read(model, best, x, answer.value, exact=exact)
        kept, broken = _members(model, answer.fees, x, outcome.open)
        vain = vain + 1 if exact and before - best.bound <= near else 0
        before = best.bound
        if (exact and not len(broken)) or vain > tuned.patience:
            break
        if not answer.passes:
            ends = began + tuned.whole_share * left
        if watch.report() or watch.seconds > ends:
            break
        members = joined([kept, broken])
        reduced = sweep.reduced(price, fees)
        asked = np.zeros(model.num_agents, dtype=bool)
        asked[model.option_agent[broken.option]] = True
        joins = asked[model.option_agent] | _improving(model, reduced, core)
        core = core | (possible & joins)
        if core.sum() > tuned.all_from_share * model.num_options:
            core = possible
    return outcome


def uses_closed_rows(model: RowModel) -> BoolArray:
    """Return bool[options]: those that use a row of which there is nothing."""
    return _users(model, _closed(model))


def _closed(model: RowModel) -> BoolArray:
    """Return bool[rows]: those of which there is nothing."""
    closed: BoolArray = (model.rows.upper == 0) & np.isinf(model.rows.over_price)
    return closed


def _uses(model: RowModel, rows: BoolArray) -> tuple[IntArray, IntArray]:
    """Return where something of these rows is used, and the option of each use."""
    if not rows.any():
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    entries = np.flatnonzero(rows[model.use_row] & (model.use_amount > 0))
    return entries, np.searchsorted(model.use_ptr, entries, side="right") - 1


def _users(model: RowModel, rows: BoolArray) -> BoolArray:
    """Return bool[options]: those that use something of these rows."""
    result = np.zeros(model.num_options, dtype=bool)
    result[_uses(model, rows)[1]] = True
    return result


def shut(
    model: RowModel,
    sweep: Sweeper,
    price: FloatArray,
    fees: Fees,
    possible: BoolArray,
) -> FloatArray:
    """Raise the prices of what there is nothing of until nobody would have it.

    The program is without the options that use it, so its prices say nothing about
    them. A price of nothing costs the bound nothing, so it is as high as is needed.

    Parameters
    ----------
    price
        float64[rows]; the prices of the program.
    possible
        bool[options]; those that use nothing of which there is nothing.

    Returns
    -------
    float64[rows]
        Prices that prove at least as much.
    """
    if possible.all():
        return price
    entries, option = _uses(model, _closed(model))
    reduced = sweep.reduced(price, fees)
    best = np.where(model.must, -np.inf, 0.0)
    np.maximum.at(best, model.option_agent[possible], reduced[possible])
    wanted = (reduced - best[model.option_agent])[option] / model.use_amount[entries]
    needed = np.zeros(len(price))
    able = np.isfinite(wanted)
    np.maximum.at(needed, model.use_row[entries][able], wanted[able])
    return model.rows.clip(np.where(needed > 0, price + needed + GRAIN, price), fees)


def settled_options(
    model: RowModel, core: BoolArray, reduced: FloatArray, width: float
) -> BoolArray:
    """Return the options that are taken for granted: alone in the core and needed."""
    alone = np.bincount(model.option_agent[core], minlength=model.num_agents) == 1
    needed = model.must[model.option_agent] | (reduced > width)
    result: BoolArray = core & alone[model.option_agent] & needed
    return result


def _improving(model: RowModel, reduced: FloatArray, core: BoolArray) -> BoolArray:
    """Return the options outside the core that would improve the program."""
    loss, best = losses(model, reduced)
    least = np.where(model.must, np.inf, best)
    owners = np.flatnonzero(np.diff(model.agent_ptr))
    inside = np.where(core, loss, np.inf)
    within = np.minimum.reduceat(inside, model.agent_ptr[owners])
    least[owners] = np.minimum(least[owners], within)
    margin = 1e-9 * (1 + np.abs(best))
    improves: BoolArray = loss < (least - margin)[model.option_agent]
    return improves & ~core


def _read(
    model: RowModel, descent: Descent, x: FloatArray, value: float, *, exact: bool
) -> MasterSolution:
    """Take the choices on which the program is whole; x float64[options]."""
    choice = np.full(model.num_agents, -1, dtype=np.int64)
    whole = np.flatnonzero(x > 1 - WHOLE)
    choice[model.option_agent[whole]] = whole
    split = np.flatnonzero((x > WHOLE) & (x <= 1 - WHOLE))
    fractional = np.unique(model.option_agent[split])
    use = model.use(choice).astype(np.float64)
    entries, counts = spans(model.use_ptr, split)
    parts = model.use_amount[entries] * np.repeat(x[split], counts)
    np.add.at(use, model.use_row[entries], parts)
    cohorts, floor = cohort_rows(model.rows), np.maximum(model.rows.lower, 1)
    opened = np.where(cohorts, np.minimum(1.0, use / floor), 1.0)
    return MasterSolution(descent, choice, fractional, use, exact, opened, value)


def _members(
    model: RowModel, have: Fees, x: FloatArray, opened: FloatArray
) -> tuple[Fees, Fees]:
    """Return the rows x <= y that bind in a solution, and those that it breaks.

    Parameters
    ----------
    have
        The rows of the program, with their fees.
    opened
        float64[rows]; y, how far each cohort is open at the most.
    """
    tight = x[have.option] > opened[have.resource] - WHOLE
    kept = have.only(tight | (have.fee > 0))
    split = (opened < 1 - WHOLE) & (opened > 0)
    entries, option = _uses(model, split)
    row = model.use_row[entries].astype(np.int64)
    known = kept.option * len(model.rows) + kept.resource
    broken = x[option] > opened[row] + WHOLE
    broken &= ~np.isin(option * len(model.rows) + row, known)
    option, row = option[broken], row[broken]
    return kept, Fees(option=option, resource=row, fee=np.zeros(len(row)))
