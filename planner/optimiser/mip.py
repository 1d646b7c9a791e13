"""Solve an integer program by branch and cut: SCIP or HiGHS, as shipped in OR-Tools."""

from typing import Any

import numpy as np

from planner.optimiser.cpsat import Answer, Effort
from planner.optimiser.formulation import Formulation, Row, plain_rows
from planner.optimiser.problem import IntArray

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
    helper.solve(_model(builder, program))
    return _answer(helper)


def _largest(program: Formulation) -> int:
    """Return the largest number that the solver has to tell from the next one."""
    columns = np.arange(len(program.upper))
    ends = program.reach(columns, np.asarray(program.objective, dtype=np.int64))
    limits = [limit or 0 for row in program.rows for limit in (row.lower, row.upper)]
    return max(abs(number) for number in (*ends, *limits))


def _model(builder: Any, program: Formulation) -> Any:
    model = builder.ModelBuilderHelper()
    count = len(program.upper)
    model.add_var_array_with_bounds(
        np.zeros(count),
        np.asarray(program.upper, dtype=float),
        np.ones(count, bool),
        "",
    )
    model.set_objective_coefficients(
        list(range(count)), [float(worth) for worth in program.objective]
    )
    model.set_maximize(True)
    for row in [*plain_rows(program), *_wanted(program)]:
        index = model.add_linear_constraint()
        low = -np.inf if row.lower is None else float(row.lower)
        high = np.inf if row.upper is None else float(row.upper)
        model.set_constraint_lower_bound(index, low)
        model.set_constraint_upper_bound(index, high)
        terms = zip(row.columns.tolist(), row.coefficients.tolist(), strict=True)
        for column, term in terms:
            model.add_term_to_constraint(index, column, float(term))
    return model


def _wanted(program: Formulation) -> list[Row]:
    """The row that asks for a good enough objective."""
    worth = np.asarray(program.objective, dtype=np.int64)
    columns = np.flatnonzero(worth)
    if program.at_least is None:
        return []
    return [Row(columns, worth[columns], program.at_least, None)]


def _answer(helper: Any) -> Answer:
    name = helper.status().name
    if name == "INFEASIBLE":
        return Answer(None, None, closed=True)
    if name not in {"OPTIMAL", "FEASIBLE"} or not helper.has_solution():
        return Answer(None, None, closed=False)
    y: IntArray = np.rint(helper.variable_values()).astype(np.int64)
    closed = name == "OPTIMAL"
    return Answer(y, float(helper.best_objective_bound()) if closed else None, closed)
