"""Kernels of exact cover: one set of jobs for each bin, every job in one of them.

Branching on whatever has the fewest sets left is the rule of Knuth's Algorithm X
(2000); here it is the job or the bin. A set of jobs is the bits of one machine word. A
branch is left once the sets that are left lose too much together, or miss a job.
"""

import math

import numpy as np

from planner.optimiser.kernels.dispatch import kernel
from planner.optimiser.kernels.knapsack import WORD, fill, sets_of, tighten
from planner.optimiser.model.problem import BoolArray, IntArray

FEWEST_JOBS = 16
"""Where bins hold more jobs than a word, so many of them at least are packed again."""

EVERY_JOB = 0.8
"""How often all jobs of the bins are packed again, where they fit into a word."""


@kernel
def rarest(  # noqa: C901 -- one look, compiled
    sets: IntArray,
    count: int,
    left: int,
    most: int,
    mask: IntArray,
    loss: IntArray,
    owner: IntArray,
    busy: BoolArray,
    branch: IntArray,
) -> tuple[int, int]:
    """Drop the sets that lose too much; return (how many stay, how many branches).

    `sets` are numbers of sets in the order of their loss, `left` the jobs they have to
    hold between them, `busy` the bins that have a set. `branch` becomes the sets of
    the job or bin that has the fewest; none where there is no way on.
    """
    bins = len(busy)
    offered = np.zeros(bins, dtype=np.int64)
    least = np.zeros(bins, dtype=np.int64)
    together, seen, free = 0, 0, 0
    for x in range(count):
        b = owner[sets[x]]
        if offered[b] == 0:
            least[b] = loss[sets[x]]
            together += least[b]
            seen += 1
        offered[b] += 1
    for b in range(bins):
        free += 0 if busy[b] else 1
        offered[b] = 0
    if seen < free or together > most:
        return 0, 0
    # Four words count, bit by bit, in how many sets each job is: 0 ... 7, or more.
    ones, twos, fours, many, stay = 0, 0, 0, 0, 0
    for x in range(count):
        s = sets[x]
        if loss[s] - least[owner[s]] + together > most:
            continue
        sets[stay] = s
        stay += 1
        offered[owner[s]] += 1
        carry = mask[s] & ones
        ones ^= mask[s]
        more = carry & twos
        twos ^= carry
        many |= more & fours
        fours ^= more
    if left & ~(ones | twos | fours | many) != 0:
        return stay, 0
    chosen, fewest, job = -1, count + 1, 0
    for b in range(bins):
        if not busy[b] and offered[b] < fewest:
            chosen, fewest = b, offered[b]
    for number in range(1, min(fewest, 8)):
        such = left & ~many
        such &= ones if number & 1 else ~ones
        such &= twos if number & 2 else ~twos
        such &= fours if number & 4 else ~fours
        if such != 0:
            job = such & -such
            break
    count_listed = 0
    for x in range(stay):
        s = sets[x]
        if mask[s] & job != 0 or (job == 0 and owner[s] == chosen):
            branch[count_listed] = s
            count_listed += 1
    return stay, count_listed


@kernel
def cover(  # noqa: C901 -- one loop, compiled
    full: int,
    mask: IntArray,
    loss: IntArray,
    owner: IntArray,
    count: int,
    most: int,
    now: IntArray,
    patience: int,
    lists: IntArray,
    branches: IntArray,
    chosen: IntArray,
) -> tuple[int, bool, bool]:
    """Find the disjoint sets, one a bin, that hold all jobs and lose least.

    The sets are in the order of their loss; `now` is the packing to be different from.
    Returns (work, found, finished): the packing is in `chosen` if one that loses at
    most `most` was found, and is the best if the search finished.
    """
    bins = len(chosen)
    size = np.zeros(bins + 1, dtype=np.int64)
    ways = np.zeros(bins + 1, dtype=np.int64)
    tried = np.full(bins + 1, -1, dtype=np.int64)
    lost = np.zeros(bins + 1, dtype=np.int64)
    left = np.zeros(bins + 1, dtype=np.int64)
    picks = np.zeros(bins + 1, dtype=np.int64)
    busy = np.zeros(bins, dtype=np.bool_)
    for s in range(count):
        lists[0, s] = s
    size[0], left[0] = count, full
    depth, work, better = 0, 0, False
    while depth >= 0 and work < patience:
        if depth == bins:
            other = False
            for d in range(bins):
                other = other or mask[picks[d]] != now[owner[picks[d]]]
            if other:
                better, most = True, lost[depth] - 1
                for d in range(bins):
                    chosen[owner[picks[d]]] = mask[picks[d]]
            depth -= 1
            busy[owner[picks[depth]]] = False
            continue
        if tried[depth] < 0:
            work += size[depth]
            tried[depth] = 0
            size[depth], ways[depth] = rarest(
                lists[depth], size[depth], left[depth], most - lost[depth], mask, loss,
                owner, busy, branches[depth],
            )  # fmt: skip
        if tried[depth] == ways[depth]:
            depth -= 1
            if depth >= 0:
                busy[owner[picks[depth]]] = False
            continue
        s = branches[depth, tried[depth]]
        tried[depth] += 1
        if lost[depth] + loss[s] > most:
            continue
        work += size[depth]
        kept = 0
        for x in range(size[depth]):
            t = lists[depth, x]
            if owner[t] != owner[s] and mask[t] & mask[s] == 0:
                lists[depth + 1, kept] = t
                kept += 1
        picks[depth] = s
        busy[owner[s]] = True
        lost[depth + 1] = lost[depth] + loss[s]
        left[depth + 1] = left[depth] & ~mask[s]
        size[depth + 1], tried[depth + 1] = kept, -1
        if kept == 0 and depth + 1 < bins:
            ways[depth + 1], tried[depth + 1] = 0, 0
        if depth + 1 == bins and left[depth + 1] != 0:
            busy[owner[s]] = False
            continue
        depth += 1
    return work, better, depth < 0


@kernel
def pack_again(
    price: IntArray,
    cost: IntArray,
    weight: IntArray,
    room: IntArray,
    now: IntArray,
    most: int,
    steps: int,
    patience: int,
    table: IntArray,
    mask: IntArray,
    loss: IntArray,
    lists: IntArray,
    branches: IntArray,
    chosen: IntArray,
) -> tuple[int, bool]:
    """Pack these jobs into these bins at a cost of at most `most`.

    Returns (work, found); the jobs of each bin are in `chosen`. Prices become better
    ones, in so many steps at most.
    """
    bins, jobs = cost.shape
    cells = jobs * (room.sum() + bins) // 8
    bound = tighten(
        price, cost, weight, room, most, most + 1, steps, steps // 4, 0.7, 0.0, table
    )
    work = (steps + 1) * cells
    if bound > most:
        return work, False
    each = len(mask) // bins
    owner = np.zeros(len(mask), dtype=np.int64)
    count = 0
    for i in range(bins):
        gain = price - cost[i]
        fill(gain, weight[i], room[i], jobs, table)
        spare, number = most - bound, -1
        while number < 0:
            number = sets_of(
                gain, weight[i], room[i], jobs, spare, table,
                mask[count : count + each], loss[count : count + each],
            )  # fmt: skip
            spare = spare * 6 // 10
            work += each // 2
        if number == 0:
            return work, False
        owner[count : count + number] = i
        count += number
    rank = np.argsort(loss[:count])
    walked, better, _ = cover(
        (1 << jobs) - 1, mask[:count][rank], loss[:count][rank], owner[:count][rank],
        len(rank), most - bound, now, patience, lists, branches, chosen,
    )  # fmt: skip
    return work + cells + walked, better


@kernel
def search_packings(  # noqa: C901 -- one loop, compiled
    seed: int,
    price: IntArray,
    cost: IntArray,
    weight: IntArray,
    capacity: IntArray,
    assigned: IntArray,
    best: IntArray,
    unit: int,
    heat: float,
    fewest: int,
    widest: int,
    budget: int,
    steps: int,
    most_sets: int,
    patience: int,
) -> int:
    """Pack a few random bins again and again until the work is done; return the cost.

    `assigned` walks about: a packing that costs more by d parts is taken with a chance
    of exp(-d / heat), and with no heat only a cheaper one. `best` becomes the cheapest
    assignment passed, and its cost is returned.
    """
    np.random.seed(seed)
    bins, count = cost.shape
    widest = min(widest, bins)
    load = np.zeros(bins, dtype=np.int64)
    here, least = 0, 0
    for j in range(count):
        load[assigned[j]] += weight[assigned[j], j]
        here += cost[assigned[j], j]
        least += cost[best[j], j]
    table = np.zeros((WORD + 1, capacity.max() + 1), dtype=np.int64)
    mask = np.zeros(most_sets * widest, dtype=np.int64)
    loss = np.zeros(most_sets * widest, dtype=np.int64)
    lists = np.zeros((widest + 1, most_sets * widest), dtype=np.int64)
    branches = np.zeros((widest + 1, most_sets * widest), dtype=np.int64)
    pool = np.zeros(count, dtype=np.int64)
    every = np.arange(bins)
    spent = 0
    while spent < budget:
        size = min(fewest, bins)
        size += np.random.randint(max(1, widest - size + 1))
        for x in range(size):
            y = x + np.random.randint(bins - x)
            every[x], every[y] = every[y], every[x]
        number = 0
        for j in range(count):
            for x in range(size):
                if assigned[j] == every[x]:
                    pool[number] = j
                    number += 1
        many = number
        if number > WORD or np.random.random() > EVERY_JOB:
            many = min(number, FEWEST_JOBS + np.random.randint(WORD - FEWEST_JOBS + 1))
            for x in range(many):
                y = x + np.random.randint(number - x)
                pool[x], pool[y] = pool[y], pool[x]
        spent += count
        if many < 2:
            continue
        own_cost = np.zeros((size, many), dtype=np.int64)
        own_weight = np.zeros((size, many), dtype=np.int64)
        own_price = np.zeros(many, dtype=np.int64)
        room = np.zeros(size, dtype=np.int64)
        now = np.zeros(size, dtype=np.int64)
        chosen = np.zeros(size, dtype=np.int64)
        before = 0
        for x in range(size):
            i = every[x]
            room[x] = capacity[i] - load[i]
            for k in range(many):
                j = pool[k]
                own_price[k] = price[j]
                own_cost[x, k], own_weight[x, k] = cost[i, j], weight[i, j]
                if assigned[j] == i:
                    room[x] += weight[i, j]
                    now[x] |= 1 << k
                    before += cost[i, j]
        most = before - unit
        if heat > 0:
            most = before + int(-heat * math.log(1.0 - np.random.random()))
        work, better = pack_again(
            own_price, own_cost, own_weight, room, now, most, steps, patience,
            table, mask[: most_sets * size], loss[: most_sets * size], lists, branches,
            chosen,
        )  # fmt: skip
        spent += work
        if not better:
            continue
        for x in range(size):
            i = every[x]
            for k in range(many):
                j = pool[k]
                if (now[x] >> k) & 1:
                    load[i] -= weight[i, j]
                    here -= cost[i, j]
                if (chosen[x] >> k) & 1:
                    assigned[j] = i
                    load[i] += weight[i, j]
                    here += cost[i, j]
        if here < least:
            least = here
            best[:] = assigned
    return least
