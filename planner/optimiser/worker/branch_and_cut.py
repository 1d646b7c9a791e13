"""The program of a process that solves a whole problem by branch and cut.

`branch_and_cut.py SOLVER SEED PROGRAM ANSWER`, started and ended by `concurrent.Race`.
It imports nothing of this package, which takes longer than many a proof. It is started
early, waits for the file of the program, and writes down every better plan on its way,
so that nothing is lost when it is ended. Each solver has a process of its own also
because OR-Tools and highspy bring different HiGHS libraries, of which one process can
load only one.
"""

import ctypes
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Arrays = dict[str, NDArray[Any]]
Tell = Callable[[Floats], None]

WAIT = 0.005
"""Seconds between two looks for the program."""

BELOW = 0.9
"""Objectives are whole numbers: what is left open below 1 is nothing."""


def main(arguments: list[str]) -> None:
    """Solve the program that is, or will be, in a file."""
    solver, seed, source, target = arguments
    die_with_parent()
    solve = {"highs": highs, "scip": scip}[solver]()
    while not Path(source).exists():
        time.sleep(WAIT)
    with np.load(source) as archive:
        arrays = {name: archive[name] for name in archive.files}

    def tell(y: Floats) -> None:
        _write(target, {"y": np.rint(y).astype(np.int64)})

    left = max(0.05, float(arrays["until"]) - time.time())
    y, bound, closed = solve(arrays, left, int(seed), tell)
    bound += float(arrays["constant"])
    outcome: Arrays = {"bound": np.float64(bound), "closed": np.bool_(closed)}  # type: ignore[dict-item]
    if y is not None:
        outcome["y"] = np.rint(y).astype(np.int64)
    _write(target, outcome)


Solve = Callable[[Arrays, float, int, Tell], tuple[Floats | None, float, bool]]


def highs() -> Solve:
    """Return how HiGHS solves; it starts from the plan that is known."""
    import highspy

    def solve(
        arrays: Arrays, seconds: float, seed: int, tell: Tell
    ) -> tuple[Floats | None, float, bool]:
        count = len(arrays["upper"])
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = count, len(arrays["low"])
        program.sense_ = highspy.ObjSense.kMaximize
        program.col_cost_ = arrays["objective"]
        program.col_lower_, program.col_upper_ = np.zeros(count), arrays["upper"]
        program.row_lower_, program.row_upper_ = arrays["low"], arrays["high"]
        program.integrality_ = [highspy.HighsVarType.kInteger] * count
        matrix = program.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_, matrix.index_ = arrays["ptr"], arrays["columns"]
        matrix.value_ = arrays["terms"].astype(np.float64)
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        settings = {
            "time_limit": seconds,
            "random_seed": seed,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": BELOW,
            "threads": 1,
        }
        for name, value in settings.items():
            solver.setOptionValue(name, value)
        solver.passModel(program)
        if len(arrays["start"]):
            start = arrays["start"]
            solver.setSolution(len(start), np.arange(len(start)), start.astype(float))
        solver.cbMipImprovingSolution.subscribe(
            lambda event: tell(np.asarray(event.data_out.mip_solution))
        )
        solver.run()
        status, info = solver.getModelStatus(), solver.getInfo()
        impossible = status == highspy.HighsModelStatus.kInfeasible
        closed = impossible or status == highspy.HighsModelStatus.kOptimal
        known = (
            info.primal_solution_status
            == highspy.SolutionStatus.kSolutionStatusFeasible
        )
        y = np.asarray(solver.getSolution().col_value) if known else None
        return y, float(info.mip_dual_bound), closed

    return solve


def scip() -> Solve:
    """Return how SCIP solves; it says nothing before it ends."""
    from ortools.linear_solver.python import model_builder_helper as builder

    def solve(
        arrays: Arrays, seconds: float, seed: int, tell: Tell
    ) -> tuple[Floats | None, float, bool]:
        del tell
        model = model_of(builder, arrays)
        for column, value in enumerate(arrays["start"].tolist()):
            model.add_hint(column, float(value))
        helper = builder.ModelSolverHelper("scip")
        helper.set_time_limit_in_seconds(seconds)
        helper.set_solver_specific_parameters(
            f"limits/gap=0\nlimits/absgap={BELOW}\nrandomization/randomseedshift={seed}"
        )
        helper.enable_output(False)
        helper.solve(model)
        name = helper.status().name
        if not helper.has_solution():
            return None, np.inf, name == "INFEASIBLE"
        y = np.asarray(helper.variable_values(), dtype=np.float64)
        return y, float(helper.best_objective_bound()), name == "OPTIMAL"

    return solve


def model_of(builder: Any, arrays: Arrays) -> Any:
    """Return a program as OR-Tools takes it; `builder` is its `model_builder_helper`.

    maximise objective @ y, low <= A y <= high, 0 <= y <= upper, A in the rows of `ptr`,
    `columns` and `terms`; y is whole.
    """
    count = len(arrays["upper"])
    model = builder.ModelBuilderHelper()
    model.add_var_array_with_bounds(
        np.zeros(count), arrays["upper"], np.ones(count, dtype=bool), ""
    )
    model.set_objective_coefficients(list(range(count)), arrays["objective"].tolist())
    model.set_maximize(True)
    columns, ptr = arrays["columns"].tolist(), arrays["ptr"].tolist()
    terms = arrays["terms"].astype(np.float64).tolist()
    ends = zip(arrays["low"].tolist(), arrays["high"].tolist(), strict=True)
    for row, (low, high) in enumerate(ends):
        index = model.add_linear_constraint()
        model.set_constraint_lower_bound(index, low)
        model.set_constraint_upper_bound(index, high)
        for entry in range(ptr[row], ptr[row + 1]):
            model.add_term_to_constraint(index, columns[entry], terms[entry])
    return model


def _write(target: str, arrays: Arrays) -> None:
    """Write what is known, whole at any moment."""
    partial = Path(f"{target}.part.npz")
    np.savez(partial, **arrays)  # type: ignore[arg-type]
    partial.replace(target)


def die_with_parent() -> None:
    """Ask the system to end this process when the one that started it ends."""
    if sys.platform.startswith("linux"):
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
