"""Why nothing is feasible: a smallest set of limits that cannot hold together.

The elastic program (or, where only whole choices conflict, branch and bound) says
whether a set of limits can hold. QuickXplain (Junker, 2004) asks it about ever smaller
sets until every limit left is needed for the conflict. Each of them is then let out
alone, to see how far it would have to give way.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.optimiser.certificate.check import feasible
from planner.optimiser.certificate.dual_bound import Prices, proves_infeasible
from planner.optimiser.conflicts.dominance import (
    hard_ceiling,
    hard_floor,
    needed,
    with_options,
)
from planner.optimiser.conflicts.elastic_lp import (
    FEASIBLE,
    Limit,
    Strain,
    eased,
    relaxed,
    strain,
)
from planner.optimiser.model.parameters import DEFAULTS, ConflictParameters
from planner.optimiser.model.plan import NOTHING
from planner.optimiser.model.problem import Problem
from planner.optimiser.model.result import Relief
from planner.optimiser.model.validate import UNLIMITED

Conflicting = Callable[[Sequence[Limit]], bool]
"""Whether these limits alone cannot hold together."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Conflict:
    """Limits that cannot hold together.

    Attributes
    ----------
    reliefs
        The limits, with how far each would have to give way if it alone did.
    prices
        Prices that prove it (see `proves_infeasible`), or None where only a search of
        whole choices found the conflict.
    """

    reliefs: tuple[Relief, ...]
    prices: Prices | None


def find_conflict(
    problem: Problem,
    *,
    seconds: float = 30.0,
    parameters: ConflictParameters = DEFAULTS.conflicts,
) -> Conflict | None:
    """Return a conflict among the hard limits, or None if none was found."""
    ends = time.monotonic() + seconds

    def left() -> float:
        return max(0.0, ends - time.monotonic())

    wide = _wide(problem, parameters.first_ceilings)
    found = _strained(problem, wide, left()) or _strained(problem, None, left())
    if found is not None:
        conflicting = _elastic(problem, left)
        limits = _support(problem, found)
        if not conflicting(limits):
            # A limit that makes options impossible has no price of its own.
            limits = limits_of(problem)
        small = relaxed(problem, limits)
        small = with_options(small, needed(small))
        reason = _fewest(limits, _elastic(small, left), left, parameters.most_duties)
        reliefs = _reliefs(small, reason, left, parameters.exact_options)
        return Conflict(reliefs=reliefs, prices=_proof(problem, found))
    small = with_options(problem, needed(problem))
    if small.num_options > parameters.exact_options:
        return None
    conflicting = _exact(small, left)
    limits = limits_of(small)
    if not conflicting(limits):
        return None
    reason = _fewest(limits, conflicting, left, parameters.most_duties)
    reliefs = _reliefs(small, reason, left, parameters.exact_options)
    return Conflict(reliefs=reliefs, prices=None)


def refute(problem: Problem, *, seconds: float) -> Prices | None:
    """Return prices that prove that no plan exists, or None if none were found.

    Cheaper than `find_conflict`, which also says which limits are to blame.
    """
    if not (problem.agent_must.any() or hard_floor(problem).any()):
        return None
    found = _strained(problem, None, seconds)
    return None if found is None else _proof(problem, found)


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


def _wide(problem: Problem, most: int) -> list[Limit]:
    """Return the limits a conflict is mostly made of: all but narrow ceilings.

    The `most` ceilings that most options use are kept.
    """
    limits = limits_of(problem)
    ceilings = [limit for limit in limits if limit.kind == "upper"]
    narrow = set(ceilings[most:])
    return [limit for limit in limits if limit not in narrow]


def _strained(
    problem: Problem, limits: Sequence[Limit] | None, seconds: float
) -> Strain | None:
    """Return the strain among limits if they conflict; None if they can hold."""
    if limits is not None:
        problem = relaxed(problem, limits)
    found = strain(problem, seconds=seconds)
    return found if found is not None and found.total > FEASIBLE else None


def _support(problem: Problem, found: Strain) -> list[Limit]:
    """Return the limits whose price is not 0: they conflict without the others."""
    price, tiny = found.prices.price, 1e-9
    priced = {
        "upper": price > tiny,
        "lower": price < -tiny,
        "supply": found.prices.supply_price > tiny,
        "must": np.abs(found.agent) > tiny,
    }
    return [limit for limit in limits_of(problem) if priced[limit.kind][limit.index]]


def _proof(problem: Problem, found: Strain) -> Prices | None:
    return found.prices if proves_infeasible(problem, found.prices) else None


def _elastic(problem: Problem, left: Callable[[], float]) -> Conflicting:
    def conflicting(limits: Sequence[Limit]) -> bool:
        return _strained(problem, limits, left()) is not None

    return conflicting


def _exact(problem: Problem, left: Callable[[], float]) -> Conflicting:
    def conflicting(limits: Sequence[Limit]) -> bool:
        return _can_hold(relaxed(problem, limits), left()) is False

    return conflicting


def _can_hold(problem: Problem, seconds: float) -> bool | None:
    """Return whether any plan keeps the hard limits; None if that stayed open."""
    from planner.optimiser.mip import cpsat
    from planner.optimiser.mip.mip_model import formulate

    if feasible(problem, np.full(problem.num_agents, NOTHING)):
        return True
    if seconds == 0:
        return None
    worthless = problem.replace(option_value=np.zeros(problem.num_options, np.int64))
    answer = cpsat.solve(formulate(worthless), cpsat.Effort(seconds=seconds))
    if answer.y is not None:
        return True
    return False if answer.closed else None


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


def _reliefs(
    problem: Problem,
    reason: Sequence[Limit],
    left: Callable[[], float],
    exact_options: int,
) -> tuple[Relief, ...]:
    """Return how far each limit of a conflict must give way if the others stay."""
    small = relaxed(problem, reason)
    return tuple(
        _relief(problem, limit, _least(small, limit, left, exact_options))
        for limit in reason
    )


def _least(
    problem: Problem, limit: Limit, left: Callable[[], float], exact_options: int
) -> int | None:
    """Return by how much one limit must give way for any plan, or None if in vain.

    No plan does with less than the elastic program; whether one does with that, whole
    choices tell, where they are not too many to ask.
    """
    if limit.kind == "must" or left() == 0:
        return None
    alone = strain(problem, seconds=left(), only=limit)
    total = 0.0 if alone is None else alone.total * (1 - FEASIBLE**2) - FEASIBLE
    least = max(1, math.ceil(total))
    if problem.num_options > exact_options:
        return None if alone is None else least
    answers: dict[int, bool | None] = {}

    def helps(by: int) -> bool:
        answers[by] = _can_hold(eased(problem, limit, by), left())
        return answers[by] is True

    found = _first(least, max(least, _most(problem, limit)), helps)
    return least if None in answers.values() else found


def _first(least: int, most: int, helps: Callable[[int], bool]) -> int | None:
    """Return the first number from `least` to `most` that helps, as all above do."""
    if helps(least):
        return least
    if least == most or not helps(most):
        return None
    while least + 1 < most:
        middle = (least + most) // 2
        least, most = (least, middle) if helps(middle) else (middle, most)
    return most


def _most(problem: Problem, limit: Limit) -> int:
    """Return how far a limit can give way before it is none."""
    if limit.kind == "lower":
        return int(problem.resource_lower[limit.index])
    resources = np.array([limit.index])
    now = problem.resource_upper
    if limit.kind == "supply":
        pool = np.repeat(np.arange(problem.num_resources), np.diff(problem.supply_ptr))
        resources = pool[problem.supply_index == limit.index]
        now = problem.supply_upper
    used = np.isin(problem.use_resource, resources)
    return int(problem.use_amount[used].sum()) - int(now[limit.index])


def _relief(problem: Problem, limit: Limit, by: int | None) -> Relief:
    names = {"must": problem.agent_name, "supply": problem.supply_name}
    name = names.get(limit.kind, problem.resource_name)(limit.index)
    return Relief(limit=name, kind=limit.kind, by=by)
