"""Hypothesis strategies that generate whole small problems with every feature."""

import itertools

import numpy as np
from hypothesis import strategies as st

from planner.optimiser import Problem
from planner.optimiser.model.fees import Fees
from planner.optimiser.model.problem import HARD, UNLIMITED, pointers

rare = st.sampled_from([True, False, False, False])


@st.composite
def problems(
    draw,
    *,
    max_agents=5,
    max_options=3,
    max_resources=5,
    min_tiers=1,
    max_tiers=3,
    opens=True,
):
    """A problem small enough to try every plan.

    Without `opens` nothing uses others by opening: the search sees agents instead.
    """
    agents = draw(st.integers(1, max_agents))
    counts = draw(
        st.lists(st.integers(0, max_options), min_size=agents, max_size=agents)
    )
    resources = draw(st.integers(1, max_resources))
    supplies = draw(st.integers(0, 3))
    rows = [draw(resource_rows(supplies)) for _ in range(resources)]
    uses = [draw(option_uses(resources)) for _ in range(sum(counts))]
    must = [draw(rare) and count > 0 for count in counts]
    tiers = draw(st.integers(min_tiers, max_tiers))
    opening = [draw(opening_uses(rows, at)) if opens else {} for at in range(resources)]
    give_back(draw, rows, uses, opening)
    return Problem(
        agent_must=np.array(must, dtype=bool),
        option_agent=np.repeat(np.arange(agents), counts),
        option_value=draw(option_values(sum(counts), tiers)),
        use_ptr=pointers(np.array([len(use) for use in uses], dtype=np.int64)),
        use_resource=np.array([r for use in uses for r in use], dtype=np.int32),
        use_amount=np.array([a for use in uses for a in use.values()], dtype=np.int64),
        resource_upper=np.array([row["upper"] for row in rows]),
        resource_lower=np.array([row["lower"] for row in rows]),
        resource_only_if_used=np.array([row["only_if_used"] for row in rows]),
        resource_shortfall_price=np.array([row["shortfall"] for row in rows]),
        resource_excess_price=np.array([row["excess"] for row in rows]),
        resource_step=np.array([row["step"] for row in rows]),
        supply_upper=np.array(
            draw(st.lists(line_uppers, min_size=supplies, max_size=supplies)),
            dtype=np.int64,
        ),
        supply_ptr=pointers(np.array([len(row["lines"]) for row in rows])),
        supply_index=np.array(
            [f for row in rows for f in row["lines"]], dtype=np.int32
        ),
        opening_ptr=pointers(np.array([len(use) for use in opening], dtype=np.int64)),
        opening_resource=np.array([r for use in opening for r in use], dtype=np.int32),
        opening_amount=np.array(
            [a for use in opening for a in use.values()], dtype=np.int64
        ),
        opening_value=draw(opening_values(rows, tiers)) if opens else (),
    )


def turned(problem):
    """Return the same problem, each option naming its uses the other way round."""
    spans = itertools.pairwise(problem.use_ptr.tolist())
    order = [at for start, stop in spans for at in reversed(range(start, stop))]
    return problem.replace(
        use_resource=problem.use_resource[order], use_amount=problem.use_amount[order]
    )


line_uppers = st.one_of(st.integers(0, 12), st.just(UNLIMITED))


@st.composite
def resource_rows(draw, supplies):
    """One resource: supplied by lines, or with limits of its own, hard or soft."""
    if supplies and draw(st.booleans()):
        chosen = st.sets(st.integers(0, supplies - 1), min_size=1)
        return row(lines=sorted(draw(chosen)))
    lower = draw(st.sampled_from([0, 0, 1, 2, 3]))
    upper = draw(st.one_of(st.integers(lower, lower + 6), st.just(UNLIMITED)))
    return row(
        upper=upper,
        lower=lower,
        only_if_used=draw(st.booleans()),
        shortfall=draw(soft_prices),
        excess=draw(soft_prices),
        step=draw(st.sampled_from([1, 1, 2, 3])),
    )


soft_prices = st.one_of(st.just(HARD), st.integers(0, 8))


def row(
    *,
    upper=UNLIMITED,
    lower=0,
    only_if_used=False,
    shortfall=HARD,
    excess=HARD,
    step=1,
    lines=(),
):
    return {
        "upper": upper,
        "lower": lower,
        "only_if_used": only_if_used,
        "shortfall": shortfall,
        "excess": excess,
        "step": step,
        "lines": list(lines),
    }


def option_uses(resources):
    """What one option uses: {resource: amount}, a team or a pathway among them."""
    return st.dictionaries(st.integers(0, resources - 1), st.integers(0, 5), max_size=3)


def opening_uses(rows, at):
    """What a cohort uses of others, pools too, by opening: {resource: amount}."""
    others = [r for r, row in enumerate(rows) if not row["only_if_used"]]
    if not rows[at]["only_if_used"] or not others:
        return st.just({})
    uses = st.dictionaries(st.sampled_from(others), st.integers(0, 4), max_size=2)
    return st.one_of(st.just({}), uses)


def give_back(draw, rows, uses, opening):
    """Turn a few opening uses into gifts: whoever opens uses as much more first."""
    for at, opened in enumerate(opening):
        for other, amount in opened.items():
            if rows[other]["lines"] or not amount or not draw(rare):
                continue
            opened[other] = -amount
            for use in uses:
                if use.get(at):
                    use[other] = use.get(other, 0) + amount


@st.composite
def opening_values(draw, rows, tiers):
    numbers = [
        draw(st.lists(st.integers(-6, 4), min_size=tiers, max_size=tiers))
        if row["only_if_used"] and draw(st.booleans())
        else [0] * tiers
        for row in rows
    ]
    array = np.array(numbers, dtype=np.int64)
    return array[:, 0] if tiers == 1 else array


@st.composite
def option_values(draw, options, tiers):
    shape = (options,) if tiers == 1 else (options, tiers)
    size = options * tiers
    numbers = draw(st.lists(st.integers(-3, 15), min_size=size, max_size=size))
    return np.array(numbers, dtype=np.int64).reshape(shape)


def price_vectors(count):
    """Any prices, sensible or not: floats of every size, whole and broken ones."""
    number = st.one_of(
        st.integers(-20, 20).map(float),
        st.floats(-30, 30),
        st.floats(allow_nan=False, allow_infinity=False),
    )
    return st.lists(number, min_size=count, max_size=count).map(
        lambda numbers: np.array(numbers, dtype=float)
    )


@st.composite
def fees(draw, problem, numbers=None):
    """Fees of any size, negative ones too, for some options in some cohorts."""
    pairs = entries(problem)
    some = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    some = np.array(sorted(some), dtype=np.int64).reshape(-1, 2)
    number = st.floats(-30, 30) if numbers is None else numbers
    paid = draw(st.lists(number, min_size=len(some), max_size=len(some)))
    fee = np.array(paid, dtype=np.float64)
    return Fees(option=some[:, 0], resource=some[:, 1], fee=fee)


def entries(problem):
    """The pairs of an option and a cohort that it uses some of."""
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    uses = zip(
        owner.tolist(),
        problem.use_resource.tolist(),
        problem.use_amount.tolist(),
        strict=True,
    )
    cohort = problem.resource_only_if_used
    return [(o, r) for o, r, amount in uses if amount > 0 and cohort[r]]


def as_dict(fees):
    """Fees as `brute.bound` takes them."""
    pairs = zip(fees.option.tolist(), fees.resource.tolist(), strict=True)
    return dict(zip(pairs, fees.fee.tolist(), strict=True))
