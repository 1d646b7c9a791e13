"""Branch and cut by SCIP (Achterberg 2009), or HiGHS (Huangfu and Hall 2018).

    maximise  objective @ y,  row_lower <= A y <= row_upper,  0 <= y <= upper, y integer

(mip_model.py), by the solvers that OR-Tools ships. They reckon in floats with a
tolerance: a program with numbers above `EXACT` is not asked for a proof, and a plan
counts only after it is checked in whole numbers.

Arrays: y int64[columns]; the bound is a float in units of the objective.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from planner.optimiser.mip.concurrent import written
from planner.optimiser.mip.cpsat import Effort, MipAnswer
from planner.optimiser.mip.mip_model import MipModel
from planner.optimiser.model.problem import IntArray
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.worker.branch_and_cut import model_of

EXACT = 10**8
"""With larger numbers, rounding hides differences of 1 from these solvers."""

SETTINGS = {
    "scip": "limits/gap=0\nlimits/absgap=0.9\nnumerics/feastol=1e-9\n"
    "randomization/randomseedshift={seed}",
    "highs": "mip_rel_gap=0\nmip_abs_gap=0.9\nmip_feasibility_tolerance=1e-9\n"
    "output_flag=false\nrandom_seed={seed}",
}

NODES = {"scip": "\nlimits/nodes={nodes}", "highs": "\nmip_max_nodes={nodes}"}
"""How a limit on work, in nodes, is written."""


def solve(
    program: MipModel, effort: Effort, *, solver: str = "scip", proves: bool = True
) -> MipAnswer:
    """Solve by branch and cut; neither solver can be interrupted, so keep it short.

    A program with large numbers is not even tried, unless its answer `proves` nothing.

    Parameters
    ----------
    solver
        `scip` or `highs`.
    proves
        Whether the answer is to count as a proof.
    """
    # Slow import.
    from ortools.linear_solver.python import model_builder_helper as builder

    arrays = written(program)
    if proves and _largest(arrays) > EXACT:
        return MipAnswer(None, None, closed=False)
    helper = builder.ModelSolverHelper(solver)
    helper.set_time_limit_in_seconds(max(effort.seconds, 0.01))
    settings = SETTINGS[solver].format(seed=effort.seed)
    if effort.work is not None:
        settings += NODES[solver].format(nodes=int(effort.work))
    helper.set_solver_specific_parameters(settings)
    helper.enable_output(False)
    helper.solve(model_of(builder, arrays))
    return _answer(helper, float(arrays["constant"]))


def in_background(
    asked: Sequence[tuple[MipModel, Effort]], watch: Watch, *, proves: bool
) -> list[MipAnswer]:
    """Solve programs by SCIP, all at once, while the caller of the run is told and
    asked; the plans in the answers, which come in the same order, hold."""
    answers: list[MipAnswer] = []

    def all_at_once() -> None:
        with ThreadPoolExecutor(len(asked)) as pool:
            each = [
                pool.submit(solve, program, effort, proves=proves)
                for program, effort in asked
            ]
        answers.extend(one.result() for one in each)

    watch.run(all_at_once, _wait)
    none = MipAnswer(None, None, closed=False)
    return [
        answer if answer.y is None or program.holds(answer.y) else none
        for (program, _), answer in zip(asked, answers, strict=True)
    ]


def _wait() -> None:
    """Branch and cut cannot be interrupted; its slice of time is short."""


def _largest(arrays: dict[str, Any]) -> float:
    """Return the largest number that the solver has to tell from the next one."""
    reach = float(np.abs(arrays["objective"]) @ arrays["upper"])
    limits = np.abs(np.append(arrays["low"], arrays["high"]))
    return max(reach, float(limits[np.isfinite(limits)].max(initial=0.0)))


def _answer(helper: Any, constant: float) -> MipAnswer:
    name = helper.status().name
    if name == "INFEASIBLE":
        return MipAnswer(None, None, closed=True)
    if name not in {"OPTIMAL", "FEASIBLE"} or not helper.has_solution():
        return MipAnswer(None, None, closed=False)
    y: IntArray = np.rint(helper.variable_values()).astype(np.int64)
    closed = name == "OPTIMAL"
    bound = float(helper.best_objective_bound()) + constant if closed else None
    return MipAnswer(y, bound, closed)
