"""Blocks searched by somebody else: another process, or another machine.

Whoever solves the whole puts a folder for each block among its tasks, where others may
take it and put the outcome inside. Everything stays correct, only slower, if nobody
comes:

    0-1/problem.npz  the block, an instance file
    0-1/focus.npz    its last tiers alone, where there are others before
    0-1/terms.npz    what to begin with, and what may be spent
    0-1/claim        made by whoever searches it: exactly one, for a file is made once
    0-1/outcome.npz  what was found, by another who took it

The search is the same wherever it is done, and its share of work is fixed beforehand,
so who takes part does not change the plan. The outcome is a claim like every other: the
plan and the prices of the whole are checked with all the rest.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from planner.optimiser.files.instance import read_instance, write_instance
from planner.optimiser.files.storage import FileError, read_arrays, written_whole
from planner.optimiser.mip.mip_model import Focus, Held
from planner.optimiser.model.fees import Fees, fault
from planner.optimiser.model.limits import Limits, Progress
from planner.optimiser.model.parameters import DEFAULTS, SearchParameters
from planner.optimiser.model.problem import IntArray, Problem
from planner.optimiser.model.result import Status
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.subgradient import DualSolution
from planner.optimiser.search.pipeline import Outcome, Pipeline

PROBLEM, FOCUS, TERMS = "problem.npz", "focus.npz", "terms.npz"
CLAIM, OUTCOME = "claim", "outcome.npz"

NONE = -1
"""What stands for no scale and no bound in a file."""


@dataclass(frozen=True, eq=False)
class BlockTask:
    """One search: a single-tier problem, what to begin with, and what it may spend."""

    problem: Problem
    limits: Limits
    start: IntArray | None = None
    held: tuple[Held, ...] = ()
    branches: bool = True
    focus: Focus | None = None
    parameters: SearchParameters = DEFAULTS

    def search(self, on_progress: Progress | None = None) -> "BlockOutcome":
        """Return what this task comes to."""
        watch = Watch(self.limits, on_progress, parameters=self.parameters)
        pipeline = Pipeline(
            self.problem,
            watch,
            None,
            self.held,
            branches=self.branches,
            focus=self.focus,
        )
        outcome = pipeline.search(self.start)
        return BlockOutcome(outcome, watch.work, watch.clocked or watch.timed_out)


@dataclass(frozen=True, eq=False)
class BlockOutcome:
    """The outcome of a task, the work that went into it, and if the clock cut it."""

    outcome: Outcome
    work: int
    clocked: bool


class Helpers(Protocol):
    """Others who may search blocks of a problem."""

    def offer(self, tasks: Sequence[BlockTask]) -> None:
        """Let others see these tasks, numbered from 0; older ones are over."""

    def claim(self, number: int) -> bool:
        """Take a task back, to search it here; False if somebody else has it."""

    def outcome(self, number: int) -> BlockOutcome | None:
        """Return what somebody else has found, or None so far."""


class BlockFolder:
    """Tasks in a folder that others look into."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.round = folder, -1
        self.problems: list[Problem] = []

    def offer(self, tasks: Sequence[BlockTask]) -> None:
        self.round += 1
        self.problems = [task.problem for task in tasks]
        for number, task in enumerate(tasks):
            path = self._path(number)
            draft = path.with_name(f".{path.name}")
            draft.mkdir(parents=True)
            write(task, draft)
            draft.rename(path)

    def claim(self, number: int) -> bool:
        return claim(self._path(number), "here")

    def outcome(self, number: int) -> BlockOutcome | None:
        path = self._path(number)
        if not (path / OUTCOME).exists():
            return None
        return read_outcome(path, self.problems[number])

    def _path(self, number: int) -> Path:
        return self.folder / f"{self.round}-{number}"


def claim(folder: Path, who: str) -> bool:
    """Take a task, for exactly one; False if somebody has it.

    Parameters
    ----------
    who
        For people who look into the folder.
    """
    try:
        with (folder / CLAIM).open("x") as file:
            file.write(who)
    except FileExistsError:
        return False
    return True


def write(task: BlockTask, folder: Path) -> None:
    """Write a task into a folder of its own."""
    write_instance(task.problem, folder / PROBLEM)
    terms: dict[str, Any] = {
        "limits": np.array(json.dumps(asdict(task.limits))),
        "parameters": np.array(json.dumps(task.parameters.as_dict())),
        "branches": np.array(task.branches),
        **_levels("", task.held),
    }
    if task.focus is not None:
        terms |= _levels("focus_", task.focus.held)
        write_instance(task.focus.problem, folder / FOCUS)
    if task.start is not None:
        terms["start"] = task.start
    with written_whole(folder / TERMS) as target:
        np.savez(target, **terms)


def read(folder: Path) -> BlockTask:
    """Read a task; `FileError` where a file is not as it was written.

    Raises
    ------
    FileError
        Where a file is missing, damaged or of another release.
    """
    terms = read_arrays(folder / TERMS)
    try:
        focus = None
        if (folder / FOCUS).exists():
            focus = Focus(read_instance(folder / FOCUS), _held("focus_", terms))
        return BlockTask(
            read_instance(folder / PROBLEM),
            Limits(**json.loads(str(terms["limits"]))),
            terms.get("start"),
            _held("", terms),
            branches=bool(terms["branches"]),
            focus=focus,
            parameters=SearchParameters.of(json.loads(str(terms["parameters"]))),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(folder / TERMS, f"not a task ({error})") from error


def write_outcome(done: BlockOutcome, folder: Path) -> None:
    """Write what a task came to."""
    outcome = done.outcome
    arrays: dict[str, Any] = {
        "price": outcome.prices.price,
        "supply_price": outcome.prices.supply_price,
        "bound": np.float64(outcome.prices.bound),
        "fee_option": outcome.prices.fees.option,
        "fee_resource": outcome.prices.fees.resource,
        "fee": outcome.prices.fees.fee,
        "status": np.array(outcome.status.value),
        "proven": np.array(outcome.proven),
        "work": np.int64(done.work),
        "clocked": np.array(done.clocked),
    }
    if outcome.choice is not None:
        arrays["choice"] = outcome.choice
    if outcome.bound is not None:
        arrays["claimed"] = np.float64(outcome.bound)
    with written_whole(folder / OUTCOME) as target:
        np.savez(target, **arrays)


def read_outcome(folder: Path, problem: Problem) -> BlockOutcome:
    """Read what a task came to; `FileError` where it does not fit the problem.

    Raises
    ------
    FileError
        Where it is damaged, or belongs to another problem.
    """
    path = folder / OUTCOME
    arrays = read_arrays(path)
    try:
        sizes = problem.num_resources, problem.num_supplies
        if (len(arrays["price"]), len(arrays["supply_price"])) != sizes:
            raise FileError(path, "prices of another problem")
        names = "fee_option", "fee_resource", "fee"
        option, resource, fee = (arrays[name] for name in names)
        fees = Fees(option=option, resource=resource, fee=fee)
        if fault(problem, fees) is not None:
            raise FileError(path, "fees of another problem")
        choice = arrays.get("choice")
        if choice is not None and len(choice) != problem.num_agents:
            raise FileError(path, "a plan of another problem")
        claimed = arrays.get("claimed")
        outcome = Outcome(
            choice,
            DualSolution(
                arrays["price"], arrays["supply_price"], float(arrays["bound"]), fees
            ),
            Status(str(arrays["status"])),
            bool(arrays["proven"]),
            None if claimed is None else float(claimed),
        )
        return BlockOutcome(outcome, int(arrays["work"]), bool(arrays["clocked"]))
    except (KeyError, TypeError) as error:
        raise FileError(path, f"not an outcome ({error})") from error


def _levels(kind: str, held: Sequence[Held]) -> dict[str, Any]:
    """Return levels as arrays, under names of a kind."""
    scales = [NONE if each.soft_scale is None else each.soft_scale for each in held]
    return {
        f"{kind}levels": np.array([each.level for each in held], dtype=np.int64),
        f"{kind}scales": np.array(scales, dtype=np.int64),
        f"{kind}values": np.array([each.value for each in held], dtype=np.int64),
    }


def _held(kind: str, terms: dict[str, Any]) -> tuple[Held, ...]:
    """Return the levels that are written under names of a kind."""
    columns = (terms[f"{kind}{name}"] for name in ("values", "levels", "scales"))
    return tuple(
        Held(value, int(level), None if scale == NONE else int(scale))
        for value, level, scale in zip(*columns, strict=True)
    )
