"""True claims about small problems, and ways to make them false."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from planner.optimiser.certificate.check import DIGITS
from planner.optimiser.model.claim import Claim, TierClaim
from tests.planner.optimiser import brute, strategies


@st.composite
def true_claims(draw):
    """A problem, its best plan, and prices with exactly what they prove."""
    problem = draw(
        strategies.problems(max_agents=4).filter(lambda p: brute.optimum(p) is not None)
    )
    values, choice = brute.optimum(problem)
    tiers = [
        tier_claim(
            problem,
            values,
            tier,
            draw(grid_prices(problem.num_resources)),
            draw(grid_prices(problem.num_supplies)),
            -abs(draw(grid_prices(tier))),
            draw(strategies.fees(problem, grid_numbers)),
        )
        for tier in range(problem.num_tiers)
    ]
    return problem, claim_of(problem, choice, tiers)


grid_numbers = st.integers(-64, 160).map(lambda k: k / 16)


def grid_prices(count):
    return st.lists(grid_numbers, min_size=count, max_size=count).map(
        lambda numbers: np.array(numbers, dtype=float)
    )


def tier_claim(problem, values, tier, price, supply_price, tier_price, fees):
    """Return what these prices prove; the solver's word closes what they leave."""
    proven = brute.bound(
        problem,
        price,
        supply_price,
        tier_price,
        tier=tier,
        levels=values[:tier],
        fees=strategies.as_dict(fees),
    )
    upper = float(proven)
    return TierClaim(
        value=values[tier],
        bound=upper,
        gap=(upper - values[tier]) / max(1, abs(values[tier])),
        price=price,
        supply_price=supply_price,
        tier_price=tier_price,
        solver_bound=float(values[tier]),
        fees=fees,
    )


def claim_of(problem, choice, tiers):
    """Return the claim of a plan: optimal where the prices leave nothing open."""
    closed = all(math.floor(tier.bound) <= tier.value for tier in tiers)
    return Claim(
        status="optimal" if closed else "feasible",
        termination="proved" if closed else "agreed",
        choice=np.array(choice, dtype=np.int64),
        objective=tiers[-1].value,
        bound=tiers[-1].bound,
        gap=tiers[-1].gap,
        tiers=tuple(tiers),
        solver_bound=tiers[-1].solver_bound,
        digest=problem.digest,
    )


def false_claims(problem, claim):
    """Yield (what was done, problem, claim) for every way to make the claim false."""
    for spoil in (choices, numbers, prices, fees, limits, stories):
        for what, spoilt_problem, spoilt in spoil(problem, claim):
            yield f"{spoil.__name__}: {what}", spoilt_problem, spoilt


def choices(problem, claim):
    """Replace, drop, swap, borrow and invent choices; split a team."""
    tiers = tuple(tier.value for tier in claim.tiers)

    def changed(what, *pairs):
        choice = claim.choice.copy()
        for agent, option in pairs:
            choice[agent] = option
        return what, problem, replace(claim, choice=choice)

    for agent in range(problem.num_agents):
        for option in range(-1, problem.num_options):
            if option == claim.choice[agent]:
                continue
            if option >= 0 and problem.option_agent[option] != agent:
                yield changed("borrowed", (agent, option))
                continue
            what, _, mutant = changed("replaced", (agent, option))
            dropped = option == -1 and problem.agent_must[agent]
            truth = None if dropped else brute.value_of(problem, mutant.choice)
            if truth != tiers:
                yield ("dropped" if option == -1 else what), problem, mutant
    for one, other in combinations(range(problem.num_agents), 2):
        mine, yours = claim.choice[[one, other]].tolist()
        if mine != yours:
            yield changed("swapped", (one, yours), (other, mine))
    for wrong in (-2, problem.num_options):
        yield changed("invented", (0, wrong))
    for split in (
        np.append(claim.choice, claim.choice[-1]),
        claim.choice[:-1],
        np.stack([claim.choice, claim.choice[::-1]], axis=1),
    ):
        yield "split", problem, replace(claim, choice=split)


def numbers(problem, claim):
    """Misstate objective, value, bound and gap, with everything else made to fit."""
    for step in (-1, 1):
        yield "objective", problem, replace(claim, objective=claim.objective + step)
        yield "gap", problem, replace(claim, gap=claim.gap + step / 100)
    for tier, stated in enumerate(claim.tiers):
        for step in (-1, -1 / 16, -1000, math.nan, math.inf):
            what = "bound lowered" if step < 0 else "bound no number"
            yield what, problem, restated(claim, tier, bound=stated.bound + step)
        for step in (-1, 1):
            value = stated.value + step
            yield "value", problem, restated(claim, tier, value=value)
        for gap in (None, stated.gap + 0.01, stated.gap - 0.01, math.nan):
            tiers = with_tier(claim, tier, replace(stated, gap=gap))
            yield "gap", problem, replace(claim, tiers=tiers)
        below = stated.value - 1.0
        tiers = with_tier(claim, tier, replace(stated, solver_bound=below))
        last = tiers[-1].solver_bound
        yield (
            "solver bound",
            problem,
            replace(claim, tiers=tiers, solver_bound=last),
        )


def restated(claim, tier, **changes):
    """Return the claim with one tier changed and every number that follows from it."""
    stated = replace(claim.tiers[tier], **changes)
    gap = (stated.bound - stated.value) / max(1, abs(stated.value))
    tiers = with_tier(claim, tier, replace(stated, gap=gap))
    last = tiers[-1]
    return replace(
        claim, tiers=tiers, objective=last.value, bound=last.bound, gap=last.gap
    )


def with_tier(claim, tier, stated):
    return (*claim.tiers[:tier], stated, *claim.tiers[tier + 1 :])


def prices(problem, claim):
    """Move one price so far that the prices no longer prove the stated bound."""
    values = tuple(tier.value for tier in claim.tiers)
    for tier, stated in enumerate(claim.tiers):
        for name in ("price", "supply_price", "tier_price"):
            given = getattr(stated, name)
            for at in range(len(given)):
                for step in (-7.0, -1.0, -1 / 16, 1 / 16, 1.0, 7.0):
                    moved = given.copy()
                    moved[at] += step
                    spoilt = replace(stated, **{name: moved})
                    if not proves_its_bound(problem, spoilt, tier, values):
                        tiers = with_tier(claim, tier, spoilt)
                        what = "lowered" if step < 0 else "raised"
                        yield f"{name} {what}", problem, replace(claim, tiers=tiers)
                broken = given.copy()
                broken[at] = math.nan
                tiers = with_tier(claim, tier, replace(stated, **{name: broken}))
                yield "no number", problem, replace(claim, tiers=tiers)
        without = with_tier(claim, tier, replace(stated, price=None))
        yield "no prices", problem, replace(claim, tiers=without)


def fees(problem, claim):
    """Change, drop and break fees so that they no longer prove the stated bound."""
    values = tuple(tier.value for tier in claim.tiers)
    for tier, stated in enumerate(claim.tiers):
        for at in range(len(stated.fees)):
            for what, changed in spoilt_fees(stated.fees, at):
                spoilt = replace(stated, fees=changed)
                if what in {"changed", "dropped"} and proves_its_bound(
                    problem, spoilt, tier, values
                ):
                    continue
                tiers = with_tier(claim, tier, spoilt)
                yield what, problem, replace(claim, tiers=tiers)


def spoilt_fees(given, at):
    for step in (-7.0, -1.0, -1 / 16, 1 / 16, 1.0, 7.0):
        fee = given.fee.copy()
        fee[at] += step
        yield "changed", replace(given, fee=fee)
    rest = np.arange(len(given)) != at
    dropped = {n: getattr(given, n)[rest] for n in ("option", "resource", "fee")}
    yield "dropped", replace(given, **dropped)
    fee = given.fee.copy()
    fee[at] = math.nan
    yield "no number", replace(given, fee=fee)
    yield "shorter", replace(given, fee=given.fee[1:])
    twice = np.append(np.arange(len(given)), at)
    doubled = {n: getattr(given, n)[twice] for n in ("option", "resource", "fee")}
    yield "twice", replace(given, **doubled)
    for name in ("option", "resource"):
        array = getattr(given, name).copy()
        array[at] = -1
        yield "nobody's", replace(given, **{name: array})


def proves_its_bound(problem, stated, tier, values):
    proven = brute.bound(
        problem,
        stated.price,
        stated.supply_price,
        stated.tier_price,
        tier=tier,
        levels=values[:tier],
        fees=strategies.as_dict(stated.fees),
    )
    # A third of a price is no float: the check allows for the last digits of a bound.
    room = Fraction(DIGITS) * (1 + abs(proven))
    return Fraction(stated.bound) + room >= proven


def limits(problem, claim):
    """Make the plan overspend by one unit, or a cohort run one person short."""
    claim = replace(claim, digest=None)
    before = brute.value_of(problem, claim.choice)
    for name, step, what in (
        ("resource_upper", -1, "overspent"),
        ("resource_lower", 1, "one short"),
        ("supply_upper", -1, "line overspent"),
    ):
        for at in range(len(getattr(problem, name))):
            changed = by_one(problem, claim, name, at, step)
            if changed and brute.value_of(changed, claim.choice) != before:
                cohort = step > 0 and problem.resource_only_if_used[at]
                yield f"cohort {what}" if cohort else what, changed, claim
    for name in ("opening_amount", "opening_value"):
        for at in range(len(getattr(problem, name))):
            if name == "opening_value" and not problem.resource_only_if_used[at]:
                continue
            numbers = getattr(problem, name).copy()
            numbers[at] += 9
            changed = problem.replace(**{name: numbers})
            if brute.value_of(changed, claim.choice) != before:
                yield f"{name} changed", changed, claim


def by_one(problem, claim, name, at, step):
    """Return the problem with one limit a unit too tight for the plan, if it can be."""
    if name == "supply_upper":
        return by_one_line(problem, claim, at)
    if problem.resource_supplied[at]:
        return None
    numbers = getattr(problem, name).copy()
    numbers[at] = use_of(problem, claim)[at] + step
    other = problem.resource_lower if step < 0 else problem.resource_upper
    if numbers[at] < 0 or (numbers[at] - other[at]) * step > 0:
        return None
    return problem.replace(**{name: numbers})


def by_one_line(problem, claim, at):
    """Return the problem with the most on one line that is not enough for the plan."""
    numbers = problem.supply_upper.copy()
    numbers[at] = min(numbers[at], use_of(problem, claim).sum())
    while numbers[at] > 0:
        numbers[at] -= 1
        changed = problem.replace(supply_upper=numbers.copy())
        if brute.value_of(changed, claim.choice) is None:
            return changed
    return None


def use_of(problem, claim):
    use = np.zeros(problem.num_resources, dtype=np.int64)
    for option in claim.choice[claim.choice >= 0]:
        span = slice(problem.use_ptr[option], problem.use_ptr[option + 1])
        np.add.at(use, problem.use_resource[span], problem.use_amount[span])
    return use


def stories(problem, claim):
    """Change status, termination, digest and the list of tiers."""
    for status in ("infeasible", "unknown", "best", ""):
        yield "status", problem, replace(claim, status=status)
    yield (
        "termination",
        problem,
        replace(claim, status="feasible", termination="proved"),
    )
    yield "termination", problem, replace(claim, status="optimal", termination="agreed")
    yield "digest", problem, replace(claim, digest="0" * 64)
    yield "tiers", problem, replace(claim, tiers=())
    yield "tiers", problem, replace(claim, tiers=(*claim.tiers, claim.tiers[-1]))
    yield "no plan", problem, replace(claim, choice=None)
    yield "no plan", problem, replace(claim, choice=None, objective=None, gap=None)
    if claim.status == "feasible":
        yield (
            "unproven optimum",
            problem,
            replace(claim, status="optimal", termination="proved"),
        )
