"""Maximum flow: whether supply lines can pay for pools, in Python integers.

Shortest augmenting paths (Edmonds and Karp 1972) on a bipartite network; where the need
is not met, the minimum cut names the lines that are overdrawn. SciPy's maximum flow
knows 32-bit integers only.
"""

from collections import deque
from collections.abc import Mapping, Sequence

Pools = Mapping[int, Sequence[int]]
"""For each pool, the lines that may supply it."""


def overdrawn(
    pools: Pools, need: Mapping[int, int], give: Sequence[int | None]
) -> list[tuple[list[int], list[int]]]:
    """Return sets of pools that need more than all their lines together can give.

    Pools that share no line, directly or through others, are looked at apart; for each
    such group at most one set is returned, the one that is short by the most. An empty
    list means that flows exist (max-flow min-cut), and then `flows` finds them. A line
    that gives None is unlimited.

    Parameters
    ----------
    pools
        The lines that supply each pool.
    need
        What is used of each pool, in its units.
    give
        What each line has, None for no limit.
    """
    result = []
    for group in _groups(pools):
        flow = _maximum({r: pools[r] for r in group}, need, give)
        short = [r for r in group if sum(flow[r].values()) < need[r]]
        if short:
            asked, lines = _cut(group, pools, flow, short)
            result.append((sorted(asked), sorted(lines)))
    return result


def flows(
    pools: Pools, need: Mapping[int, int], give: Sequence[int | None]
) -> dict[int, dict[int, int]]:
    """Return how much each line gives to each pool: the most that is possible."""
    return _maximum(pools, need, give)


def _groups(pools: Pools) -> list[list[int]]:
    """Return the pools in groups that share no line with each other."""
    members: dict[int, list[int]] = {}
    for r, lines in pools.items():
        for f in lines:
            members.setdefault(f, []).append(r)
    seen: set[int] = set()
    groups = []
    for first in pools:
        if first in seen:
            continue
        seen.add(first)
        group, todo = [], [first]
        while todo:
            r = todo.pop()
            group.append(r)
            for f in pools[r]:
                # Each line is followed once: `pop` leaves nothing for the next pool.
                for other in members.pop(f, []):
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
        groups.append(group)
    return groups


def _maximum(
    pools: Pools, need: Mapping[int, int], give: Sequence[int | None]
) -> dict[int, dict[int, int]]:
    """Send as much as possible: first directly, then along augmenting paths."""
    flow = {r: dict.fromkeys(lines, 0) for r, lines in pools.items()}
    total = sum(need[r] for r in pools)
    lines = {f for r in pools for f in pools[r]}
    left = {f: total if give[f] is None else int(give[f] or 0) for f in lines}
    payers: dict[int, set[int]] = {f: set() for f in lines}
    for r in pools:
        for f in pools[r]:
            amount = min(need[r] - sum(flow[r].values()), left[f])
            _move(flow, payers, r, f, amount)
            left[f] -= amount
    for r in pools:
        while (missing := need[r] - sum(flow[r].values())) > 0:
            path = _path(r, pools, payers, left)
            if path is None:
                break
            _push(path, missing, flow, payers, left)
    return flow


def _move(
    flow: dict[int, dict[int, int]],
    payers: dict[int, set[int]],
    r: int,
    f: int,
    amount: int,
) -> None:
    flow[r][f] += amount
    (payers[f].add if flow[r][f] else payers[f].discard)(r)


def _path(
    start: int,
    pools: Pools,
    payers: Mapping[int, set[int]],
    left: Mapping[int, int],
) -> list[int] | None:
    """Return pool, line, pool, line ...: the shortest way to a line with money left.

    Along the way each pool leaves the line before it for the line after it.
    """
    came_from: dict[int, int] = {}
    line_of: dict[int, int] = {start: -1}
    todo = deque([start])
    while todo:
        r = todo.popleft()
        for f in pools[r]:
            if f in came_from:
                continue
            came_from[f] = r
            if left[f] > 0:
                return _walk(f, came_from, line_of)
            for other in sorted(payers[f]):
                if other not in line_of:
                    line_of[other] = f
                    todo.append(other)
    return None


def _walk(end: int, came_from: dict[int, int], line_of: dict[int, int]) -> list[int]:
    path, f = [], end
    while f != -1:
        r = came_from[f]
        path += [f, r]
        f = line_of[r]
    return path[::-1]


def _push(
    path: list[int],
    missing: int,
    flow: dict[int, dict[int, int]],
    payers: dict[int, set[int]],
    left: dict[int, int],
) -> None:
    """Send along a path as much as it can carry."""
    takes = list(zip(path[::2], path[1::2], strict=True))
    frees = list(zip(path[2::2], path[1:-1:2], strict=True))
    amount = min([missing, left[path[-1]], *(flow[r][f] for r, f in frees)])
    for r, f in takes:
        _move(flow, payers, r, f, amount)
    for r, f in frees:
        _move(flow, payers, r, f, -amount)
    left[path[-1]] -= amount


def _cut(
    group: Sequence[int],
    pools: Pools,
    flow: Mapping[int, Mapping[int, int]],
    short: Sequence[int],
) -> tuple[set[int], set[int]]:
    """Return the pools and lines that unmet need can reach: a minimum cut."""
    asked, lines, todo = set(short), set[int](), list(short)
    while todo:
        for f in pools[todo.pop()]:
            if f in lines:
                continue
            lines.add(f)
            fed = [r for r in group if flow[r].get(f, 0) > 0 and r not in asked]
            asked.update(fed)
            todo += fed
    return asked, lines
