"""The simplex method of HiGHS (Huangfu and Hall 2018) as the engine of the relaxation.

It solves the program of engine.py and goes on from the basis it is given. Arrays: value
float64[columns], dual float64[rows], or the ray where it is infeasible.
"""

from typing import Any

import highspy
import numpy as np

from planner.optimiser.model.problem import FloatArray, IntArray
from planner.optimiser.tree.engine import Failed, LpAnswer, Matrix

WITHOUT_END = 2**31 - 1


class Highs:
    """One program in one HiGHS."""

    def load(self, matrix: Matrix) -> None:
        """Give the program to HiGHS."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(matrix.cost), len(matrix.rows)
        lp.col_cost_ = np.array(matrix.cost)
        lp.col_lower_, lp.col_upper_ = np.zeros(len(matrix.cost)), np.array(matrix.top)
        lp.row_lower_, lp.row_upper_ = np.array(matrix.low), np.array(matrix.high)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        sizes = [len(columns) for columns, _ in matrix.rows]
        none = [np.zeros(0)]
        lp.a_matrix_.start_ = np.cumsum([0, *sizes])
        columns = np.concatenate([c for c, _ in matrix.rows] or none)
        lp.a_matrix_.index_ = columns.astype(np.int32)
        lp.a_matrix_.value_ = np.concatenate([t for _, t in matrix.rows] or none)
        self.num_rows = len(matrix.rows)
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.silent()
        for name, value in (("threads", 1), ("presolve", "off"), ("solver", "simplex")):
            self.solver.setOptionValue(name, value)
        self.solver.passModel(lp)

    def columns(self, which: IntArray, low: FloatArray, top: FloatArray) -> None:
        self.solver.changeColsBounds(len(which), which.astype(np.int32), low, top)

    def row(self, at: int, low: float, high: float) -> None:
        self.solver.changeRowBounds(at, low, high)

    def add(self, columns: IntArray, terms: FloatArray, high: float) -> None:
        self.solver.addRow(-np.inf, high, len(columns), columns.astype(np.int32), terms)
        self.num_rows += 1

    def run(self, steps: int | None) -> LpAnswer:
        """Solve, or take some steps towards it: what they reach is a bound too."""
        limit = WITHOUT_END if steps is None else steps
        self.solver.setOptionValue("simplex_iteration_limit", limit)
        self.solver.run()
        status, kinds = self.solver.getModelStatus(), highspy.HighsModelStatus
        if status == kinds.kInfeasible:
            return LpAnswer(True, np.inf, np.zeros(0), self._ray())
        if status not in (kinds.kOptimal, kinds.kIterationLimit):
            raise Failed(str(status))
        solution, info = self.solver.getSolution(), self.solver.getInfo()
        value, dual = np.asarray(solution.col_value), np.asarray(solution.row_dual)
        return LpAnswer(False, float(info.objective_function_value), value, dual)

    def _ray(self) -> FloatArray:
        """Return the dual ray; from scratch where HiGHS has none at hand, and empty
        where it has none at all."""
        for attempt in range(2):
            _, known, ray = self.solver.getDualRay()
            if known:
                return np.asarray(ray)
            if attempt == 0:
                self.solver.clearSolver()
                self.solver.run()
        return np.zeros(0)

    def basis(self) -> Any:
        return self.solver.getBasis()

    def restore(self, basis: Any) -> None:
        """Go on from a basis; rows that it does not know are taken as slack."""
        rows = list(basis.row_status)
        missing = self.num_rows - len(rows)
        if missing:
            basis.row_status = rows + [highspy.HighsBasisStatus.kBasic] * missing
        self.solver.setBasis(basis)
