"""GLOP, the simplex method of OR-Tools, as the engine of a small relaxation.

It solves the program of engine.py anew each time: no basis goes from node to node.
Arrays: value float64[columns], dual float64[rows], or the ray where it is infeasible.
"""

from typing import Any

import numpy as np

from planner.optimiser.model.problem import FloatArray, IntArray
from planner.optimiser.tree.engine import Failed, LpAnswer, Matrix

SECONDS = 10.0
"""Time for one program of a small problem; none takes it."""


class Glop:
    """One program, handed to GLOP whenever it is asked for."""

    def load(self, matrix: Matrix) -> None:
        self.cost = np.array(matrix.cost)
        self.bottom, self.top = np.zeros(len(self.cost)), np.array(matrix.top)
        self.low, self.high = list(matrix.low), list(matrix.high)
        self.rows = [(np.asarray(c), np.asarray(t)) for c, t in matrix.rows]

    def columns(self, which: IntArray, low: FloatArray, top: FloatArray) -> None:
        self.bottom[which], self.top[which] = low, top

    def row(self, at: int, low: float, high: float) -> None:
        self.low[at], self.high[at] = low, high

    def add(self, columns: IntArray, terms: FloatArray, high: float) -> None:
        self.rows.append((columns, terms))
        self.low.append(-np.inf)
        self.high.append(high)

    def run(self, steps: int | None) -> LpAnswer:
        """Solve; to stop after some steps would save nothing here."""
        del steps
        matrix = self._matrix()
        status, objective, value, dual = self._solve(matrix, self.cost)
        if status == "OPTIMAL":
            return LpAnswer(False, objective, value, dual)
        from scipy import sparse  # a slow import

        count = len(self.rows)
        slack = sparse.hstack([matrix, sparse.eye(count), -sparse.eye(count)]).tocsr()
        cost = np.concatenate([np.zeros(len(self.cost)), np.ones(2 * count)])
        status, objective, value, dual = self._solve(slack, cost)
        if status != "OPTIMAL" or objective < 1e-9:
            raise Failed(status)
        return LpAnswer(True, np.inf, np.zeros(0), dual)

    def _matrix(self) -> Any:
        from scipy import sparse  # a slow import

        sizes = [len(columns) for columns, _ in self.rows]
        none = [np.zeros(0, dtype=np.int64)]
        return sparse.csr_matrix(
            (
                np.concatenate([t for _, t in self.rows] or [np.zeros(0)]),
                np.concatenate([c for c, _ in self.rows] or none),
                np.cumsum([0, *sizes]),
            ),
            shape=(len(self.rows), len(self.cost)),
        )

    def _solve(
        self, matrix: Any, cost: FloatArray
    ) -> tuple[str, float, FloatArray, FloatArray]:
        # A slow import.
        from ortools.linear_solver.python import model_builder_helper as builder

        extra = len(cost) - len(self.cost)
        helper: Any = builder.ModelBuilderHelper()
        helper.fill_model_from_sparse_data(
            np.concatenate([self.bottom, np.zeros(extra)]),
            np.concatenate([self.top, np.full(extra, np.inf)]),
            cost,
            np.array(self.low, dtype=float),
            np.array(self.high, dtype=float),
            matrix,
        )
        solver: Any = builder.ModelSolverHelper("glop")
        solver.set_time_limit_in_seconds(SECONDS)
        solver.solve(helper)
        status = solver.status().name
        if status != "OPTIMAL":
            return status, np.inf, np.zeros(0), np.zeros(0)
        return (
            status,
            float(solver.objective_value()),
            np.asarray(solver.variable_values()),
            np.asarray(solver.dual_values()),
        )

    def basis(self) -> None:
        return None

    def restore(self, basis: Any) -> None:
        del basis
