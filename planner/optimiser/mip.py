"""Solve an integer program by branch and cut: SCIP or HiGHS, as shipped in OR-Tools."""

from typing import Any

import numpy as np

from planner.optimiser.branching import model_of
from planner.optimiser.cpsat import Answer, Effort
from planner.optimiser.formulation import Formulation
from planner.optimiser.problem import IntArray
from planner.optimiser.whole import written

EXACT = 10**8
"""With larger numbers, rounding hides differences of 1 from these solvers."""

SETTINGS = {
    "scip": "limits/gap=0\nnumerics/feastol=1e-9\nrandomization/randomseedshift={seed}",
    "highs": "mip_rel_gap=0\nmip_abs_gap=0.9\nmip_feasibility_tolerance=1e-9\n"
    "output_flag=false\nrandom_seed={seed}",
}

NODES = {"scip": "\nlimits/nodes={nodes}", "highs": "\nmip_max_nodes={nodes}"}
"""How a limit on work, in nodes, is written."""


def solve(program: Formulation, effort: Effort, *, solver: str = "scip") -> Answer:
    """Solve by branch and cut; neither solver can be interrupted, so keep it short."""
    # Slow import.
    from ortools.linear_solver.python import model_builder_helper as builder

    if _largest(program) > EXACT:
        return Answer(None, None, closed=False)
    helper = builder.ModelSolverHelper(solver)
    helper.set_time_limit_in_seconds(max(effort.seconds, 0.01))
    settings = SETTINGS[solver].format(seed=effort.seed)
    if effort.work is not None:
        settings += NODES[solver].format(nodes=int(effort.work))
    helper.set_solver_specific_parameters(settings)
    helper.enable_output(False)
    helper.solve(model_of(builder, written(program)))
    return _answer(helper)


def _largest(program: Formulation) -> int:
    """Return the largest number that the solver has to tell from the next one."""
    columns = np.arange(len(program.upper))
    ends = program.reach(columns, np.asarray(program.objective, dtype=np.int64))
    limits = [limit or 0 for row in program.rows for limit in (row.lower, row.upper)]
    return max(abs(number) for number in (*ends, *limits))


def _answer(helper: Any) -> Answer:
    name = helper.status().name
    if name == "INFEASIBLE":
        return Answer(None, None, closed=True)
    if name not in {"OPTIMAL", "FEASIBLE"} or not helper.has_solution():
        return Answer(None, None, closed=False)
    y: IntArray = np.rint(helper.variable_values()).astype(np.int64)
    closed = name == "OPTIMAL"
    return Answer(y, float(helper.best_objective_bound()) if closed else None, closed)
