"""The program of a process that solves a whole problem by branch and cut.

`python -m planner.optimiser.branching SOLVER SECONDS SEED PROGRAM ANSWER`, started and
ended by `whole.Race`; nothing imports it.
"""

import ctypes
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def main(arguments: list[str]) -> None:
    """Solve a written program: SOLVER SECONDS SEED PROGRAM ANSWER."""
    solver, seconds, seed, source, target = arguments
    _die_with_parent()
    began = time.monotonic()
    with np.load(source) as archive:
        arrays = {name: archive[name] for name in archive.files}
    solve = {"highs": _highs, "scip": _scip}[solver]
    left = max(0.05, float(seconds) - (time.monotonic() - began))
    y, bound, closed = solve(arrays, left, int(seed))
    found: dict[str, object] = {
        "bound": np.float64(bound),
        "closed": np.bool_(closed),
    }
    if y is not None:
        found["y"] = np.rint(y).astype(np.int64)
    partial = Path(f"{target}.part.npz")
    np.savez(partial, **found)  # type: ignore[arg-type]
    partial.replace(target)


def _highs(
    arrays: dict[str, Floats], seconds: float, seed: int
) -> tuple[Floats | None, float, bool]:
    """Solve by HiGHS; its random seed cannot be set through SciPy."""
    # Slow imports.
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix = _matrix(arrays)
    found = milp(
        -arrays["objective"],
        constraints=LinearConstraint(matrix, arrays["low"], arrays["high"]),
        integrality=np.ones(len(arrays["upper"])),
        bounds=Bounds(0, arrays["upper"]),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    bound = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    return found.x, bound, found.status in (0, 2)


def _scip(
    arrays: dict[str, Floats], seconds: float, seed: int
) -> tuple[Floats | None, float, bool]:
    """Solve by SCIP."""
    # Slow import.
    from ortools.linear_solver.python import model_builder_helper as builder

    count = len(arrays["upper"])
    model: Any = builder.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        np.zeros(count),
        arrays["upper"],
        arrays["objective"],
        arrays["low"],
        arrays["high"],
        _matrix(arrays),
    )
    for column in range(count):
        model.set_var_integrality(column, True)
    model.set_maximize(True)
    helper = builder.ModelSolverHelper("scip")
    helper.set_time_limit_in_seconds(seconds)
    helper.set_solver_specific_parameters(
        f"limits/gap=0\nrandomization/randomseedshift={seed}"
    )
    helper.enable_output(False)
    helper.solve(model)
    name = helper.status().name
    if not helper.has_solution():
        return None, np.inf, name == "INFEASIBLE"
    y = np.asarray(helper.variable_values(), dtype=np.float64)
    return y, float(helper.best_objective_bound()), name == "OPTIMAL"


def _matrix(arrays: dict[str, Floats]) -> Any:
    # Slow import.
    from scipy.sparse import csr_matrix

    shape = len(arrays["low"]), len(arrays["upper"])
    return csr_matrix(
        (arrays["terms"].astype(np.float64), arrays["columns"], arrays["ptr"]), shape
    )


def _die_with_parent() -> None:
    """Ask the system to end this process when the one that started it ends."""
    if sys.platform.startswith("linux"):
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
