"""Where nothing is feasible, the limits to blame are named, and no others."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from planner.optimiser.certificate.dual_bound import proves_infeasible
from planner.optimiser.conflicts.elastic_lp import Limit, relaxed, strain
from planner.optimiser.conflicts.quickxplain import find_conflict, limits_of
from planner.optimiser.conflicts.reliefs import given_way, lifted
from planner.optimiser.files.problem_json import problem_from_document
from planner.optimiser.model.result import Relief
from tests.benchmarks.planted import planted
from tests.planner.optimiser import brute, strategies


def named(problem, conflict):
    """Return a conflict as (kind, name) pairs, without the duties."""
    return {(r.kind, r.limit) for r in conflict.reliefs if r.kind != "must"}


def test_two_duties_and_one_seat(problem):
    """One more seat is all it takes."""
    both = problem.replace(agent_must=[True, True])
    conflict = find_conflict(both)
    assert conflict.reliefs == (
        Relief(limit="seat:penang-atp", kind="upper", by=1),
        Relief(limit="ani", kind="must", by=1),
        Relief(limit="budi", kind="must", by=1),
    )
    assert proves_infeasible(both, conflict.prices)


def test_a_duty_that_money_cannot_pay(problem):
    """The pool is named by its lines, and lacks exactly what the ticket costs more."""
    poor = problem.replace(agent_must=[False, True], supply_upper=[5000, 4000])
    reliefs = find_conflict(poor).reliefs
    assert {(r.kind, r.limit, r.by) for r in reliefs} == {
        ("supply", "line:lpdp-2027", 700),
        ("supply", "line:kemenperin-2027", 700),
        ("must", "budi", 1),
    }


def test_a_cohort_that_cannot_run(problem):
    """Only whole choices conflict: half a cohort would do for the elastic program."""
    alone = problem.replace(
        agent_must=[True, False],
        resource_upper=[5, 2**62],
        resource_lower=[3, 0],
        resource_only_if_used=[True, False],
    )
    assert named(alone, find_conflict(alone)) == {("lower", "seat:penang-atp")}


def test_a_soft_floor_is_never_to_blame(problem):
    """One goes and three are wanted, at a price: that is a plan."""
    soft = problem.replace(
        agent_must=[True, False],
        resource_upper=[5, 2**62],
        resource_lower=[3, 0],
        resource_only_if_used=[True, False],
        resource_shortfall_price=[1, -1],
    )
    assert find_conflict(soft) is None


def test_nothing_is_wrong_with_what_is_feasible(problem):
    assert find_conflict(problem) is None


@given(strategies.problems(max_agents=4, max_tiers=1))
@settings(max_examples=60)
def test_a_conflict_is_one_and_is_the_smallest(problem):
    """Brute force agrees: together no plan, without any one of them a plan."""
    conflict = find_conflict(problem)
    feasible = brute.optimum(problem) is not None
    assert (conflict is None) == feasible
    if conflict is None:
        return
    clashes = clashes_of(problem, conflict)
    if len(clashes) > 1:
        assert_one_of_each_is_enough(problem, clashes)
        return
    limits = [limit for limit, _ in clashes[0]]
    assert len(limits) == len(conflict.reliefs)
    assert brute.optimum(relaxed(problem, limits)) is None
    for spared in limits:
        rest = [limit for limit in limits if limit != spared]
        assert brute.optimum(relaxed(problem, rest)) is not None
    for limit, relief in zip(limits, conflict.reliefs, strict=True):
        assert is_least(problem, limit, relief)


def clashes_of(problem, conflict):
    """Return the limits of each clash, in the order they are told."""
    limits = limits_of(problem)
    told = {}
    for relief in conflict.reliefs:
        limit = next(limit for limit in limits if _names(problem, limit, relief))
        told.setdefault(relief.clash, []).append((limit, relief))
    return list(told.values())


def is_least(problem, limit, relief):
    """Whether a relief is enough for the whole problem, and no unit less is."""
    if relief.by is None:
        return brute.optimum(lifted(problem, [limit])) is None
    enough = given_way(problem, limit, relief.by)
    if brute.optimum(enough) is None:
        return False
    if limit.kind == "must":
        return True
    less = given_way(problem, limit, relief.by - 1)
    return brute.optimum(less) is None


def assert_one_of_each_is_enough(problem, clashes):
    """The first number of each clash, all made, leave a plan; each limit is told with
    what is least beside the others."""
    first = [
        next(((limit, r) for limit, r in clash if r.by is not None), None)
        for clash in clashes
    ]
    if None in first:
        return
    for at, clash in enumerate(clashes):
        mended = problem
        for limit, relief in [*first[:at], *first[at + 1 :]]:
            mended = given_way(mended, limit, relief.by)
        assert brute.optimum(mended) is None
        for limit, relief in clash:
            assert is_least(mended, limit, relief)


def _names(problem, limit, relief):
    names = {"must": problem.agent_name, "supply": problem.supply_name}
    name = names.get(limit.kind, problem.resource_name)(limit.index)
    return (relief.kind, relief.limit) == (limit.kind, name)


def instance(resources, options):
    """Return a problem of people with one option each: (agent, uses)."""
    return problem_from_document(
        {
            "format": "allocation-instance/1",
            "agents": [{"id": agent} for agent in dict.fromkeys(a for a, _ in options)],
            "resources": resources,
            "options": [
                {"agent": agent, "id": f"{agent}-{at}", "value": 1, "uses": uses}
                for at, (agent, uses) in enumerate(options)
            ],
        }
    )


def test_a_floor_gives_way_by_what_is_missing_and_not_altogether():
    """Ten people, two floors of six and five: one fewer in either is enough."""
    floors = [
        {"id": f, "upper": None, "lower": n} for f, n in (("six", 6), ("five", 5))
    ]
    people = [(f"p{i}", {f: 1}) for i in range(10) for f in ("six", "five")]
    conflict = find_conflict(instance(floors, people))
    assert conflict.reliefs == (
        Relief(limit="six", kind="lower", by=1),
        Relief(limit="five", kind="lower", by=1),
    )


def test_teams_say_how_far_a_limit_gives_way():
    """Teams of five, at least seven seats and at most nine: only whole teams count."""
    seats = [{"id": "seats", "upper": 9, "lower": 7}]
    conflict = find_conflict(
        instance(seats, [(f"t{i}", {"seats": 5}) for i in range(4)])
    )
    assert set(conflict.reliefs) == {
        Relief(limit="seats", kind="lower", by=2),
        Relief(limit="seats", kind="upper", by=1),
    }


def test_a_cohort_that_others_can_fill_is_not_to_blame():
    """Who counts for the quota costs too much; the cohort would have had enough."""
    resources = [
        {"id": "cohort", "upper": None, "lower": 4, "only_if_used": True},
        {"id": "quota", "upper": None, "lower": 1},
        {"id": "money", "upper": 9},
    ]
    wanted = ("eko", {"cohort": 1, "quota": 1, "money": 10})
    others = [(f"p{i}", {"cohort": 1}) for i in range(4)]
    conflict = find_conflict(instance(resources, [wanted, *others]))
    assert set(conflict.reliefs) == {
        Relief(limit="quota", kind="lower", by=1),
        Relief(limit="money", kind="upper", by=1),
    }


def test_amounts_of_money_that_floats_cannot_tell_apart():
    """A hundred billion and one unit short: whole numbers decide."""
    resources = [
        {"id": "quota", "upper": None, "lower": 8},
        {"id": "money", "upper": 8 * 10**11 - 1},
    ]
    people = [(f"p{i}", {"quota": 1, "money": 10**11}) for i in range(10)]
    conflict = find_conflict(instance(resources, people))
    assert set(conflict.reliefs) == {
        Relief(limit="quota", kind="lower", by=1),
        Relief(limit="money", kind="upper", by=1),
    }


@pytest.mark.parametrize("people", [50, 500])
@pytest.mark.parametrize("seed", range(6))
def test_planted_conflicts_are_named(people, seed):
    case = planted(people, seed)
    conflict = find_conflict(case.problem)
    expected = {(kind, str(row)) for kind, row in case.limits}
    assert named(case.problem, conflict) == expected, case.why
    assert conflict.prices is not None


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30))
def test_planted_conflicts_are_named_at_10_000_people(seed):
    case = planted(10_000, seed)
    started = time.monotonic()
    conflict = find_conflict(case.problem)
    took = time.monotonic() - started
    expected = {(kind, str(row)) for kind, row in case.limits}
    assert named(case.problem, conflict) == expected, case.why
    assert took < 4, "2 s are meant, on a quiet machine"


def test_strain_is_how_far_a_limit_gives_way(problem):
    """Alone, the seat limit has to give way by one unit."""
    both = problem.replace(agent_must=[True, True])
    found = strain(both, seconds=10, only=Limit("upper", 0))
    assert found.total == pytest.approx(1)
    assert np.isclose(strain(problem, seconds=10).total, 0)


def people(seats, *uses):
    """People who must be placed, each with one option, and seats of each slot."""
    return problem_from_document(
        {
            "format": "allocation-instance/1",
            "agents": [{"id": f"p{at}", "must": True} for at in range(len(uses))],
            "resources": [
                {"id": name, "upper": upper} for name, upper in seats.items()
            ],
            "supplies": [],
            "options": [
                {"agent": f"p{at}", "id": "o", "value": 1, "uses": use}
                for at, use in enumerate(uses)
            ],
        }
    )


def told(problem):
    return {(r.kind, r.limit, r.by, r.clash) for r in find_conflict(problem).reliefs}


def test_a_relief_is_enough_for_everybody():
    """Three must go and there is one seat: one more is not enough, two are."""
    problem = people({"seat": 1}, *[{"seat": 1}] * 3)
    assert ("upper", "seat", 2, 0) in told(problem)


def test_two_clashes_are_both_told():
    """Two people on each of two seats: one change of each clash, or nothing is won."""
    problem = people({"a": 1, "b": 1}, {"a": 1}, {"a": 1}, {"b": 1}, {"b": 1})
    says = told(problem)
    assert ("upper", "a", 1, 0) in says or ("upper", "b", 1, 0) in says
    assert {clash for *_, clash in says} == {0, 1}
    assert all(by == 1 for _, _, by, _ in says)


ROOMS = {
    "room": {"upper": 1, "lower": 1},
    "money": {"upper": 0},
    "points": {"upper": None, "lower": 3},
    "share": {"upper": None, "lower": 100, "step": 100},
}
INTERWOVEN = [
    {"points": 1, "money": 5},
    {"room": 2, "share": 30},
    {"room": 4, "points": 4},
    {"room": 2, "money": 1, "share": 30},
    {"points": 2, "money": 5},
    {"points": 1, "room": 5, "money": 3, "share": 100},
]
COHORTS = {
    "one": {"upper": 9, "lower": 4, "only_if_used": True},
    "other": {"upper": 9, "lower": 4, "only_if_used": True},
    "none": {"upper": 0},
}


@pytest.mark.parametrize(
    ("resources", "uses"),
    [
        (ROOMS, [INTERWOVEN[:3], INTERWOVEN[3:]]),
        (COHORTS, [[{"one": 1, "other": 1}], [{"none": 2}, {"other": 1}]]),
    ],
)
def test_of_several_clashes_the_first_changes_are_enough_and_none_is_more(
    resources, uses
):
    """Limits that stand in several clashes, and clashes that show only when others are
    mended: with the first change of each there is a plan, with a unit less there is
    none."""
    agents = [{"id": str(at), "must": True} for at in range(len(uses))]
    options = [
        {"agent": str(at), "id": f"{at}>{place}", "value": 1, "uses": own}
        for at, menu in enumerate(uses)
        for place, own in enumerate(menu)
    ]
    problem = problem_from_document(
        {
            "format": "allocation-instance/1",
            "agents": agents,
            "resources": [{"id": name, **own} for name, own in resources.items()],
            "supplies": [],
            "options": options,
        }
    )
    place = {name: at for at, name in enumerate(resources)}
    first = {}
    for relief in find_conflict(problem).reliefs:
        first.setdefault(relief.clash, relief)
    assert len(first) > 1
    mended = changed(problem, place, first.values())
    assert brute.optimum(mended) is not None
    for clash, relief in first.items():
        less = first | {clash: replace(relief, by=relief.by - 1)}
        assert brute.optimum(changed(problem, place, less.values())) is None


def changed(problem, place, reliefs):
    """Return the problem with every one of these changes of resources."""
    for relief in reliefs:
        limit = Limit(relief.kind, place[relief.limit])
        problem = given_way(problem, limit, relief.by)
    return problem


def test_the_least_relief_of_a_limit_with_unequal_amounts():
    """The near place takes 2 of the money and the far one 10: 1 more is enough."""
    problem = problem_from_document(
        {
            "format": "allocation-instance/1",
            "agents": [{"id": "ani", "must": True}],
            "resources": [{"id": "money", "upper": 1}, {"id": "hours", "upper": 3}],
            "supplies": [],
            "options": [
                {
                    "agent": "ani",
                    "id": place,
                    "value": 5,
                    "uses": {"money": money, "hours": hours},
                }
                for place, money, hours in (("far", 10, 2), ("near", 2, 3))
            ],
        }
    )
    assert ("upper", "money", 1, 0) in told(problem)


def test_a_conflict_is_not_named_on_one_solvers_word(monkeypatch):
    """CP-SAT says that nothing holds; a plan exists, so nothing is to blame."""
    from planner.optimiser.mip import cpsat

    rng = np.random.default_rng(0)
    weights = rng.integers(10, 99, (16, 3))
    planted = np.arange(8) * 2 + rng.integers(0, 2, 8)
    total = weights[planted].sum(axis=0)
    problem = people({"a": 1}, *[{"a": 1}] * 8).replace(
        option_agent=np.repeat(np.arange(8), 2),
        option_value=np.ones(16, dtype=np.int64),
        option_id=None,
        use_ptr=np.arange(0, 49, 3),
        use_resource=np.tile(np.arange(3), 16),
        use_amount=weights.ravel(),
        resource_upper=total,
        resource_lower=total,
        resource_only_if_used=np.zeros(3, dtype=bool),
        resource_shortfall_price=np.full(3, -1),
        resource_excess_price=np.full(3, -1),
        resource_id=None,
        supply_ptr=np.zeros(4, dtype=np.int64),
    )
    lie = cpsat.MipAnswer(None, None, closed=True)
    monkeypatch.setattr(cpsat, "solve", lambda *a, **k: lie)
    assert find_conflict(problem) is None
