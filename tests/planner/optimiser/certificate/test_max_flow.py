"""Flows from budget lines to pools: as much as possible, and never more."""

from itertools import chain, combinations

from hypothesis import given, strategies as st

from planner.optimiser.certificate.max_flow import flows, overdrawn


@st.composite
def networks(draw):
    """Pools with their lines, what each needs, and what each line has."""
    lines = draw(st.integers(1, 4))
    some = st.lists(st.integers(0, lines - 1), min_size=1, unique=True)
    pools = dict(enumerate(draw(st.lists(some, min_size=1, max_size=5))))
    need = {pool: draw(st.integers(0, 9)) for pool in pools}
    give = [draw(st.one_of(st.integers(0, 9), st.none())) for _ in range(lines)]
    return pools, need, give


@given(networks())
def test_flows_keep_every_limit_and_cannot_be_larger(network):
    """Max-flow min-cut, over every set of pools that could be the cut."""
    pools, need, give = network
    flow = flows(pools, need, give)
    for pool, parts in flow.items():
        assert set(parts) == set(pools[pool])
        assert all(amount >= 0 for amount in parts.values())
        assert sum(parts.values()) <= need[pool]
    for line, upper in enumerate(give):
        assert upper is None or sum(p.get(line, 0) for p in flow.values()) <= upper
    total = sum(chain.from_iterable(parts.values() for parts in flow.values()))
    assert total == min(_cuts(pools, need, give))


def _cuts(pools, need, give):
    for size in range(len(pools) + 1):
        for paid in combinations(pools, size):
            reach = {line for pool in paid for line in pools[pool]}
            if all(give[line] is not None for line in reach):
                unpaid = sum(need[pool] for pool in pools if pool not in paid)
                yield unpaid + sum(give[line] for line in reach)


@given(networks())
def test_overdrawn_sets_are_short_and_nothing_else_is(network):
    """What is named needs more than all its lines have; else flows meet every need."""
    pools, need, give = network
    short = overdrawn(pools, need, give)
    for asked, lines in short:
        assert set(lines) == {line for pool in asked for line in pools[pool]}
        assert sum(need[pool] for pool in asked) > sum(give[line] for line in lines)
    met = all(
        sum(parts.values()) == need[pool]
        for pool, parts in flows(pools, need, give).items()
    )
    assert met == (not short)


def test_flow_is_redirected_along_a_path():
    """Travel takes the shared line first, and gives it back when stays need it."""
    flow = flows({0: [0, 1], 1: [0]}, {0: 5, 1: 6}, [6, 5])
    assert flow == {0: {0: 0, 1: 5}, 1: {0: 6}}
