"""HiGHS (Huangfu and Hall 2018): the relaxation's engine, and whole plans beside it.

Its simplex method solves the program of engine.py and goes on from the basis it is
given; its branch and cut looks for plans of the same program, in its own process.
Arrays: value float64[columns], dual float64[rows], or the ray where it is infeasible.
"""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np

from planner.optimiser.model.problem import FloatArray, IntArray
from planner.optimiser.tree.engine import Failed, LpAnswer, Matrix
from planner.optimiser.worker.branch_and_cut import die_with_parent

WITHOUT_END = 2**31 - 1


class Highs:
    """One program in one HiGHS."""

    def load(self, matrix: Matrix) -> None:
        """Give the program to HiGHS."""
        self.num_rows = len(matrix.rows)
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.silent()
        for name, value in (("threads", 1), ("presolve", "off"), ("solver", "simplex")):
            self.solver.setOptionValue(name, value)
        self.solver.passModel(_program(matrix))

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


class BranchAndCut:
    """Looks for plans of a program whose options and cohorts are whole.

    It has a process of its own, so that two cores are two. What it says is believed by
    nobody: who asks checks the plans.
    """

    def __init__(
        self,
        matrix: Matrix,
        whole: IntArray,
        tell: Callable[[FloatArray], None],
        *,
        until: float,
        seed: int,
    ) -> None:
        """Begin; `tell` is called in that process, with each better solution."""
        self.process = os.fork()
        if self.process == 0:
            try:
                die_with_parent()
                _branch_and_cut(matrix, whole, tell, until, seed)
            finally:
                os._exit(0)

    def end(self) -> None:
        """Look for no more plans."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


def _branch_and_cut(
    matrix: Matrix,
    whole: IntArray,
    tell: Callable[[FloatArray], None],
    until: float,
    seed: int,
) -> None:
    lp, kinds = _program(matrix), highspy.HighsVarType
    integrality = [kinds.kContinuous] * len(matrix.cost)
    for column in whole.tolist():
        integrality[column] = kinds.kInteger
    lp.integrality_ = integrality
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for name, value in (
        ("threads", 1),
        ("random_seed", seed),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", BELOW),
        ("time_limit", max(0.0, until - time.time())),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    solver.cbMipImprovingSolution.subscribe(
        lambda event: tell(np.asarray(event.data_out.mip_solution))
    )
    solver.run()
    known = solver.getInfo().primal_solution_status
    if known == highspy.SolutionStatus.kSolutionStatusFeasible:
        tell(np.asarray(solver.getSolution().col_value))


BELOW = 0.9
"""Objectives are whole numbers: what is left open below 1 is nothing."""


def _program(matrix: Matrix) -> Any:
    """Return a program as HiGHS takes it."""
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
    return lp
