"""Kernels of pricing: sweeps of the Lagrangian dual, reduced values, bids for cohorts.

    reduced(o) = value(o) - sum of price(r) use(o, r)
    dual       = sum over agents of max(0, best reduced) + what the limits are worth

(Geoffrion 1974). Each kernel is plain Python over arrays, compiled where that pays
(dispatch.py). What is added up across agents is whole numbers, or done in fixed chunks,
so threads do not change a result. Agent a owns the options `agent_ptr[a]` up to
`agent_ptr[a + 1]`, option o the uses `use_ptr[o]` up to `use_ptr[o + 1]`.

Arrays: price float64[rows] in units of value for one unit of the row; value
int64[options]; use_amount int64[uses] in units of the row.
"""

from typing import NamedTuple

import numpy as np

from planner.optimiser.kernels.dispatch import kernel
from planner.optimiser.model.problem import BoolArray, FloatArray, IndexArray, IntArray

NEVER = -1e300
"""Worse than anything an option can be worth."""


class Options(NamedTuple):
    """Who can get what, and what that uses."""

    agent_ptr: IntArray
    value: IntArray | FloatArray
    use_ptr: IntArray
    use_row: IndexArray
    use_amount: IntArray
    must: BoolArray


class Walls(NamedTuple):
    """The limits of the rows; going past one costs its price for every started step."""

    lower: IntArray
    upper: IntArray
    only_if_used: BoolArray
    short_price: FloatArray
    over_price: FloatArray
    short_step: IntArray
    over_step: IntArray


class Index(NamedTuple):
    """Row r is used by the options `option[ptr[r]]` up to `option[ptr[r + 1]]`."""

    ptr: IntArray
    option: IndexArray
    agent: IndexArray


@kernel
def reduced_value(options: Options, price: FloatArray, option: int) -> float:
    """Return the value of an option less the price of what it uses."""
    reduced = float(options.value[option])
    for entry in range(options.use_ptr[option], options.use_ptr[option + 1]):
        reduced -= price[options.use_row[entry]] * options.use_amount[entry]
    return reduced


@kernel
def sweep(
    options: Options,
    price: FloatArray,
    first: int,
    last: int,
    use: IntArray,
) -> float:
    """Let agents first ... last - 1 take their best option at these prices.

    reduced value(o) = value(o) - sum of price(r) * use(o, r)

    Parameters
    ----------
    price
        float64[rows].
    use
        int64[rows]; what they take is added to it.

    Returns
    -------
    float
        The part of these agents in the Lagrangian bound, in units of value.
    """
    total = 0.0
    for agent in range(first, last):
        top = NEVER if options.must[agent] else 0.0
        chosen = -1
        for option in range(options.agent_ptr[agent], options.agent_ptr[agent + 1]):
            reduced = reduced_value(options, price, option)
            if reduced > top:
                top = reduced
                chosen = option
        if chosen >= 0:
            for entry in range(options.use_ptr[chosen], options.use_ptr[chosen + 1]):
                use[options.use_row[entry]] += options.use_amount[entry]
        elif options.must[agent]:
            top = 0.0
        total += top
    return total


@kernel
def share_out(
    options: Options,
    price: FloatArray,
    first: int,
    last: int,
    tie: float,
    use: FloatArray,
    share: FloatArray,
) -> float:
    """Let agents first ... last - 1 take all their best options in equal parts.

    As `sweep`, but options that come within `tie` of the best are taken as well, and
    nothing is one of them for an agent that may go without.

    Parameters
    ----------
    price
        float64[rows].
    tie
        In units of value.
    use
        float64[rows]; what all take together is added to it.
    share
        float64[options]; the part of each option that its agent takes, written to.

    Returns
    -------
    float
        The part of these agents in the Lagrangian bound, in units of value.
    """
    total = 0.0
    for agent in range(first, last):
        begin, end = options.agent_ptr[agent], options.agent_ptr[agent + 1]
        if begin == end:
            continue
        must = options.must[agent]
        top = NEVER if must else 0.0
        for option in range(begin, end):
            share[option] = reduced_value(options, price, option)
            top = max(top, share[option])
        total += top
        least = top - tie
        parts = 1 if not must and least <= 0.0 else 0
        for option in range(begin, end):
            if share[option] >= least:
                parts += 1
        for option in range(begin, end):
            if share[option] < least:
                share[option] = 0.0
                continue
            share[option] = 1.0 / parts
            for entry in range(options.use_ptr[option], options.use_ptr[option + 1]):
                use[options.use_row[entry]] += options.use_amount[entry] / parts
    return total


@kernel
def reduce_values(
    options: Options, price: FloatArray, first: int, last: int, reduced: FloatArray
) -> None:
    """Write the reduced value of options first ... last - 1 to `reduced`."""
    for option in range(first, last):
        reduced[option] = reduced_value(options, price, option)


@kernel
def uses_row(options: Options, option: int, row: int) -> bool:
    """Tell whether an option uses a row."""
    for entry in range(options.use_ptr[option], options.use_ptr[option + 1]):
        if options.use_row[entry] == row:
            return True
    return False


@kernel
def count_uses(options: Options, wanted: BoolArray, count: IntArray) -> None:
    """Add to `count` how many options use each of the wanted rows."""
    for row in options.use_row:
        if wanted[row]:
            count[row] += 1


@kernel
def list_uses(
    options: Options,
    wanted: BoolArray,
    place: IntArray,
    option: IndexArray,
    agent: IndexArray,
) -> None:
    """Write who uses each of the wanted rows, from its `place` on, in their order."""
    for owner in range(len(options.must)):
        for each in range(options.agent_ptr[owner], options.agent_ptr[owner + 1]):
            for entry in range(options.use_ptr[each], options.use_ptr[each + 1]):
                row = options.use_row[entry]
                if wanted[row]:
                    option[place[row]], agent[place[row]] = each, owner
                    place[row] += 1


@kernel
def bids(
    options: Options,
    price: FloatArray,
    option: IndexArray,
    agent: IndexArray,
    row: IntArray,
    bid: FloatArray,
) -> None:
    """Write what each option gains its agent if its row were free, to `bid`.

    It is compared with the agent's best option without the row.
    """
    for entry in range(len(option)):
        own = reduced_value(options, price, option[entry])
        for use in range(
            options.use_ptr[option[entry]], options.use_ptr[option[entry] + 1]
        ):
            if options.use_row[use] == row[entry]:
                own += price[row[entry]] * options.use_amount[use]
        other = NEVER if options.must[agent[entry]] else 0.0
        first = options.agent_ptr[agent[entry]]
        for place in range(first, options.agent_ptr[agent[entry] + 1]):
            if not uses_row(options, place, row[entry]):
                other = max(other, reduced_value(options, price, place))
        bid[entry] = own - other


@kernel
def worths(
    options: Options,
    lower: IntArray,
    rows: IntArray,
    ptr: IntArray,
    option: IndexArray,
    bid: FloatArray,
    worth: FloatArray,
) -> None:
    """Write the sum of the best bids for each row, as many as its floor asks for.

    The bids for `rows[i]` stand from `ptr[i]` to `ptr[i + 1]`. Rows that all of them
    cannot fill keep what `worth` says.
    """
    for place in range(len(rows)):
        row, first = rows[place], ptr[place]
        filled, total = 0, 0.0
        for rank in np.argsort(-bid[first : ptr[place + 1]]):
            total += bid[first + rank]
            each = option[first + rank]
            for entry in range(options.use_ptr[each], options.use_ptr[each + 1]):
                if options.use_row[entry] == row:
                    filled += options.use_amount[entry]
            if filled >= lower[row]:
                worth[row] = total
                break


@kernel
def spread(
    options: Options,
    inside: BoolArray,
    pool: BoolArray,
    ptr: IntArray,
    row: IndexArray,
    amount: IntArray,
) -> None:
    """Write the uses with those of pools on the rows of the sets they are inside.

    The rows of sets come after all others. With no room in `row` only `ptr` is written.
    """
    first, sets = inside.shape
    total = np.zeros(sets, np.int64)
    place = 0
    for option in range(len(options.value)):
        total[:] = 0
        for entry in range(options.use_ptr[option], options.use_ptr[option + 1]):
            used, much = options.use_row[entry], options.use_amount[entry]
            if pool[used]:
                for column in range(sets):
                    if inside[used, column]:
                        total[column] += much
                continue
            if len(row) > 0:
                row[place], amount[place] = used, much
            place += 1
        for column in range(sets):
            if total[column] > 0:
                if len(row) > 0:
                    row[place], amount[place] = first + column, total[column]
                place += 1
        ptr[option + 1] = place


@kernel
def reach(options: Options, most: FloatArray) -> None:
    """Write the most that all agents together could use of each row to `most`."""
    largest = np.zeros(len(most), np.int64)
    last = np.full(len(most), -1, np.int64)
    for agent in range(len(options.must)):
        first = options.use_ptr[options.agent_ptr[agent]]
        for entry in range(first, options.use_ptr[options.agent_ptr[agent + 1]]):
            row, amount = options.use_row[entry], options.use_amount[entry]
            if last[row] != agent:
                last[row] = agent
                largest[row] = 0
            if amount > largest[row]:
                most[row] += amount - largest[row]
                largest[row] = amount


@kernel
def price_of_more(walls: Walls, row: int, over: int, amount: int) -> float:
    """Return what this amount costs more that takes a row so far over its limit."""
    step = walls.over_step[row]
    steps = (over + step - 1) // step
    if over > amount:
        steps -= (over - amount + step - 1) // step
    return float(walls.over_price[row] * steps)


@kernel
def place(
    options: Options,
    walls: Walls,
    order: IntArray,
    reduced: FloatArray,
    least: float,
    use: IntArray,
    choice: IntArray,
) -> int:
    """Give the unplaced agents, in this order, their best option that still fits.

    An option fits if placing it raises the objective with the price of any upper limit
    it passes; those who must be placed only need it to pass no wall. Reduced values
    below `least` are left, except to those who must.
    """
    placed = 0
    for agent in order:
        if choice[agent] >= 0:
            continue
        must = options.must[agent]
        top = NEVER if must else least
        chosen = -1
        for option in range(options.agent_ptr[agent], options.agent_ptr[agent + 1]):
            if reduced[option] < top or (chosen >= 0 and reduced[option] == top):
                continue
            gain = float(options.value[option])
            for entry in range(options.use_ptr[option], options.use_ptr[option + 1]):
                row, amount = options.use_row[entry], options.use_amount[entry]
                over = use[row] + amount - walls.upper[row]
                if over > 0 and amount > 0:
                    gain -= price_of_more(walls, row, over, amount)
            if gain > 0 or (must and gain > NEVER):
                top = reduced[option]
                chosen = option
        if chosen >= 0:
            choice[agent] = chosen
            placed += 1
            for entry in range(options.use_ptr[chosen], options.use_ptr[chosen + 1]):
                use[options.use_row[entry]] += options.use_amount[entry]
    return placed
