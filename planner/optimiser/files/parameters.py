"""Search parameters as TOML, a table a method, all optional; and those of a result."""

import json
import tomllib
from dataclasses import fields
from pathlib import Path
from textwrap import wrap
from typing import Any, cast

from planner.optimiser.files.storage import FileError, read_arrays, read_json, read_text
from planner.optimiser.model.parameters import (
    DEFAULTS,
    ParametersError,
    SearchParameters,
)
from planner.optimiser.model.parameters.base import shown


def read_parameters(path: str | Path) -> SearchParameters:
    """Return the defaults with what a file changes.

    Raises
    ------
    FileError
        Where the file is no TOML, or has an unknown key, a value of another type or one
        out of its range: file, key, value and why, on one line.
    """
    path = Path(path)
    try:
        return SearchParameters.of(tomllib.loads(read_text(path)))
    except tomllib.TOMLDecodeError as error:
        raise FileError(path, f"not TOML: {error}") from error
    except ParametersError as error:
        raise FileError(path, str(error)) from error


def recorded_parameters(path: str | Path) -> SearchParameters:
    """Return the parameters that a result file says it was found with.

    What this release does not know is left out, and a result without any was found with
    the defaults of its time: neither can be done again exactly.
    """
    path = Path(path)
    if path.suffix == ".npz":
        stored = read_arrays(path).get("parameters")
        document = {} if stored is None else json.loads(str(stored))
    else:
        document = read_json(path).get("parameters") or {}
    return SearchParameters.known(document)


def parameters_text(parameters: SearchParameters = DEFAULTS) -> str:
    """Return parameters as a file for `read_parameters`, each with its meaning."""
    return "\n".join(
        _table(group.name, getattr(parameters, group.name))
        for group in fields(parameters)
    )


def _table(name: str, group: object) -> str:
    """Return one table: what the group is about, then a comment and a line a key."""
    lines = [f"[{name}]  # {(group.__doc__ or '').splitlines()[0]}"]
    for each in fields(cast(Any, group)):
        meaning = f"{each.metadata['meaning']} ({each.metadata['range']})"
        lines += [f"# {line}" for line in wrap(meaning, width=86)]
        lines.append(f"{each.name} = {shown(getattr(group, each.name))}")
    return "\n".join(lines) + "\n"
