"""Instance files: JSON for people, NPZ (the arrays of `Problem`) for size."""

from pathlib import Path
from typing import Any, cast

import numpy as np

from planner.optimiser.files.problem_json import (
    problem_from_document,
    problem_to_document,
)
from planner.optimiser.files.storage import (
    FileError,
    laid_out,
    read_arrays,
    read_json,
    written_whole,
)
from planner.optimiser.model.problem import Problem
from planner.optimiser.model.validate import ABSENT, DTYPES, IDS, ProblemError


def read_instance(path: str | Path) -> Problem:
    """Read a `.npz` or JSON instance; `FileError` says what is wrong with the file.

    Raises
    ------
    FileError
        Which file, and what is wrong with which field, on one line.
    """
    path = Path(path)
    try:
        if path.suffix == ".npz":
            return _read_npz(path)
        return problem_from_document(read_json(path))
    except ProblemError as error:
        raise FileError(path, str(error)) from error


def write_instance(problem: Problem, path: str | Path) -> None:
    """Write a problem as `.npz` or else as JSON; whole, or not at all."""
    path = Path(path)
    with written_whole(path) as target:
        if path.suffix == ".npz":
            np.savez(target, **cast(Any, _arrays(problem)))
        else:
            target.write(laid_out(problem_to_document(problem)).encode())


def _arrays(problem: Problem) -> dict[str, np.ndarray[Any, Any]]:
    arrays = {name: getattr(problem, name) for name in (*DTYPES, *IDS)}
    arrays["name"] = np.array(problem.name)
    return {name: array for name, array in arrays.items() if array is not None}


def _read_npz(path: Path) -> Problem:
    arrays = read_arrays(path, known=(*DTYPES, *IDS, "name"))
    missing = [name for name in DTYPES if name not in arrays and name not in ABSENT]
    if missing:
        raise ProblemError(f"{missing[0]}: the array is missing")
    name = arrays.pop("name", np.array(""))
    if name.dtype.kind != "U" or name.size != 1:
        raise ProblemError("name: not one text")
    return Problem(**arrays, name=str(name.reshape(-1)[0]))
