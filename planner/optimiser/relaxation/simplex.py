"""The simplex method (GLOP), which goes on from the basis of a similar program.

    maximise objective @ x,  subject to  lower <= A x <= upper,  0 <= x <= most

Rounds of column generation change little: some columns and rows join, few leave. So
columns and rows have names, and where the next program has a name again it starts with
what it was: basic, or at which limit. A column that is new is at 0, a row that is new
is not tight.

Arrays: x float64[columns], dual float64[rows], names int64.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.optimiser.model.problem import FloatArray, IntArray
from planner.optimiser.model.run_budget import Watch

STEPS = 50
"""Units of work that a simplex method is charged for each number of its matrix."""

NEAR = 1.7
"""How many times the columns of a basis a program may have to go on from it."""

AT_LOWER, AT_UPPER, BASIC = 2, 3, 5
"""What a column or a row is in a basis, as MathOpt numbers it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearProgram:
    """maximise objective @ x, subject to lower <= A x <= upper, 0 <= x <= most.

    A has `term[k]` in row `row[k]` and column `column[k]`, each place once.
    """

    objective: FloatArray
    most: FloatArray
    lower: FloatArray
    upper: FloatArray
    row: IntArray
    column: IntArray
    term: FloatArray
    row_name: IntArray
    column_name: IntArray


@dataclass(frozen=True, eq=False)
class Basis:
    """What columns and rows were, under their names in rising order."""

    column_name: IntArray
    column: IntArray
    row_name: IntArray
    row: IntArray

    def near(self, program: LinearProgram) -> bool:
        """Tell whether another program has few columns that are not here."""
        return len(program.objective) < NEAR * len(self.column)

    def of(self, program: LinearProgram) -> tuple[IntArray, IntArray]:
        """Return what columns and rows of another program begin as.

        There are as many basic ones as rows.
        """
        column = _known(self.column_name, self.column, program.column_name, AT_LOWER)
        row = _known(self.row_name, self.row, program.row_name, BASIC)
        missing = len(row) - int((column == BASIC).sum() + (row == BASIC).sum())
        if missing > 0:
            row[np.flatnonzero(row != BASIC)[:missing]] = BASIC
        elif missing < 0:
            free = np.flatnonzero(row == BASIC)[:-missing]
            upper = np.isfinite(program.upper[free])
            row[free] = np.where(upper, AT_UPPER, AT_LOWER)
        return column, row


@dataclass(frozen=True, eq=False)
class Vertex:
    """An optimal solution, with the basis that it belongs to."""

    x: FloatArray
    dual: FloatArray
    value: float
    basis: Basis


def solve(
    program: LinearProgram, watch: Watch, seconds: float, start: Basis | None = None
) -> Vertex | None:
    """Solve a program; None where it was stopped, or failed.

    Parameters
    ----------
    seconds
        Time for the simplex method, within what the watch allows.
    start
        The basis of a similar program.
    """
    # Slow imports, needed only where a program is solved.
    from ortools.math_opt import (
        callback_pb2,
        model_parameters_pb2,
        parameters_pb2,
        result_pb2,
    )
    from ortools.math_opt.core.python import solver
    from ortools.util.python.solve_interrupter import SolveInterrupter

    limits, given = (
        parameters_pb2.SolveParametersProto(),
        model_parameters_pb2.ModelSolveParametersProto(),
    )
    left = max(0.01, min(seconds, watch.seconds_left()))
    limits.time_limit.FromNanoseconds(int(min(left, 1e8) * 1e9))
    if start is not None and start.near(program):
        limits.glop.use_preprocessing = False
        limits.glop.use_dual_simplex = True
        for place, status in zip(
            (
                given.initial_basis.variable_status,
                given.initial_basis.constraint_status,
            ),
            start.of(program),
            strict=True,
        ):
            place.ids.extend(range(len(status)))
            place.values.extend(status.tolist())
        given.initial_basis.basic_dual_feasibility = 0
    interrupter, answers = SolveInterrupter(), []

    def run() -> None:
        answers.append(
            solver.solve(
                _model(program),
                parameters_pb2.SOLVER_TYPE_GLOP,
                parameters_pb2.SolverInitializerProto(),
                limits,
                given,
                None,
                callback_pb2.CallbackRegistrationProto(),
                None,
                interrupter.pybind_interrupter,
            )
        )

    watch.run(run, interrupter.interrupt)
    watch.work += STEPS * len(program.term)
    (answer,) = answers
    if answer.termination.reason != result_pb2.TERMINATION_REASON_OPTIMAL:
        return None
    return _vertex(program, answer.solutions[0])


def _known(
    names: IntArray, values: IntArray, wanted: IntArray, otherwise: int
) -> IntArray:
    """Return the values under these names, where there are any."""
    place = np.minimum(np.searchsorted(names, wanted), max(0, len(names) - 1))
    if not len(names):
        return np.full(len(wanted), otherwise)
    return np.where(names[place] == wanted, values[place], otherwise)


def _model(program: LinearProgram) -> Any:
    """Return a program as MathOpt takes it."""
    from ortools.math_opt import model_pb2

    model = model_pb2.ModelProto()
    columns, rows = len(program.objective), len(program.lower)
    model.variables.ids.extend(range(columns))
    model.variables.lower_bounds.extend([0.0] * columns)
    model.variables.upper_bounds.extend(program.most.tolist())
    model.variables.integers.extend([False] * columns)
    model.objective.maximize = True
    worth = np.flatnonzero(program.objective)
    model.objective.linear_coefficients.ids.extend(worth.tolist())
    model.objective.linear_coefficients.values.extend(program.objective[worth].tolist())
    model.linear_constraints.ids.extend(range(rows))
    model.linear_constraints.lower_bounds.extend(program.lower.tolist())
    model.linear_constraints.upper_bounds.extend(program.upper.tolist())
    order = np.lexsort((program.column, program.row))
    order = order[program.term[order] != 0]
    matrix = model.linear_constraint_matrix
    matrix.row_ids.extend(program.row[order].tolist())
    matrix.column_ids.extend(program.column[order].tolist())
    matrix.coefficients.extend(program.term[order].tolist())
    return model


def _vertex(program: LinearProgram, solution: Any) -> Vertex:
    """Read a solution; numbers that are not told are 0."""
    x, dual = np.zeros(len(program.objective)), np.zeros(len(program.lower))
    values = solution.primal_solution.variable_values
    x[np.array(values.ids, dtype=np.int64)] = values.values
    values = solution.dual_solution.dual_values
    dual[np.array(values.ids, dtype=np.int64)] = values.values
    column = np.array(solution.basis.variable_status.values, dtype=np.int64)
    row = np.array(solution.basis.constraint_status.values, dtype=np.int64)
    by_column = np.argsort(program.column_name)
    by_row = np.argsort(program.row_name)
    return Vertex(
        x,
        dual,
        float(solution.primal_solution.objective_value),
        Basis(
            program.column_name[by_column], column[by_column],
            program.row_name[by_row], row[by_row],
        ),
    )  # fmt: skip
