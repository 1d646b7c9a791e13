"""QuickXplain: a smallest set of limits that cannot hold together (Junker 2004).

    conflict(B, C) = C                                  if C is one limit
                     D1 + D2 with C = C1 + C2,
                     D2 = conflict(B + C1, C2),  D1 = conflict(B + D2, C1)

in a background B; where B alone cannot hold, nothing of C is needed. Whether a set can
hold is asked of the elastic program, or of branch and cut where only whole choices
conflict; about k log(n / k) questions find k of n limits. Then each limit is let out
alone, to see how far it has to give way (reliefs.py).

A set is a sequence of `Limit`; prices that prove the conflict are float64, one a
limit, in units of slack.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.optimiser.certificate.dual_bound import Prices, proves_infeasible
from planner.optimiser.conflicts.dominance import (
    forced_options,
    hard_ceiling,
    hard_floor,
    needed,
    with_options,
)
from planner.optimiser.conflicts.elastic_lp import (
    FEASIBLE,
    Limit,
    Strain,
    relaxed,
    strain,
)
from planner.optimiser.conflicts.reliefs import can_hold, lifted, reliefs
from planner.optimiser.model.openings import Written, written
from planner.optimiser.model.parameters import DEFAULTS, ConflictParameters
from planner.optimiser.model.problem import Problem
from planner.optimiser.model.result import Relief
from planner.optimiser.model.validate import IDS, UNLIMITED

Conflicting = Callable[[Sequence[Limit]], bool]
"""Whether these limits alone cannot hold together."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Conflict:
    """Limits that cannot hold together.

    Attributes
    ----------
    reliefs
        The limits, clash by clash, with how far each would have to give way.
    prices
        Prices that prove that there is no plan (see `proves_infeasible`), or None where
        only a search of whole choices, by two methods, found the conflict.
    """

    reliefs: tuple[Relief, ...]
    prices: Prices | None


def find_conflict(
    problem: Problem,
    *,
    seconds: float = 30.0,
    parameters: ConflictParameters = DEFAULTS.conflicts,
) -> Conflict | None:
    """Return every clash among the hard limits, or None if none was found.

    What opens is asked about as agents are (openings.py), whose duties are no limits.
    """
    given = written(problem, tight=False)
    found = _find(
        given.problem.replace(**dict.fromkeys(IDS)),
        _framework(given),
        seconds,
        parameters,
    )
    if found is None:
        return None
    prices = found.prices
    if prices is not None:
        prices = replace(prices, price=given.prices(prices.price))
        if not proves_infeasible(problem, prices):
            prices = None
    told = tuple(_named(problem, relief) for relief in found.reliefs)
    return Conflict(reliefs=told, prices=prices)


def _framework(given: Written) -> frozenset[Limit]:
    """Return the limits that say what opening is: nobody can move them."""
    agents, resources = given.whole.num_agents, given.whole.num_resources
    return frozenset(
        Limit(kind, first + at)
        for kind, first in (
            ("must", agents),
            ("upper", resources),
            ("lower", resources),
        )
        for at in range(len(given.cohort))
    )


def _named(problem: Problem, relief: Relief) -> Relief:
    """Return a relief with the name of its limit in place of its number."""
    names = {"must": problem.agent_name, "supply": problem.supply_name}
    number = int(relief.limit.removeprefix("supply:"))
    name = names.get(relief.kind, problem.resource_name)(number)
    return replace(relief, limit=name)


def _find(
    problem: Problem,
    framework: frozenset[Limit],
    seconds: float,
    parameters: ConflictParameters,
) -> Conflict | None:
    """Return the clashes of a problem whose limits are called by number."""
    ends = time.monotonic() + seconds

    def left() -> float:
        return max(0.0, ends - time.monotonic())

    exact = parameters.exact_options
    first = _clash(problem, framework, left, parameters)
    if first is None:
        return None
    clashes, prices = [first.limits], first.prices
    told = reliefs(problem, clashes, left, exact)
    while all(relief.by is None for relief in told):
        if len(clashes) == parameters.most_clashes:
            break
        every = [limit for clash in clashes for limit in clash]
        for given in (every, [clash[0] for clash in clashes]):
            other = _clash(lifted(problem, given), framework, left, parameters)
            if other is not None:
                break
        if other is None:
            break
        clashes.append(other.limits)
        told = reliefs(problem, clashes, left, exact)
    return Conflict(reliefs=told, prices=prices)


@dataclass(frozen=True, eq=False)
class _Clash:
    """One smallest set of limits that cannot hold together."""

    limits: list[Limit]
    prices: Prices | None


def _clash(
    problem: Problem,
    framework: frozenset[Limit],
    left: Callable[[], float],
    parameters: ConflictParameters,
) -> _Clash | None:
    """Return one clash: of the elastic program, or else of whole choices.

    `framework` are limits that are in force whichever others are.
    """
    movable = [each for each in limits_of(problem) if each not in framework]
    wide = [*_wide(movable, parameters.first_ceilings), *framework]
    elastic = _strained(problem, wide, left()) or _strained(problem, None, left())
    if elastic is not None:
        conflicting = _elastic(problem, framework, left)
        limits = _support(movable, elastic)
        if not conflicting(limits):
            # A limit that makes options impossible has no price of its own.
            limits = movable
        small = relaxed(problem, [*limits, *framework])
        small = with_options(small, needed(small))
        conflicting = _elastic(small, framework, left)
        reason = _fewest(limits, conflicting, left, parameters.most_duties)
        return _Clash(reason, _proof(problem, elastic))
    small = with_options(problem, needed(problem))
    if small.num_options > parameters.exact_options:
        return None
    conflicting = _exact(small, framework, left, parameters.exact_options)
    limits = [each for each in limits_of(small) if each not in framework]
    if not conflicting(limits):
        return None
    reason = _fewest(limits, conflicting, left, parameters.most_duties)
    return _Clash(reason, None)


def refute(problem: Problem, *, seconds: float) -> Prices | None:
    """Return prices that prove that no plan exists, or None if none were found.

    Cheaper than `find_conflict`, which also says which limits are to blame.
    """
    if not (problem.agent_must.any() or hard_floor(problem).any()):
        return None
    elastic = _strained(problem, None, seconds)
    return None if elastic is None else _proof(problem, elastic)


def limits_of(problem: Problem) -> list[Limit]:
    """Return the hard limits of a problem, those that most options use first."""
    width = np.bincount(
        problem.use_resource[problem.use_amount > 0], minlength=problem.num_resources
    )
    floors = (problem.resource_shortfall_price < 0) & (problem.resource_lower > 0)
    order = np.argsort(-width, kind="stable")
    lines = np.flatnonzero(problem.supply_upper < UNLIMITED)
    ceilings = hard_ceiling(problem)
    return [
        *(Limit("lower", int(r)) for r in order if floors[r]),
        *(Limit("supply", int(f)) for f in lines),
        *(Limit("upper", int(r)) for r in order if ceilings[r]),
        *(Limit("must", int(a)) for a in np.flatnonzero(problem.agent_must)),
    ]


def _wide(limits: Sequence[Limit], most: int) -> list[Limit]:
    """Return the limits a conflict is mostly made of: all but narrow ceilings.

    The `most` ceilings that most options use are kept.
    """
    ceilings = [limit for limit in limits if limit.kind == "upper"]
    narrow = set(ceilings[most:])
    return [limit for limit in limits if limit not in narrow]


def _strained(
    problem: Problem, limits: Sequence[Limit] | None, seconds: float
) -> Strain | None:
    """Return the strain among limits if they conflict; None if they can hold."""
    if limits is not None:
        problem = relaxed(problem, limits)
    elastic = strain(problem, seconds=seconds)
    if elastic is None or elastic.total <= FEASIBLE or not _shown(problem, elastic):
        return None
    return elastic


def _shown(problem: Problem, elastic: Strain) -> bool:
    """Whether the prices show the conflict in whole numbers, whatever a solver says.

    They are about the options that matter: if there is a plan, there is one of these.
    """
    kept = np.zeros(problem.num_options, dtype=bool)
    kept[forced_options(problem)] = True
    has = np.zeros(problem.num_agents, dtype=bool)
    has[problem.option_agent[kept]] = True
    if (problem.agent_must & ~has).any():
        return True
    return proves_infeasible(with_options(problem, kept), elastic.prices)


def _support(limits: Sequence[Limit], elastic: Strain) -> list[Limit]:
    """Return the limits whose price is not 0: they conflict without the others."""
    price, tiny = elastic.prices.price, 1e-9
    priced = {
        "upper": price > tiny,
        "lower": price < -tiny,
        "supply": elastic.prices.supply_price > tiny,
        "must": np.abs(elastic.agent) > tiny,
    }
    return [limit for limit in limits if priced[limit.kind][limit.index]]


def _proof(problem: Problem, elastic: Strain) -> Prices | None:
    return elastic.prices if proves_infeasible(problem, elastic.prices) else None


def _elastic(
    problem: Problem, framework: frozenset[Limit], left: Callable[[], float]
) -> Conflicting:
    def conflicting(limits: Sequence[Limit]) -> bool:
        return _strained(problem, [*limits, *framework], left()) is not None

    return conflicting


def _exact(
    problem: Problem,
    framework: frozenset[Limit],
    left: Callable[[], float],
    exact_options: int,
) -> Conflicting:
    def conflicting(limits: Sequence[Limit]) -> bool:
        asked = relaxed(problem, [*limits, *framework])
        return can_hold(asked, left(), exact_options) is False

    return conflicting


def _fewest(
    limits: Sequence[Limit],
    conflicting: Conflicting,
    left: Callable[[], float],
    most_duties: int,
) -> list[Limit]:
    """Return limits that conflict, none of them idle, as far as the time allows.

    Duties are first taken as one block: where many people must be placed, which of
    them are told is of little interest.
    """
    duties = [limit for limit in limits if limit.kind == "must"]
    others = [limit for limit in limits if limit.kind != "must"]
    if duties and conflicting(others):
        duties = []
    reason = _quick_xplain(duties, bool(duties), others, conflicting, left)
    if 0 < len(duties) <= most_duties:
        duties = _quick_xplain(reason, bool(reason), duties, conflicting, left)
    return [*reason, *duties]


def _quick_xplain(
    background: Sequence[Limit],
    grown: bool,
    limits: Sequence[Limit],
    conflicting: Conflicting,
    left: Callable[[], float],
) -> list[Limit]:
    """Return the limits that, with the background, conflict and are all needed."""
    if not limits or (grown and conflicting(background)):
        return []
    if len(limits) == 1 or left() == 0:
        return list(limits)
    half = len(limits) // 2
    first, second = limits[:half], limits[half:]
    needed = _quick_xplain([*background, *first], True, second, conflicting, left)
    more = _quick_xplain([*background, *needed], bool(needed), first, conflicting, left)
    return [*more, *needed]
