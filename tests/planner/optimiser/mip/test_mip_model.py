"""The integer program says what the problem says, also where it is made smaller."""

import numpy as np
import pytest

from planner.optimiser import Problem
from planner.optimiser.mip import scip
from planner.optimiser.mip.cpsat import Effort
from planner.optimiser.mip.mip_model import formulate
from planner.optimiser.model.problem import HARD


def with_a_row_of_its_own(*, only_if_used):
    """Somebody whose first option alone uses a resource with a floor of 1."""
    return Problem(
        agent_must=[False],
        option_agent=[0, 0],
        option_value=[5, 9],
        use_ptr=[0, 1, 1],
        use_resource=[0],
        use_amount=[1],
        resource_upper=[4],
        resource_lower=[1],
        resource_only_if_used=[only_if_used],
        resource_shortfall_price=[HARD],
        resource_excess_price=[HARD],
        supply_upper=(),
        supply_ptr=[0, 0],
        supply_index=(),
    )


@pytest.mark.parametrize(("only_if_used", "best"), [(True, 9), (False, 5)])
def test_a_cohort_of_one_is_not_settled_by_its_floor(only_if_used, best):
    """While it is closed its floor asks for nothing."""
    problem = with_a_row_of_its_own(only_if_used=only_if_used)
    program = formulate(problem)
    assert program.settled()[0] == (not only_if_used)
    answer = scip.solve(program, Effort(10.0))
    choice = program.choice(problem, answer.y)
    assert np.array_equal(problem.option_value[choice], [best])
