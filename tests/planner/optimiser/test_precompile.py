"""The specimen is just what makes the kernels compile."""

from planner.optimiser.kernels.dispatch import ONCE_FROM
from planner.optimiser.precompile import specimen
from planner.optimiser.relaxation.row_model import flatten


def test_the_specimen_is_large_enough_to_be_compiled_and_has_pools_and_cohorts():
    problem = specimen()
    model = flatten(problem)

    assert problem.num_uses >= ONCE_FROM
    assert model.num_uses >= ONCE_FROM
    assert model.sets
    assert problem.resource_only_if_used.any()
