"""A later run never returns less than a plan that it knows: its own ones, and given.

Random problems with every feature; time from nothing to enough, and work likewise;
blocks of any size, searched apart.
"""

import itertools

import numpy as np
from hypothesis import HealthCheck, given, settings, strategies as st

from planner.optimiser import Limits, Plan, SearchParameters, check, solve
from tests.planner.optimiser import brute, strategies

MOST = 300
"""Plans of a problem from which the known one is drawn."""

limits = st.one_of(
    st.builds(Limits, seconds=st.sampled_from([1e-6, 0.02, 0.2, 5.0])),
    st.builds(
        Limits,
        seconds=st.just(30.0),
        work=st.sampled_from([0, 1, 100, 5_000, 10**7]),
        workers=st.integers(1, 2),
    ),
)
parameters = st.sampled_from(
    [
        SearchParameters.of({}),
        SearchParameters.of({"decomposition": {"least_options": 1}}),
        SearchParameters.of(
            {
                "decomposition": {"least_options": 1},
                "portfolio": {"options": 0},
                "pipeline": {"lp_first_options": 0, "exact_options": 0},
                "proof": {"options": 0},
            }
        ),
    ]
)
"""As usual; blocks apart; and as large problems are searched, prices first."""

few = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@given(problem=strategies.problems(), limits=limits, tuned=parameters, data=st.data())
@few
def test_no_run_returns_less_than_it_knows(problem, limits, tuned, data):
    plans = [
        np.array(choice, dtype=np.int64)
        for _, choice in itertools.islice(brute.plans(problem), MOST)
    ]
    start = data.draw(st.sampled_from(plans)) if plans else None
    told = []

    result = solve(
        problem,
        limits=limits,
        warm_start=start,
        parameters=tuned,
        on_plan=lambda choice: told.append(choice.copy()),
    )

    assert check(problem, result).holds
    known = [Plan.of(problem, choice).tiers for choice in told]
    if start is not None:
        known.append(Plan.of(problem, start).tiers)
    if known:
        assert result.plan is not None
        assert result.plan.tiers >= max(known)
