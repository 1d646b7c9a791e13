"""Kernels for problems that are nothing but bins: jobs to machines, teams to rooms.

With prices m_j on the jobs instead of the bins, each bin i is left with a knapsack

    V_i(m) = max sum of (m_j - cost_ij) over a set of jobs that fits into bin i

and no assignment costs less than sum m_j - sum V_i(m). That bound is at least as good
as the linear program's, often far better. A set that earns less than V_i by `loss` is
in no assignment cheaper than the bound plus `loss`, so a few bins can be packed again
exactly by listing only the sets with a small loss and putting disjoint ones together.

Costs and prices are whole numbers here (scaled), so every bound is exact. The kernels
are plain Python; kernels.py compiles them.
"""

import math

import numpy as np

from planner.optimiser.kernels import PLAIN
from planner.optimiser.problem import FloatArray, IntArray

WORD = 62
"""Jobs that can be packed again at once: a set of them is one machine word."""

SIDEWAYS = 0.2
"""How often a different packing of the same cost is taken, to get about."""


def fill(
    price: IntArray,
    cost: IntArray,
    weight: IntArray,
    room: int,
    count: int,
    table: IntArray,
) -> int:
    """Let table[k, c] be the most that jobs k ... count - 1 earn in a bin of size c."""
    for c in range(room + 1):
        table[count, c] = 0
    for k in range(count - 1, -1, -1):
        gain, w = price[k] - cost[k], weight[k]
        if gain <= 0 or w > room:
            for c in range(room + 1):
                table[k, c] = table[k + 1, c]
            continue
        for c in range(w):
            table[k, c] = table[k + 1, c]
        for c in range(w, room + 1):
            without, within = table[k + 1, c], table[k + 1, c - w] + gain
            table[k, c] = max(within, without)
    top: int = table[0, room]
    return top


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
    step, best, misses, first = 1.0, -(1 << 62), 0, True
    for _ in range(steps + 1):
        bound = 0
        for k in range(jobs):
            whole[k] = math.floor(now[k] + 0.5)
            bound += whole[k]
            slope[k] = 1.0
        for i in range(bins):
            bound -= fill(whole, cost[i], weight[i], room[i], jobs, table)
            c = room[i]
            for k in range(jobs):
                if table[k, c] > table[k + 1, c]:
                    slope[k] -= 1.0
                    c -= weight[i, k]
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
    bound = price.sum()
    for i in range(bins):
        size = room[i]
        top = fill(price, cost[i], weight[i], size, jobs, table)
        bound -= top
        for c in range(size + 1):
            forward[0, c] = 0
        for k in range(jobs):
            gain, w = price[k] - cost[i, k], weight[i, k]
            inside, outside = -(1 << 61), -(1 << 61)
            for c in range(size + 1):
                rest = forward[k, c] + table[k + 1, size - c]
                outside = max(outside, rest)
                if w <= size - c:
                    rest = forward[k, c] + table[k + 1, size - c - w] + gain
                    inside = max(inside, rest)
                best = forward[k, c]
                if c >= w:
                    best = max(best, forward[k, c - w] + gain)
                forward[k + 1, c] = best
            taking[i, k], leaving[i, k] = top - inside, top - outside
    return int(bound)


def sets_of(
    price: IntArray,
    cost: IntArray,
    weight: IntArray,
    room: int,
    count: int,
    spare: int,
    table: IntArray,
    members: IntArray,
    losses: IntArray,
) -> int:
    """List every set of jobs that fits and loses at most `spare`; -1 if too many.

    Needs the table of all jobs, the unprofitable ones too: the table tells beforehand
    whether a branch can end well, so no branch is walked in vain.
    """
    most = fill(price, cost, weight, room, count, table)
    job = np.zeros(2 * count + 2, dtype=np.int64)
    left = np.zeros(2 * count + 2, dtype=np.int64)
    owed = np.zeros(2 * count + 2, dtype=np.int64)
    chosen = np.zeros(2 * count + 2, dtype=np.int64)
    left[0], owed[0] = room, most - spare
    found, height = 0, 1
    while height > 0:
        height -= 1
        k, c, due, taken = job[height], left[height], owed[height], chosen[height]
        if k == count:
            if found == len(losses):
                return -1
            members[found], losses[found] = taken, due + spare
            found += 1
            continue
        gain, w = price[k] - cost[k], weight[k]
        if table[k + 1, c] >= due:
            job[height], left[height] = k + 1, c
            owed[height], chosen[height] = due, taken
            height += 1
        if c >= w and table[k + 1, c - w] + gain >= due:
            job[height], left[height] = k + 1, c - w
            owed[height], chosen[height] = due - gain, taken | (1 << k)
            height += 1
    return found


def fit_together(  # noqa: C901 -- one loop, compiled
    full: int,
    counts: IntArray,
    members: IntArray,
    losses: IntArray,
    order: IntArray,
    price: IntArray,
    cost: IntArray,
    weight: IntArray,
    room: IntArray,
    top: IntArray,
    most: int,
    now: IntArray,
    patience: int,
    chosen: IntArray,
) -> int:
    """Find disjoint sets, one a bin, that hold all jobs and lose at most `most`.

    The last bin takes what is left. The result is in `chosen`; returns the nodes
    walked, negative when nothing was found.
    """
    bins, last = len(counts), order[len(counts) - 1]
    jobs = cost.shape[1]
    position = np.zeros(bins, dtype=np.int64)
    taken = np.zeros(bins + 1, dtype=np.int64)
    lost = np.zeros(bins + 1, dtype=np.int64)
    trial = np.zeros(bins, dtype=np.int64)
    depth, nodes, found = 0, 0, False
    while depth >= 0 and nodes < patience:
        if depth == bins - 1:
            rest, weighs, earns = full & ~taken[depth], 0, 0
            for k in range(jobs):
                if (rest >> k) & 1:
                    weighs += weight[last, k]
                    earns += price[k] - cost[last, k]
            loss = lost[depth] + top[last] - earns
            if weighs <= room[last] and loss <= most:
                trial[depth], other = rest, False
                for x in range(bins):
                    other = other or trial[x] != now[order[x]]
                if other:
                    most, found = loss - 1, True
                    for x in range(bins):
                        chosen[order[x]] = trial[x]
            depth -= 1
            continue
        i, deeper = order[depth], False
        while position[depth] < counts[i]:
            x = position[depth]
            position[depth] += 1
            nodes += 1
            if lost[depth] + losses[i, x] > most:
                position[depth] = counts[i]
            elif members[i, x] & taken[depth] == 0:
                taken[depth + 1] = taken[depth] | members[i, x]
                lost[depth + 1] = lost[depth] + losses[i, x]
                trial[depth] = members[i, x]
                depth += 1
                position[depth] = 0
                deeper = True
                break
        if not deeper:
            depth -= 1
    return nodes if found else -nodes - 1


def pack_again(  # noqa: C901 -- one step of the search, compiled
    chosen_bins: IntArray,
    jobs: IntArray,
    price: IntArray,
    cost: IntArray,
    weight: IntArray,
    capacity: IntArray,
    assigned: IntArray,
    load: IntArray,
    unit: int,
    sideways: bool,
    steps: int,
    patience: int,
    table: IntArray,
    members: IntArray,
    losses: IntArray,
) -> tuple[int, int]:
    """Pack these jobs into these bins again; return (what that saves, work done).

    Every job is in one of the bins now. `unit` is the scale of the costs: savings are
    whole units.
    """
    bins, count = len(chosen_bins), len(jobs)
    own_cost = np.zeros((bins, count), dtype=np.int64)
    own_weight = np.zeros((bins, count), dtype=np.int64)
    own_price = np.zeros(count, dtype=np.int64)
    room = np.zeros(bins, dtype=np.int64)
    now = np.zeros(bins, dtype=np.int64)
    before, full = 0, (1 << count) - 1
    for x in range(bins):
        i = chosen_bins[x]
        room[x] = capacity[i] - load[i]
        for k in range(count):
            j = jobs[k]
            own_price[k] = price[j]
            own_cost[x, k], own_weight[x, k] = cost[i, j], weight[i, j]
            if assigned[j] == i:
                room[x] += weight[i, j]
                now[x] |= 1 << k
                before += cost[i, j]
    cells = count * (room.sum() + bins) // 8
    bound = tighten(
        own_price, own_cost, own_weight, room, before, before - unit + 1, steps, 3,
        0.7, 0.0, table,
    )  # fmt: skip
    work = (steps + 1) * cells
    if before - bound < unit:
        return 0, work
    most = before - bound - (0 if sideways else unit)
    counts = np.zeros(bins, dtype=np.int64)
    top = np.zeros(bins, dtype=np.int64)
    for x in range(bins):
        spare, found = most, -1
        while found < 0:
            found = sets_of(
                own_price, own_cost[x], own_weight[x], room[x], count, spare, table,
                members[x], losses[x],
            )  # fmt: skip
            spare = spare * 6 // 10
            work += cells // bins + members.shape[1] // 4
        top[x] = table[0, room[x]]
        counts[x] = found
        if found == 0:
            return 0, work
        rank = np.argsort(losses[x, :found])
        members[x, :found] = members[x, :found][rank]
        losses[x, :found] = losses[x, :found][rank]
    chosen = np.zeros(bins, dtype=np.int64)
    nodes = fit_together(
        full, counts, members, losses, np.argsort(counts), own_price, own_cost,
        own_weight, room, top, most, now, patience, chosen,
    )  # fmt: skip
    work += abs(nodes)
    if nodes < 0:
        return 0, work
    after = 0
    for x in range(bins):
        i = chosen_bins[x]
        for k in range(count):
            j = jobs[k]
            if (now[x] >> k) & 1:
                load[i] -= weight[i, j]
            if (chosen[x] >> k) & 1:
                assigned[j] = i
                load[i] += weight[i, j]
                after += cost[i, j]
    return before - after, work


def search_packings(
    seed: int,
    price: IntArray,
    cost: IntArray,
    weight: IntArray,
    capacity: IntArray,
    assigned: IntArray,
    unit: int,
    sizes: IntArray,
    gains: FloatArray,
    works: FloatArray,
    budget: int,
    most_sets: int,
    patience: int,
) -> int:
    """Pack a few random bins again and again until the work is done; return savings.

    `sizes` are the numbers of bins to try at once; the size that has saved most for
    its work (`gains`, `works`) is tried most.
    """
    np.random.seed(seed)
    bins, count = cost.shape
    load = np.zeros(bins, dtype=np.int64)
    for j in range(count):
        load[assigned[j]] += weight[assigned[j], j]
    widest = sizes.max()
    table = np.zeros((WORD + 1, capacity.max() + 1), dtype=np.int64)
    members = np.zeros((widest, most_sets), dtype=np.int64)
    losses = np.zeros((widest, most_sets), dtype=np.int64)
    pool = np.zeros(count, dtype=np.int64)
    every = np.arange(bins)
    saved, spent = 0, 0
    while spent < budget:
        arm = 0
        if np.random.random() < 0.25:
            arm = np.random.randint(len(sizes))
        else:
            for a in range(1, len(sizes)):
                if gains[a] * works[arm] > gains[arm] * works[a]:
                    arm = a
        size = min(sizes[arm], bins)
        for x in range(size):
            y = x + np.random.randint(bins - x)
            every[x], every[y] = every[y], every[x]
        found = 0
        for j in range(count):
            for x in range(size):
                if assigned[j] == every[x]:
                    pool[found] = j
                    found += 1
        most = min(found, 16 + np.random.randint(WORD - 15))
        for x in range(most):
            y = x + np.random.randint(found - x)
            pool[x], pool[y] = pool[y], pool[x]
        if most < 2:
            spent += count
            continue
        gain, work = pack_again(
            every[:size].copy(), pool[:most].copy(), price, cost, weight, capacity,
            assigned, load, unit, np.random.random() < SIDEWAYS, 2 + 2 * size, patience,
            table, members, losses,
        )  # fmt: skip
        saved += gain
        spent += work + count
        gains[arm] = 0.999 * gains[arm] + gain / unit
        works[arm] = 0.999 * works[arm] + work
    return saved


PLAIN.update(
    {
        kernel.__name__: kernel
        for kernel in (
            fill,
            tighten,
            stakes,
            sets_of,
            fit_together,
            pack_again,
            search_packings,
        )
    }
)
