"""Kernels of knapsacks: the Lagrangian bound of generalised assignment, in integers.

With prices m_j on the jobs instead of the bins, each bin i is left with a knapsack

    V_i(m) = max sum of (m_j - cost_ij) over a set of jobs that fits into bin i

solved by dynamic programming (Bellman 1957), and no assignment costs less than sum m_j
- sum V_i(m) (Fisher, Jaikumar and Van Wassenhove 1986). That bound is at least as good
as the linear program's, often far better. A set that earns less than V_i by `loss` is
in no assignment cheaper than the bound plus `loss`, so only the sets with a small loss
matter; exact_cover.py puts them together.

Costs and prices are whole numbers here (scaled), so every bound is exact.

Arrays: cost and weight int64[bins, jobs], prices int64[jobs], tables int64[jobs + 1,
capacity + 1].
"""

import math

import numpy as np

from planner.optimiser.kernels.dispatch import kernel
from planner.optimiser.model.problem import IntArray

WORD = 62
"""Jobs that can be packed again at once: a set of them is one machine word."""


@kernel
def fill(
    gain: IntArray, weight: IntArray, room: int, count: int, table: IntArray
) -> int:
    """Let table[k, c] be the most that jobs k ... count - 1 earn in a bin of size c.

    Rows are cut to where they are read, so that the loops run over whole vectors.
    """
    for c in range(room + 1):
        table[count, c] = 0
    for k in range(count - 1, -1, -1):
        w, more = weight[k], gain[k]
        if more <= 0 or w > room:
            w = room + 1
        without, here = table[k + 1], table[k]
        for c in range(w):
            here[c] = without[c]
        within, beside, there = without, without[w:], here[w:]
        for c in range(room + 1 - w):
            there[c] = max(within[c] + more, beside[c])
    top: int = table[0, room]
    return top


@kernel
def wanted(
    price: IntArray,
    cost: IntArray,
    weight: IntArray,
    room: int,
    jobs: IntArray,
    gain: IntArray,
    heavy: IntArray,
) -> int:
    """List the jobs that earn something in a bin and fit, with what they earn and
    weigh; return how many.
    """
    count = 0
    for k in range(len(price)):
        if price[k] > cost[k] and weight[k] <= room:
            jobs[count] = k
            gain[count], heavy[count] = price[k] - cost[k], weight[k]
            count += 1
    return count


@kernel
def tighten(
    price: IntArray,
    cost: IntArray,
    weight: IntArray,
    room: IntArray,
    goal: int,
    enough: int,
    steps: int,
    patience: int,
    shrink: float,
    inertia: float,
    table: IntArray,
) -> int:
    """Raise the bound by subgradient steps; `price` becomes the best ones found.

    Job j's price rises while no bin wants it and falls while several do. After
    `patience` steps in vain it goes back to the best prices, with smaller steps. Stops
    once the bound is at least `enough`.
    """
    bins, jobs = cost.shape
    now = price.astype(np.float64)
    whole = price.copy()
    slope = np.zeros(jobs)
    direction = np.zeros(jobs)
    pick = np.zeros(jobs, dtype=np.int64)
    gain = np.zeros(jobs, dtype=np.int64)
    heavy = np.zeros(jobs, dtype=np.int64)
    step, best, misses, first = 1.0, -(1 << 62), 0, True
    for _ in range(steps + 1):
        bound = 0
        for k in range(jobs):
            whole[k] = math.floor(now[k] + 0.5)
            bound += whole[k]
            slope[k] = 1.0
        for i in range(bins):
            c = room[i]
            count = wanted(whole, cost[i], weight[i], c, pick, gain, heavy)
            bound -= fill(gain, heavy, c, count, table)
            for x in range(count):
                if table[x, c] > table[x + 1, c]:
                    slope[pick[x]] -= 1.0
                    c -= heavy[x]
        misses += 1
        if bound > best:
            best, misses = bound, 0
            price[:] = whole
        if best >= enough or step < 1e-5:
            break
        if misses >= patience:
            step, misses, first = step * shrink, 0, True
            now[:] = price
            continue
        length = 0.0
        for k in range(jobs):
            kept = 0.0 if first else inertia * direction[k]
            direction[k] = kept + (1.0 if first else 1.0 - inertia) * slope[k]
            length += direction[k] * direction[k]
        first = False
        if length < 1e-9:
            break
        for k in range(jobs):
            now[k] += step * max(goal - bound, 1) / length * direction[k]
    return best


@kernel
def stakes(
    price: IntArray,
    cost: IntArray,
    weight: IntArray,
    room: IntArray,
    forward: IntArray,
    table: IntArray,
    taking: IntArray,
    leaving: IntArray,
) -> int:
    """Return the bound, and how far it rises with job j put into bin i, or kept out."""
    bins, jobs = cost.shape
    pick = np.zeros(jobs, dtype=np.int64)
    gain = np.zeros(jobs, dtype=np.int64)
    heavy = np.zeros(jobs, dtype=np.int64)
    back = np.zeros(room.max() + 1, dtype=np.int64)
    bound = price.sum()
    for i in range(bins):
        size = room[i]
        count = wanted(price, cost[i], weight[i], size, pick, gain, heavy)
        top = fill(gain, heavy, size, count, table)
        bound -= top
        for c in range(size + 1):
            forward[0, c] = 0
        for x in range(count):
            w, more = heavy[x], gain[x]
            inside, outside = -(1 << 61), -(1 << 61)
            before, after, ends = forward[x], forward[x + 1], table[x + 1]
            for c in range(size + 1):
                back[c] = ends[size - c]
            for c in range(size + 1):
                outside = max(outside, before[c] + back[c])
            behind, there, beside = back[w:], after[w:], before[w:]
            for c in range(size + 1 - w):
                inside = max(inside, before[c] + behind[c])
            inside += more
            for c in range(w):
                after[c] = before[c]
            for c in range(size + 1 - w):
                there[c] = max(beside[c], before[c] + more)
            taking[i, pick[x]], leaving[i, pick[x]] = top - inside, top - outside
        # The others earn nothing: they are left out for nothing.
        for k in range(jobs):
            w, least = weight[i, k], price[k] - cost[i, k]
            if w > size:
                taking[i, k], leaving[i, k] = 1 << 61, 0
            elif least <= 0:
                taking[i, k] = top - forward[count, size - w] - least
                leaving[i, k] = 0
    return int(bound)


@kernel
def sets_of(
    gain: IntArray,
    weight: IntArray,
    room: int,
    count: int,
    spare: int,
    table: IntArray,
    members: IntArray,
    losses: IntArray,
) -> int:
    """List every set of jobs that fits and loses at most `spare`; -1 if too many.

    Needs what `fill` wrote to the table: it tells beforehand whether a branch can end
    well, so no branch is walked in vain.
    """
    job = np.zeros(2 * count + 2, dtype=np.int64)
    left = np.zeros(2 * count + 2, dtype=np.int64)
    owed = np.zeros(2 * count + 2, dtype=np.int64)
    chosen = np.zeros(2 * count + 2, dtype=np.int64)
    left[0], owed[0] = room, table[0, room] - spare
    number, height = 0, 1
    while height > 0:
        height -= 1
        k, c, due, bits = job[height], left[height], owed[height], chosen[height]
        if k == count:
            if number == len(losses):
                return -1
            members[number], losses[number] = bits, due + spare
            number += 1
            continue
        w = weight[k]
        if table[k + 1, c] >= due:
            job[height], left[height] = k + 1, c
            owed[height], chosen[height] = due, bits
            height += 1
        if c >= w and table[k + 1, c - w] + gain[k] >= due:
            job[height], left[height] = k + 1, c - w
            owed[height], chosen[height] = due - gain[k], bits | (1 << k)
            height += 1
    return number
