"""Kernels of local search: single switches, descent, ejection chains, tabu repair.

`climb` is a descent over single switches; `chain` moves an agent into a row with room
and refills what it leaves, and so on (ejection chains, Glover 1996); `mend` relieves
broken rows one by one with a tabu tenure and rising penalties (Glover 1989, Morris
1993).

They keep `use`, int64[rows], what the choice uses of every row, up to date. -1 is no
option. Costs and gains are in units of value.
"""

import numpy as np

from planner.optimiser.kernels.dispatch import kernel
from planner.optimiser.kernels.pricing import (
    NEVER,
    Index,
    Options,
    Walls,
    uses_row,
)
from planner.optimiser.model.problem import BoolArray, FloatArray, IntArray

WALL = 1e15
"""The price of a limit that no switch may break."""


@kernel
def row_cost(walls: Walls, row: int, use: int) -> float:
    """Return what it costs that a row is used this much."""
    if use > walls.upper[row]:
        step = walls.over_step[row]
        steps = (use - walls.upper[row] + step - 1) // step
        return float(walls.over_price[row] * steps)
    if use < walls.lower[row] and not (walls.only_if_used[row] and use == 0):
        step = walls.short_step[row]
        steps = (walls.lower[row] - use + step - 1) // step
        return float(walls.short_price[row] * steps)
    return 0.0


@kernel
def switch(options: Options, walls: Walls, old: int, new: int, use: IntArray) -> float:
    """Take option `old` out of `use` and put `new` in; return what the rows cost more.

    -1 is no option. Switching back restores `use`.
    """
    change = 0.0
    for step in range(2):
        option = old if step == 0 else new
        sign = -1 if step == 0 else 1
        if option >= 0:
            for entry in range(options.use_ptr[option], options.use_ptr[option + 1]):
                row = options.use_row[entry]
                before = use[row]
                after = before + sign * options.use_amount[entry]
                use[row] = after
                change += row_cost(walls, row, after) - row_cost(walls, row, before)
    return change


@kernel
def gain_of(
    options: Options,
    walls: Walls,
    worth: FloatArray,
    old: int,
    new: int,
    use: IntArray,
) -> float:
    """Return what the switch from `old` to `new` gains, the rows included."""
    cost = switch(options, walls, old, new, use)
    switch(options, walls, new, old, use)
    gain = -cost
    if new >= 0:
        gain += worth[new]
    if old >= 0:
        gain -= worth[old]
    return gain


@kernel
def best_switch(
    options: Options,
    walls: Walls,
    worth: FloatArray,
    agent: int,
    least: float,
    use: IntArray,
    choice: IntArray,
) -> tuple[int, float]:
    """Return the agent's best other choice and what it gains.

    Options that are worth no more than `least` above what the agent has are left.
    """
    old = choice[agent]
    held = worth[old] if old >= 0 else 0.0
    top, chosen = NEVER, old
    first = options.agent_ptr[agent]
    for option in range(first - 1, options.agent_ptr[agent + 1]):
        new = option if option >= first else -1
        if new == old or (new < 0 and options.must[agent]):
            continue
        if (worth[new] if new >= 0 else 0.0) - held <= least:
            continue
        gain = gain_of(options, walls, worth, old, new, use)
        if gain > top:
            top, chosen = gain, new
    return chosen, top


@kernel
def climb(
    options: Options,
    walls: Walls,
    order: IntArray,
    worth: FloatArray,
    least: float,
    use: IntArray,
    choice: IntArray,
) -> int:
    """Give each agent in turn a better choice, if there is one; return how many.

    `least` is 0 where no row costs anything now, so that no switch can save there.
    """
    moves = 0
    for agent in order:
        chosen, gain = best_switch(options, walls, worth, agent, least, use, choice)
        if gain > 1e-6:
            switch(options, walls, choice[agent], chosen, use)
            choice[agent] = chosen
            moves += 1
    return moves


@kernel
def fits(options: Options, walls: Walls, old: int, new: int, use: IntArray) -> bool:
    """Tell whether the switch from `old` to `new` passes no upper limit."""
    for entry in range(options.use_ptr[new], options.use_ptr[new + 1]):
        row = options.use_row[entry]
        after = use[row] + options.use_amount[entry]
        if after <= walls.upper[row]:
            continue
        if old >= 0:
            for other in range(options.use_ptr[old], options.use_ptr[old + 1]):
                if options.use_row[other] == row:
                    after -= options.use_amount[other]
        if after > walls.upper[row]:
            return False
    return True


@kernel
def newcomer(
    options: Options,
    walls: Walls,
    index: Index,
    reduced: FloatArray,
    row: int,
    stamp: IntArray,
    now: int,
    use: IntArray,
    choice: IntArray,
) -> tuple[int, float]:
    """Return the option that would use a row at least loss, and what it gains.

    Gains are in reduced values. Agents with the stamp of `now` have moved already.
    """
    chosen, top = -1, NEVER
    for place in range(index.ptr[row], index.ptr[row + 1]):
        option, agent = index.option[place], index.agent[place]
        old = choice[agent]
        if old == option or stamp[agent] == now:
            continue
        gain = reduced[option] - (reduced[old] if old >= 0 else 0.0)
        if gain > top and fits(options, walls, old, option, use):
            chosen, top = place, gain
    return chosen, top


@kernel
def vacated(
    options: Options, index: Index, price: FloatArray, old: int, new: int
) -> int:
    """Return the dearest row that is used by `old` and not by `new`, or -1."""
    row, top = -1, 0.0
    if old < 0:
        return row
    for entry in range(options.use_ptr[old], options.use_ptr[old + 1]):
        each = options.use_row[entry]
        paid = price[each] * options.use_amount[entry]
        if index.ptr[each] == index.ptr[each + 1] or paid <= top:
            continue
        if not uses_row(options, new, each):
            row, top = each, paid
    return row


@kernel
def chain(
    options: Options,
    walls: Walls,
    index: Index,
    price: FloatArray,
    reduced: FloatArray,
    starts: IntArray,
    depth: int,
    stamp: IntArray,
    first: int,
    use: IntArray,
    choice: IntArray,
) -> tuple[int, int]:
    """Fill rows that have room by chains of switches; return (chains, switches tried).

    Somebody moves to where there is room, somebody else to where the first has left,
    and so on, each time at the least loss of reduced value, until the objective has
    risen. A chain that loses more than the room is worth is undone. `stamp` holds
    numbers below `first`.
    """
    who = np.zeros(depth, np.int64)
    back = np.zeros(depth, np.int64)
    now, gains, tries = first, 0, 0
    for start in starts:
        again = True
        while again and use[start] < walls.upper[start]:
            row, total = start, 0.0
            left = price[start] * (walls.upper[start] - use[start])
            steps, best, top = 0, 0, 1e-6
            while row >= 0 and steps < depth:
                place, gain = newcomer(
                    options, walls, index, reduced, row, stamp, now, use, choice
                )
                left += gain
                if place < 0 or left <= 0:
                    break
                agent, new = index.agent[place], index.option[place]
                old = choice[agent]
                worth = float(options.value[new])
                if old >= 0:
                    worth -= options.value[old]
                total += worth - switch(options, walls, old, new, use)
                choice[agent] = new
                stamp[agent] = now
                who[steps], back[steps] = agent, old
                steps += 1
                if total > top:
                    best, top = steps, total
                row = vacated(options, index, price, old, new)
            tries += steps
            now += 1
            again = best > 0
            while steps > best:
                steps -= 1
                agent = who[steps]
                switch(options, walls, choice[agent], back[steps], use)
                choice[agent] = back[steps]
            gains += again
    return gains, tries


@kernel
def best_relief(
    options: Options,
    walls: Walls,
    index: Index,
    worth: FloatArray,
    row: int,
    start: int,
    most: int,
    free: IntArray,
    now: int,
    use: IntArray,
    choice: IntArray,
) -> tuple[int, int, float, int]:
    """Return the switch that relieves a row at least cost, and how far was looked.

    Looks at up to `most` options of the row from place `start` on: into a row that is
    short, out of one that is passed. Agents moved lately are not `free` yet.
    """
    over = use[row] > walls.upper[row]
    who, what, top = -1, -1, NEVER
    size = index.ptr[row + 1] - index.ptr[row]
    looked, steps = 0, 0
    while steps < size and looked < most:
        place = index.ptr[row] + (start + steps) % size
        option, agent = index.option[place], index.agent[place]
        steps += 1
        if free[agent] > now or (choice[agent] == option) != over:
            continue
        looked += 1
        if over:
            new, gain = best_switch(options, walls, worth, agent, NEVER, use, choice)
        else:
            new = option
            gain = gain_of(options, walls, worth, choice[agent], option, use)
        if gain > top:
            who, what, top = agent, new, gain
    return who, what, top, steps


@kernel
def mend(
    options: Options,
    walls: Walls,
    index: Index,
    hard_short: BoolArray,
    hard_over: BoolArray,
    worth: FloatArray,
    moves: int,
    most: int,
    tenure: int,
    use: IntArray,
    choice: IntArray,
) -> int:
    """Switch options until no hard row is broken; return how many moves that took.

    A broken row asks for the switch that relieves it at least cost. When none pays,
    its limit becomes dearer. An agent who was moved stays for `tenure` moves.
    """
    count = len(walls.lower)
    start = np.zeros(count, np.int64)
    free = np.zeros(len(options.must), np.int64)
    row, calm, now = 0, 0, 0
    while calm < count and now < moves:
        row = (row + 1) % count
        over = hard_over[row] and use[row] > walls.upper[row]
        under = hard_short[row] and use[row] < walls.lower[row]
        if under and walls.only_if_used[row] and use[row] == 0:
            under = False
        if not (under or over):
            calm += 1
            continue
        calm = 0
        now += 1
        who, what, gain, steps = best_relief(
            options, walls, index, worth, row, start[row], most, free, now, use, choice
        )
        start[row] += steps
        if who >= 0 and gain > 0:
            switch(options, walls, choice[who], what, use)
            choice[who] = what
            free[who] = now + tenure
        elif under:
            walls.short_price[row] *= 1.5
        else:
            walls.over_price[row] *= 1.5
    return now
