"""The independent check: does the plan keep every limit, and do the prices prove it?

    value(plan)  <=  best value of any plan  <=  bound(prices)

The left side is added up from the choice (feasibility.py), the right is weak duality
(Geoffrion 1974) in exact fractions (dual_bound.py), or the leaves of a tree of such
bounds (proof_tree.py). A checker of claims instead of a trusted solver: McConnell,
Mehlhorn, Naher and Schweitzer 2011, "Certifying algorithms".

It imports no solver and shares no code with the search. What it says about a plan can
be believed by someone who believes neither.

Arrays: choice int64[agents], -1 for nothing. Values and bounds are in units of the
problem's values, whole or as fractions; a gap is a share of the objective.
"""

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from planner.optimiser.certificate.dual_bound import (
    PriceError,
    Prices,
    bound,
    proves_infeasible,
)
from planner.optimiser.certificate.feasibility import Facts, facts
from planner.optimiser.certificate.proof_tree import TreeError, verify
from planner.optimiser.model.claim import Claim, TierClaim
from planner.optimiser.model.problem import IntArray, Problem
from planner.optimiser.model.result import Result, Status, Termination, relative_gap

TOLERANCE = 1e-9
"""How far a stated gap may be from the exact number, relative to its size."""

DIGITS = 1e-12
"""How far a stated bound may be from the exact number, relative to its size."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the check found.

    Attributes
    ----------
    violations
        Everything that does not hold, one sentence each. Empty: every claim holds.
    notes
        What the result says that nobody can verify from it.
    objective, bound, gap
        Of the last tier, recomputed; the bound is what the prices prove, as a float
        that is never below it.
    tiers
        (value, bound) of each tier, recomputed.
    """

    violations: tuple[str, ...]
    notes: tuple[str, ...]
    objective: int | None
    bound: float | None
    tiers: tuple[tuple[int | None, float | None], ...]

    @property
    def holds(self) -> bool:
        return not self.violations

    @property
    def gap(self) -> float | None:
        return relative_gap(self.objective, self.bound)


def check(problem: Problem, result: Result | Claim) -> Verdict:
    """Recompute everything a result claims, and list every claim that does not hold."""
    claim = Claim.of(result) if isinstance(result, Result) else result
    plan_facts = None if claim.choice is None else facts(problem, claim.choice)
    wrong = list(claim.misread)
    if claim.digest is not None and claim.digest != problem.digest:
        wrong.append("digest: the result answers another problem")
    if plan_facts is not None:
        wrong += plan_facts.violations
    wrong += _shape(problem, claim)
    bounds: list[Fraction | None] = [None] * problem.num_tiers
    for tier, stated in enumerate(claim.tiers[: problem.num_tiers]):
        bounds[tier], says = _tier(problem, tier, stated, plan_facts)
        wrong += says
    wrong += _last(claim, plan_facts)
    wrong += _status(problem, claim, plan_facts, bounds)
    values = plan_facts.tiers if plan_facts else (None,) * problem.num_tiers
    upper = [None if b is None else outward(b) for b in bounds]
    return Verdict(
        violations=tuple(wrong),
        notes=tuple(_notes(problem, claim, bounds, plan_facts)),
        objective=values[-1],
        bound=upper[-1],
        tiers=tuple(zip(values, upper, strict=True)),
    )


def outward(number: Fraction) -> float:
    """Return the least float that is not below an exact number."""
    try:
        nearest = float(number)
    except OverflowError:
        return math.inf if number > 0 else -sys.float_info.max
    return nearest if Fraction(nearest) >= number else math.nextafter(nearest, math.inf)


def verified_bound(
    problem: Problem, prices: Prices, *, tier: int = 0, levels: tuple[int, ...] = ()
) -> float:
    """Return the bound these prices prove, as a float that is never below it."""
    return outward(bound(problem, prices, tier=tier, levels=levels))


def feasible(problem: Problem, choice: IntArray) -> bool:
    """Return whether a choice breaks nothing."""
    return not facts(problem, choice).violations


def _shape(problem: Problem, claim: Claim) -> Iterator[str]:
    """A result says one thing about every tier, and a plan comes with its value."""
    stated, most = len(claim.tiers), problem.num_tiers
    if stated > most or (stated < most and claim.choice is not None):
        yield f"tiers: {stated} stated, but the problem has {most}"
    if (claim.choice is None) != (claim.objective is None):
        yield "objective: a plan has one, and no plan has none"


def _tier(
    problem: Problem, tier: int, stated: TierClaim, plan_facts: Facts | None
) -> tuple[Fraction | None, list[str]]:
    """Return the bound that one tier's prices prove, and which claims do not hold."""
    name, wrong = f"tier {tier + 1}", []
    value = plan_facts.tiers[tier] if plan_facts else None
    if stated.value != value:
        wrong.append(f"{name}: value {stated.value} stated, {value} recomputed")
    wrong += _gap(name, stated.gap, stated.value, stated.bound)
    try:
        proven, why = _proven(problem, tier, stated, plan_facts)
    except PriceError as error:
        proven, why = None, ""
        wrong.append(f"{name}: prices: {error}")
    by_tree, fault = _by_tree(problem, tier, stated, plan_facts)
    if fault:
        wrong.append(f"{name}: proof: {fault}")
    if by_tree is not None and (proven is None or by_tree < proven):
        proven, why = by_tree, ""
    if why and (stated.bound is not None or len(stated.fees)):
        wrong.append(f"{name}: bound {stated.bound} is not proven: {why}")
    if proven is not None and stated.bound is not None:
        wrong += _bound(name, stated.bound, proven)
    if value is not None and stated.solver_bound is not None:
        wrong += _solver_bound(name, stated.solver_bound, value)
    return proven, wrong


def _proven(
    problem: Problem, tier: int, stated: TierClaim, plan_facts: Facts | None
) -> tuple[Fraction | None, str]:
    """Return what the prices of one tier prove, or why they prove nothing.

    Numbers that are no prices are a `PriceError`.
    """
    if stated.price is None or stated.supply_price is None:
        return None, "there are no prices"
    if tier and plan_facts is None:
        return None, "without a plan the tiers before have no level"
    floors = np.zeros(0) if stated.tier_price is None else stated.tier_price
    prices = Prices(
        price=stated.price,
        supply_price=stated.supply_price,
        tier_price=floors[:tier],
        fees=stated.fees,
    )
    levels = plan_facts.tiers[:tier] if plan_facts else ()
    return bound(problem, prices, tier=tier, levels=levels), ""


def _by_tree(
    problem: Problem, tier: int, stated: TierClaim, plan_facts: Facts | None
) -> tuple[Fraction | None, str]:
    """Return what the tree of a tier proves about its plans, and its fault if any."""
    if stated.tree is None:
        return None, ""
    if tier and plan_facts is None:
        return None, "without a plan the tiers before have no level"
    try:
        levels = plan_facts.tiers[:tier] if plan_facts else ()
        proven = verify(problem, stated.tree, tier=tier, levels=levels)
    except TreeError as error:
        return None, str(error)
    if proven.bound is None and plan_facts is not None:
        return None, "it proves that there is no plan, but there is one"
    return (None if proven.bound is None else Fraction(proven.bound)), ""


def _bound(name: str, stated: float, proven: Fraction) -> Iterator[str]:
    """The stated bound is not below the proven one, but for a float's last digits.

    One above it says less than the prices prove, which is no fault.
    """
    if not math.isfinite(stated):
        yield f"{name}: bound {stated} is not a finite number"
    elif proven - Fraction(stated) > Fraction(DIGITS) * (1 + abs(proven)):
        yield f"{name}: bound {stated} stated, the prices prove {outward(proven)}"


def _gap(
    name: str, stated: float | None, value: int | None, upper: float | None
) -> Iterator[str]:
    expected = relative_gap(value, upper)
    if stated is None or expected is None:
        if stated is not expected:
            yield f"{name}: gap {stated} stated, {expected} recomputed"
    elif not abs(stated - expected) <= TOLERANCE * max(1.0, abs(expected)):
        yield f"{name}: gap {stated} stated, {expected} recomputed"


def _solver_bound(name: str, stated: float, value: int) -> Iterator[str]:
    if not stated >= value - TOLERANCE * max(1, abs(value)):
        yield f"{name}: solver bound {stated} is below the plan's value {value}"


def _last(claim: Claim, plan_facts: Facts | None) -> Iterator[str]:
    """The result's own numbers are those of its last tier."""
    value = plan_facts.tiers[-1] if plan_facts else None
    if claim.objective != value:
        yield f"objective: {claim.objective} stated, {value} recomputed"
    yield from _gap("result", claim.gap, claim.objective, claim.bound)
    if not claim.tiers:
        if claim.bound is not None:
            yield f"bound: {claim.bound} stated, but no tier proves it"
        return
    last = claim.tiers[-1]
    for name in ("bound", "solver_bound"):
        said, meant = getattr(claim, name), getattr(last, name)
        if said != meant:
            yield f"{name}: {said} stated, but {meant} in the last tier"


def _status(
    problem: Problem,
    claim: Claim,
    plan_facts: Facts | None,
    bounds: list[Fraction | None],
) -> Iterator[str]:
    """Status, termination and plan tell one story."""
    if claim.status not in list(Status):
        yield f"status: there is no status {claim.status!r}"
        return
    has_plan = claim.status in (Status.OPTIMAL, Status.FEASIBLE)
    if has_plan and plan_facts is None:
        yield f"status: {claim.status} without a plan"
    if not has_plan and plan_facts is not None:
        yield f"status: {claim.status}, but there is a plan"
    yield from _termination(problem, claim)
    if claim.status == Status.OPTIMAL and plan_facts is not None:
        for tier, (value, upper) in enumerate(
            zip(plan_facts.tiers, bounds, strict=True)
        ):
            if upper is None or math.floor(upper) > value:
                yield f"status: optimal, but nothing closes the gap of tier {tier + 1}"


ENDS = {
    Status.OPTIMAL: {Termination.PROVED},
    Status.FEASIBLE: set(Termination) - {Termination.PROVED},
    Status.INFEASIBLE: {Termination.PROVED, Termination.AGREED},
    Status.UNKNOWN: set(Termination) - {Termination.PROVED, Termination.AGREED},
}
"""How a run may end that says so."""


def _termination(problem: Problem, claim: Claim) -> Iterator[str]:
    """A run ends in one of the ways that its status allows, and a proof is one."""
    status, ended = claim.status, claim.termination
    refutes = status == Status.INFEASIBLE and ended == Termination.PROVED
    if ended not in list(Termination):
        yield f"termination: there is no termination {ended!r}"
    elif ended not in ENDS[Status(status)]:
        yield f"termination: {ended}, but the status is {status}"
    elif refutes and refuted(problem, claim) is None:
        yield f"termination: {ended}, but the status is {status}, and nothing proves it"


def _notes(
    problem: Problem,
    claim: Claim,
    bounds: list[Fraction | None],
    plan_facts: Facts | None,
) -> Iterator[str]:
    """Say what proves the claim, and what rests on the agreement of two methods."""
    if claim.status == Status.INFEASIBLE:
        by = refuted(problem, claim)
        word = "two methods agree on it, nothing proves it"
        yield f"infeasible: {f'proven by {by}' if by else word}"
    if claim.termination == Termination.AGREED and plan_facts is not None:
        values = zip(plan_facts.tiers, bounds, strict=True)
        trusted = [
            str(tier)
            for tier, (value, upper) in enumerate(values, start=1)
            if upper is None or math.floor(upper) > value
        ]
        if trusted:
            yield (
                "agreed: two methods found nothing better, which nothing proves in "
                f"tier {', '.join(trusted)}"
            )


def refuted(problem: Problem, claim: Claim) -> str | None:
    """Return what proves that there is no plan at all: the prices, a tree, or None."""
    if not claim.tiers:
        return None
    first = claim.tiers[0]
    try:
        if first.tree is not None and verify(problem, first.tree).bound is None:
            return "a tree"
        if first.price is None or first.supply_price is None:
            return None
        prices = Prices(
            price=first.price,
            supply_price=first.supply_price,
            tier_price=np.zeros(0),
            fees=first.fees,
        )
        return "the prices" if proves_infeasible(problem, prices) else None
    except (PriceError, TreeError):
        return None
