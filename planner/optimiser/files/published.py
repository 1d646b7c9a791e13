"""Published instances, read as problems with nothing lost.

Each reader takes the path of a file as its publisher wrote it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.optimiser.files.problem_json import FORMAT, problem_from_document
from planner.optimiser.files.storage import FileError, read_json, read_text
from planner.optimiser.model.problem import HARD, IntArray, Problem

OBJECTIVES = ("size-rank", "greedy", "generous")
"""What a student-project allocation may be judged by."""


def gap(path: Path, *, number: int = 1, maximise: bool = False) -> Problem:
    """Read a generalised assignment problem: every job to exactly one machine.

    The file holds `m n`, the m x n costs machine by machine, the m x n weights, and the
    m capacities; or, as the OR-Library has it, the number of problems and then that
    many of them. Costs are minimised, so a value is minus a cost, unless the file is
    one of those whose numbers are gains.

    Parameters
    ----------
    number
        Which of the problems of an OR-Library file, from 1.
    maximise
        Whether the numbers are gains.

    Raises
    ------
    FileError
        Where the file ends early or holds something else.
    """
    numbers = _integers(path)
    starts = _starts(path, numbers)
    if not 1 <= number <= len(starts):
        raise FileError(path, f"problem {number} of {len(starts)} does not exist")
    m, n = numbers[starts[number - 1] :][:2].tolist()
    body = numbers[starts[number - 1] + 2 :]
    cost, weight = body[: 2 * m * n].reshape(2, m, n)
    capacity = body[2 * m * n :][:m]
    value = cost if maximise else -cost
    name = path.stem if len(starts) == 1 else f"{path.stem}-{number}"
    return _assignment(value.T, weight.T, capacity, name=name)


def preflib_spa(path: Path, *, objective: str = "size-rank") -> Problem:
    """Read a student-project allocation: `.soi` preferences, `.dat` supervisors.

    A student takes at most one project of the list; a project takes one student, a
    supervisor as many as the capacity says. The tiers are, most important first:

    - `size-rank`: students placed; then the least total rank;
    - `greedy`: students placed; then as many first choices as possible, then second ...
    - `generous`: students placed; then as few last choices as possible, then ...
    """
    if objective not in OBJECTIVES:
        raise FileError(path, f"objective {objective!r} is none of {OBJECTIVES}")
    students = _preferences(path)
    supervisors = _supervisors(path.with_suffix(".dat"))
    supervisor_of = {p: s for s, (_, owned) in supervisors.items() for p in owned}
    for student, projects in enumerate(students):
        for project in projects:
            if project not in supervisor_of:
                why = f"student {student + 1}: project {project} has no supervisor"
                raise FileError(path, why)
    longest = max(map(len, students), default=1)
    wanted = sorted({project for projects in students for project in projects})
    return problem_from_document(
        {
            "format": FORMAT,
            "name": f"{path.stem}-{objective}",
            "agents": [{"id": f"student:{s + 1}"} for s in range(len(students))],
            "resources": [
                *({"id": f"project:{p}", "upper": 1} for p in wanted),
                *(
                    {"id": f"supervisor:{s}", "upper": capacity}
                    for s, (capacity, _) in supervisors.items()
                ),
            ],
            "options": [
                {
                    "agent": f"student:{s + 1}",
                    "id": f"project:{p}",
                    "value": _profile(objective, rank, longest),
                    "uses": {f"project:{p}": 1, f"supervisor:{supervisor_of[p]}": 1},
                }
                for s, projects in enumerate(students)
                for rank, p in enumerate(projects)
            ],
        }
    )


def course_bids(path: Path) -> Problem:
    """Read course bids: points a student bids, seats, loads, and courses that collide.

    Each wish for a course is an agent of its own, so that a student gets several. The
    student's load limits them all; two wishes that collide share a resource of upper 1.
    """
    document = _bids(path)
    valuations, loads = document["valuations"], document["agent_capacities"]
    barred = document.get("agent_conflicts", {})
    clashes = _clashes(document.get("item_conflicts", {}))
    resources: dict[str, int] = {
        f"course:{course}": seats
        for course, seats in document["item_capacities"].items()
    }
    agents, options = [], []
    for student, bids in valuations.items():
        wishes = [c for c in bids if c not in barred.get(student, ())]
        resources[f"load:{student}"] = loads[student]
        for course in wishes:
            uses = {f"course:{course}": 1, f"load:{student}": 1}
            for pair in clashes:
                if course in pair and pair <= set(wishes):
                    clash = f"clash:{student}:{'+'.join(sorted(pair))}"
                    resources[clash] = uses[clash] = 1
            wish = f"{student}>{course}"
            agents.append({"id": wish})
            options.append(
                {"agent": wish, "id": wish, "value": bids[course], "uses": uses}
            )
    return problem_from_document(
        {
            "format": FORMAT,
            "name": path.stem,
            "agents": agents,
            "resources": [{"id": r, "upper": upper} for r, upper in resources.items()],
            "options": options,
        }
    )


MOST_ALIKE = 1_000_000
"""Students that one line of preferences may stand for."""

READERS: Mapping[str, Callable[..., Problem]] = {
    "gap": gap,
    "orlib": gap,
    "preflib-spa": preflib_spa,
    "course-bids": course_bids,
}


def _integers(path: Path) -> IntArray:
    numbers = []
    for word in read_text(path).split():
        numbers.append(_whole(word, path, "not a list of 64-bit integers"))
        if not -(2**63) <= numbers[-1] < 2**63:
            raise FileError(path, f"not a list of 64-bit integers: {word} is too large")
    return np.array(numbers, dtype=np.int64)


def _whole(word: str, path: Path, where: str) -> int:
    try:
        return int(word)
    except ValueError:
        why = f"{where}: {word.strip()!r} is not a whole number"
        raise FileError(path, why) from None


def _starts(path: Path, numbers: IntArray) -> list[int]:
    """Return where each problem begins: one without a count, or several after one."""
    for first, count in ((0, 1), (1, int(numbers[0]) if len(numbers) else 0)):
        starts: list[int] = []
        at = first
        while len(starts) < count and at + 2 <= len(numbers):
            m, n = numbers[at : at + 2].tolist()
            if m < 1 or n < 1:
                break
            starts.append(at)
            at += 2 + 2 * m * n + m
        if len(starts) == count and at == len(numbers):
            return starts
    why = f"{len(numbers)} numbers are not `m n`, costs, weights and capacities"
    raise FileError(path, why)


def _assignment(
    value: npt.NDArray[Any], weight: npt.NDArray[Any], capacity: IntArray, *, name: str
) -> Problem:
    """Return jobs x machines as a problem: each job must go to one machine."""
    jobs, machines = value.shape
    options = jobs * machines
    job = np.repeat(np.arange(jobs, dtype=np.int32), machines)
    machine = np.tile(np.arange(machines, dtype=np.int32), jobs)
    hard = np.full(machines, HARD)
    return Problem(
        name=name,
        agent_must=np.ones(jobs, dtype=bool),
        agent_id=np.array([f"job:{j + 1}" for j in range(jobs)]),
        option_agent=job,
        option_id=np.array([f"machine:{m + 1}" for m in machine]),
        option_value=value.reshape(-1),
        use_ptr=np.arange(options + 1),
        use_resource=machine,
        use_amount=weight.reshape(-1),
        resource_id=np.array([f"machine:{m + 1}" for m in range(machines)]),
        resource_upper=capacity,
        resource_lower=np.zeros(machines, dtype=np.int64),
        resource_only_if_used=np.zeros(machines, dtype=bool),
        resource_shortfall_price=hard,
        resource_excess_price=hard,
        supply_upper=np.zeros(0, dtype=np.int64),
        supply_ptr=np.zeros(machines + 1, dtype=np.int64),
        supply_index=np.zeros(0, dtype=np.int32),
    )


def _preferences(path: Path) -> list[list[int]]:
    """Return each student's projects, most preferred first, numbered from 0.

    PrefLib numbers alternatives from 1; lines may begin with how many students say so.
    """
    students = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        where = f"line {number}"
        count, _, order = line.rpartition(":")
        projects = [_whole(word, path, where) - 1 for word in order.split(",")]
        times = _whole(count or "1", path, where)
        if not 0 <= times <= MOST_ALIKE:
            raise FileError(path, f"{where}: {times} students who say the same")
        if len(set(projects)) < len(projects):
            raise FileError(path, f"{where}: a project is there twice")
        students += [projects] * times
    return students


def _supervisors(path: Path) -> dict[str, tuple[int, list[int]]]:
    """Return each supervisor's capacity and projects, numbered from 0."""
    supervisors = {}
    for number, line in enumerate(read_text(path).splitlines()[1:], start=2):
        where = f"line {number}"
        fields = line.split(",")
        if len(fields) != 3:
            why = f"{where}: {len(fields)} fields, not supervisor, capacity, projects"
            raise FileError(path, why)
        name, capacity, projects = fields
        supervisors[name.removeprefix("Supervisor ")] = (
            _whole(capacity, path, where),
            [_whole(word, path, where) for word in projects.split()],
        )
    return supervisors


def _profile(objective: str, rank: int, longest: int) -> list[int]:
    """Return the value of a student's choice number `rank` (from 0), tier by tier."""
    if objective == "size-rank":
        return [1, -(rank + 1)]
    if objective == "greedy":
        return [1, *(int(rank == r) for r in range(longest))]
    return [1, *(-int(rank == r) for r in reversed(range(1, longest)))]


def _bids(path: Path) -> Mapping[str, Any]:
    document = read_json(path)
    if not isinstance(document, Mapping):
        raise FileError(path, "the document is not a JSON object")
    for field in ("valuations", "agent_capacities", "item_capacities"):
        if not isinstance(document.get(field), Mapping):
            raise FileError(path, f"{field}: missing, or not a JSON object")
    courses, loads = document["item_capacities"], document["agent_capacities"]
    for field in ("agent_conflicts", "item_conflicts"):
        if not _lists_of_names(document.get(field, {})):
            raise FileError(path, f"{field}: not a JSON object of lists of names")
    for student, bids in document["valuations"].items():
        if student not in loads:
            raise FileError(path, f"agent_capacities: there is no {student!r}")
        if not isinstance(bids, Mapping):
            raise FileError(path, f"valuations[{student!r}]: not a JSON object")
        for course in bids:
            if course not in courses:
                raise FileError(path, f"item_capacities: there is no {course!r}")
    return document


def _lists_of_names(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(names, list) and all(isinstance(name, str) for name in names)
        for names in value.values()
    )


def _clashes(conflicts: Mapping[str, Iterable[str]]) -> Sequence[frozenset[str]]:
    pairs = {frozenset((a, b)) for a, others in conflicts.items() for b in others}
    return sorted((pair for pair in pairs if len(pair) > 1), key=sorted)
