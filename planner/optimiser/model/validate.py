"""What makes a problem sound: every array fits, every number means something."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from planner.optimiser.model.problem import Problem

UNLIMITED = 2**62
"""The upper limit of a resource or line that has none."""

CHUNK = 1 << 22
"""Uses looked at together, so that checking a large problem stays small."""

DTYPES = {
    "agent_must": "bool",
    "option_agent": "int32",
    "option_value": "int64",
    "use_ptr": "int64",
    "use_resource": "int32",
    "use_amount": "int64",
    "resource_upper": "int64",
    "resource_lower": "int64",
    "resource_only_if_used": "bool",
    "resource_shortfall_price": "int64",
    "resource_excess_price": "int64",
    "supply_upper": "int64",
    "supply_ptr": "int64",
    "supply_index": "int32",
    "resource_step": "int64",
    "opening_ptr": "int64",
    "opening_resource": "int32",
    "opening_amount": "int64",
    "opening_value": "int64",
}

ABSENT = {
    "resource_step": 1,
    "opening_ptr": 0,
    "opening_resource": 0,
    "opening_amount": 0,
    "opening_value": 0,
}
"""Arrays that may be left out, with what every entry is then."""

BY_TIER = ("option_value", "opening_value")
"""Arrays that may have a column a tier."""

IDS = ("agent_id", "option_id", "resource_id", "supply_id")


class ProblemError(ValueError):
    """A problem that cannot exist: which array or field, where, and why."""


def started(
    units: npt.NDArray[np.int64], step: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return how many steps of this size so many units start, 0 for none or fewer."""
    steps: npt.NDArray[np.int64] = np.maximum(-(-units // step), 0)
    return steps


def normalise(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return every array with its documented type, as a read-only view.

    A wider or narrower integer type is accepted when every number survives the change.

    Raises
    ------
    ProblemError
        Which array, and what about it.
    """
    arrays: dict[str, Any] = {
        name: _typed(name, columns[name], dtype) for name, dtype in DTYPES.items()
    }
    arrays |= {name: _text(name, columns[name]) for name in IDS}
    values = arrays["option_value"]
    if values.ndim == 2 and (values.shape[1] == 1 or len(values) == 0):
        arrays["option_value"] = values.reshape(len(values))
    elif values.ndim == 2:  # each tier in one piece: compiled kernels know one kind
        arrays["option_value"] = np.asfortranarray(values)
    rows, tiers = len(arrays["resource_upper"]), arrays["option_value"].shape[1:]
    for name, shape in (
        ("resource_step", (rows,)),
        ("opening_ptr", (rows + 1,)),
        ("opening_value", (rows, *tiers)),
    ):
        # Where there is no option there is no tier, and nothing opens.
        idle = name == "opening_value" and not len(values)
        if idle or (arrays[name] == ABSENT[name]).all():
            arrays[name] = np.full(shape, ABSENT[name], dtype=np.int64)
    opening = arrays["opening_value"]
    if opening.ndim == 2 and opening.shape[1] == 1:
        arrays["opening_value"] = opening.reshape(len(opening))
    uppers, pointers = arrays["resource_upper"], arrays["supply_ptr"]
    if pointers.shape == (len(uppers) + 1,):
        # A supplied resource has no upper of its own; 0 is the other way to say so.
        idle = (np.diff(pointers) > 0) & (uppers == 0)
        if idle.any():
            arrays["resource_upper"] = np.where(idle, UNLIMITED, uppers)
    for array in arrays.values():
        if array is not None:
            array.flags.writeable = False
    return arrays


def validate(problem: "Problem") -> None:
    """Raise `ProblemError` for the first thing that is wrong with a problem."""
    _shapes(problem)
    _pointers("use_ptr", problem.use_ptr, problem.num_uses)
    _pointers("supply_ptr", problem.supply_ptr, len(problem.supply_index))
    _indices("option_agent", problem.option_agent, problem.num_agents, "agents")
    _indices("use_resource", problem.use_resource, problem.num_resources, "resources")
    _indices("supply_index", problem.supply_index, problem.num_supplies, "supplies")
    _agents(problem)
    _numbers(problem)
    _resources(problem)
    _once("use_resource", problem.use_ptr, problem.use_resource, "resource")
    _once("supply_index", problem.supply_ptr, problem.supply_index, "supply")
    _openings(problem)
    _ids(problem)
    _totals(problem)


def _typed(name: str, value: Any, dtype: str) -> npt.NDArray[Any]:
    array = np.asarray(value)
    if array.size == 0 and array.dtype.kind == "f":
        array = array.astype(dtype)
    wanted, own = np.dtype(dtype), array.dtype
    if array.ndim == 0:
        raise ProblemError(f"{name}: a single {own}, not an array")
    if own.kind != wanted.kind and not (wanted.kind == "i" and own.kind == "u"):
        raise ProblemError(f"{name}: the numbers are {own}, not {dtype}")
    if own == wanted:
        return array.view()
    if array.size and wanted.kind == "i":
        info = np.iinfo(wanted)
        wrong = (array < info.min) | (array > info.max)
        _refuse(name, wrong, lambda at: f"{array.flat[at]} does not fit {dtype}")
    return array.astype(wanted)


def _text(name: str, value: Any) -> npt.NDArray[np.str_] | None:
    if value is None:
        return None
    array = np.asarray(value)
    if array.size == 0:
        array = array.astype("U1")
    if array.dtype.kind != "U" or array.ndim != 1:
        raise ProblemError(
            f"{name}: {array.dtype} of {array.ndim} dimensions, not text"
        )
    return array.view()


def _refuse(name: str, wrong: npt.NDArray[np.bool_], why: Any) -> None:
    """Raise for the first true entry of `wrong`; `why` says what is wrong there."""
    if wrong.any():
        at = int(np.argmax(wrong))
        raise ProblemError(f"{name}[{at}]: {why(at)}")


def _shapes(problem: "Problem") -> None:
    lengths = {
        "option_value": ("option_agent", problem.num_options),
        "use_ptr": ("option_agent", problem.num_options + 1),
        "use_amount": ("use_resource", problem.num_uses),
        "resource_lower": ("resource_upper", problem.num_resources),
        "resource_only_if_used": ("resource_upper", problem.num_resources),
        "resource_shortfall_price": ("resource_upper", problem.num_resources),
        "resource_excess_price": ("resource_upper", problem.num_resources),
        "resource_step": ("resource_upper", problem.num_resources),
        "opening_ptr": ("resource_upper", problem.num_resources + 1),
        "opening_amount": ("opening_resource", len(problem.opening_resource)),
        "opening_value": ("resource_upper", problem.num_resources),
        "supply_ptr": ("resource_upper", problem.num_resources + 1),
        "agent_id": ("agent_must", problem.num_agents),
        "option_id": ("option_agent", problem.num_options),
        "resource_id": ("resource_upper", problem.num_resources),
        "supply_id": ("supply_upper", problem.num_supplies),
    }
    for name in DTYPES:
        dimensions = getattr(problem, name).ndim
        if dimensions != 1 and not (name in BY_TIER and dimensions == 2):
            raise ProblemError(f"{name}: {dimensions} dimensions, expected 1")
    if problem.option_value.ndim == 2 and problem.option_value.shape[1] == 0:
        raise ProblemError("option_value: no tier, expected at least 1")
    tiers = problem.opening_value.shape[1:] or (1,)
    if tiers != (problem.num_tiers,):
        raise ProblemError(
            f"opening_value: {tiers[0]} tiers, but option_value has {problem.num_tiers}"
        )
    for name, (other, expected) in lengths.items():
        array = getattr(problem, name)
        if array is not None and len(array) != expected:
            raise ProblemError(
                f"{name}: {len(array)} entries, but {other} asks for {expected}"
            )


def _pointers(name: str, pointers: npt.NDArray[np.int64], end: int) -> None:
    if pointers[0] != 0:
        raise ProblemError(f"{name}[0]: {pointers[0]}, but it starts at 0")
    falls = pointers[1:] < pointers[:-1]
    _refuse(
        name, falls, lambda at: f"{pointers[at]}, then {pointers[at + 1]}: it falls"
    )
    if pointers[-1] != end:
        at = len(pointers) - 1
        raise ProblemError(f"{name}[{at}]: {pointers[-1]}, but it ends at {end}")


def _indices(name: str, array: npt.NDArray[np.int32], count: int, of: str) -> None:
    wrong = (array < 0) | (array >= count)
    _refuse(name, wrong, lambda at: f"{array[at]}, but there are {count} {of}")


def _agents(problem: "Problem") -> None:
    owner = problem.option_agent
    _refuse(
        "option_agent",
        owner[1:] < owner[:-1],
        lambda at: f"{owner[at]}, then {owner[at + 1]}: options go agent by agent",
    )
    idle = np.bincount(owner, minlength=problem.num_agents) == 0
    _refuse(
        "agent_must",
        problem.agent_must & idle,
        lambda at: f"agent {problem.agent_name(at)!r} must be placed but has no option",
    )


def _numbers(problem: "Problem") -> None:
    for name, least, what in (
        ("use_amount", 0, "an amount is 0 or more"),
        ("opening_amount", -UNLIMITED, "less than -2**62"),
        ("resource_lower", 0, "a lower limit is 0 or more"),
        ("resource_upper", 0, "an upper limit is 0 or more"),
        ("supply_upper", 0, "an upper limit is 0 or more"),
        ("resource_shortfall_price", -1, "a soft price is 0 or more, or -1 for hard"),
        ("resource_excess_price", -1, "a soft price is 0 or more, or -1 for hard"),
        ("resource_step", 1, "a step is 1 or more"),
    ):
        array = getattr(problem, name)
        _refuse(name, array < least, lambda at, a=array, w=what: f"{a[at]}: {w}")
        large = array > UNLIMITED
        _refuse(name, large, lambda at, a=array: f"{a[at]} is more than 2**62")


def _resources(problem: "Problem") -> None:
    lower, upper = problem.resource_lower, problem.resource_upper
    _refuse(
        "resource_lower",
        lower > upper,
        lambda at: (
            f"{lower[at]} is above the upper limit {upper[at]} of "
            f"resource {problem.resource_name(at)!r}"
        ),
    )
    supplied = np.diff(problem.supply_ptr) > 0
    for name, wrong, what in (
        ("resource_upper", upper < UNLIMITED, "upper limit"),
        ("resource_lower", lower > 0, "lower limit"),
        ("resource_only_if_used", problem.resource_only_if_used, "only_if_used"),
        ("resource_shortfall_price", problem.resource_shortfall_price >= 0, "price"),
        ("resource_excess_price", problem.resource_excess_price >= 0, "price"),
        ("resource_step", problem.resource_step > 1, "step"),
    ):
        _refuse(
            name,
            supplied & wrong,
            lambda at, w=what: (
                f"resource {problem.resource_name(at)!r} is limited by its supply "
                f"lines and takes no {w} of its own"
            ),
        )


def _openings(problem: "Problem") -> None:
    """Only what may be closed opens, and what it uses by that is always there."""
    ptr, used = problem.opening_ptr, problem.opening_resource
    _pointers("opening_ptr", ptr, len(used))
    _indices("opening_resource", used, problem.num_resources, "resources")
    _once("opening_resource", ptr, used, "resource")
    cohort = problem.resource_only_if_used
    name = "opening_ptr" if (np.diff(ptr) > 0)[~cohort].any() else "opening_value"
    _refuse(
        name,
        problem.resource_opens & ~cohort,
        lambda at: f"resource {problem.resource_name(at)!r} is not only_if_used",
    )
    _refuse(
        "opening_resource",
        cohort[used],
        lambda at: (
            f"resource {problem.resource_name(int(used[at]))!r} is only_if_used, and "
            "opens by what agents use alone"
        ),
    )
    _gifts(problem)


def gifts(
    problem: "Problem",
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return what opening gives back of what options use: (option, resource, amount).

    Added up over all that an option opens, in the order of options and resources.
    """
    given = np.flatnonzero(problem.opening_amount < 0)
    rows = problem.num_resources
    opener = np.repeat(np.arange(rows), np.diff(problem.opening_ptr))[given]
    counts = np.bincount(opener, minlength=rows)
    used = np.flatnonzero((counts[problem.use_resource] > 0) & (problem.use_amount > 0))
    each = counts[problem.use_resource[used]]
    first = np.searchsorted(opener, problem.use_resource[used])
    within = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    at = given[np.repeat(first, each) + within]
    option = np.searchsorted(problem.use_ptr, np.repeat(used, each), side="right") - 1
    key, of = np.unique(
        option * rows + problem.opening_resource[at], return_inverse=True
    )
    amount = np.zeros(len(key), np.int64)
    np.add.at(amount, of, -problem.opening_amount[at])
    return key // max(1, rows), key % max(1, rows), amount


def _gifts(problem: "Problem") -> None:
    """What opening gives back, each option that opens it uses, so no use is below 0."""
    supplied = (np.diff(problem.supply_ptr) > 0)[problem.opening_resource]
    _refuse(
        "opening_amount",
        (problem.opening_amount < 0) & supplied,
        lambda at: f"{problem.opening_amount[at]}: a supplied resource gets none back",
    )
    for option, resource, back in zip(*gifts(problem), strict=True):
        span = slice(*problem.use_ptr[option : option + 2].tolist())
        own = problem.use_amount[span][problem.use_resource[span] == resource].sum()
        if own < back:
            raise ProblemError(
                f"opening_amount: {back} of resource "
                f"{problem.resource_name(int(resource))!r} given back, but option "
                f"{problem.option_name(int(option))!r}, which opens it, uses {own}"
            )


def _once(
    name: str,
    pointers: npt.NDArray[np.int64],
    members: npt.NDArray[np.int32],
    what: str,
) -> None:
    """Refuse a group that names the same member twice, a chunk of groups at a time."""
    first = 0
    while first < len(pointers) - 1:
        reach = int(np.searchsorted(pointers, pointers[first] + CHUNK, "right")) - 1
        last = max(first + 1, min(reach, len(pointers) - 1))
        start, stop = int(pointers[first]), int(pointers[last])
        group = np.repeat(
            np.arange(last - first, dtype=np.int64), np.diff(pointers[first : last + 1])
        )
        key = (group << 32) + members[start:stop]
        if (key[1:] <= key[:-1]).any():
            order = np.argsort(key, kind="stable")
            twice = np.zeros(len(key), dtype=bool)
            twice[order[1:]] = np.diff(key[order]) == 0
            if twice.any():
                at = int(np.argmax(twice))
                raise ProblemError(
                    f"{name}[{start + at}]: entry {first + int(group[at])} "
                    f"names {what} {members[start + at]} twice"
                )
        first = last


def _ids(problem: "Problem") -> None:
    for name in IDS:
        ids = getattr(problem, name)
        if ids is None:
            continue
        _refuse(name, ids == "", lambda _: "an id is not empty")
        broken = _no_unicode(ids)
        _refuse(name, broken, lambda at, i=ids: f"{str(i[at])!a} is not Unicode")
        if name == "option_id":
            _option_ids(problem, ids)
            continue
        _, firsts = np.unique(ids, return_index=True)
        if len(firsts) < len(ids):
            again = np.ones(len(ids), dtype=bool)
            again[firsts] = False
            _refuse(name, again, lambda at, i=ids: f"{str(i[at])!r} is there twice")
    resources = {problem.resource_name(at) for at in _named(problem)}
    for at in range(problem.num_supplies):
        if problem.supply_name(at) in resources:
            shared = problem.supply_name(at)
            raise ProblemError(f"supply_id[{at}]: {shared!r} is also a resource")
    if _no_unicode(np.array([problem.name])).any():
        raise ProblemError(f"name: {problem.name!a} is not Unicode")
    for name in ("resource_id", "supply_id"):
        _floors(name, getattr(problem, name), problem.num_tiers)


def _floors(name: str, ids: npt.NDArray[np.str_] | None, tiers: int) -> None:
    """Refuse a limit with the name that a result gives to the floor under a tier."""
    if ids is not None and tiers > 1:
        reserved = np.isin(ids, [f"tier:{tier}" for tier in range(1, tiers)])
        _refuse(name, reserved, lambda at: f"{str(ids[at])!r} is the name of a tier")


def _no_unicode(ids: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
    """Return bool[k]: the texts with half a surrogate pair, which no file can hold."""
    native = np.ascontiguousarray(ids, dtype=ids.dtype.newbyteorder("="))
    points = native.view(np.uint32).reshape(len(ids), native.dtype.itemsize // 4)
    halves: npt.NDArray[np.bool_] = (points >= 0xD800) & (points < 0xE000)
    return np.asarray(halves.any(axis=1))


def _option_ids(problem: "Problem", ids: npt.NDArray[np.str_]) -> None:
    """Two options of one agent have different ids; other agents may share them."""
    order = np.lexsort((ids, problem.option_agent))
    twice = np.zeros(len(ids), dtype=bool)
    twice[order[1:]] = (np.diff(problem.option_agent[order]) == 0) & (
        ids[order[1:]] == ids[order[:-1]]
    )
    _refuse("option_id", twice, lambda at: f"{str(ids[at])!r} is there twice")


def _named(problem: "Problem") -> range:
    return range(problem.num_resources if problem.num_supplies else 0)


def _total(
    name: str,
    problem: "Problem",
    numbers: npt.NDArray[np.int64],
    pointers: npt.NDArray[np.int64] | None,
    room: int,
) -> int:
    """Return what the largest numbers of all agents can come to, at most `room`.

    The numbers belong to options, or to the uses of options at these pointers.
    """
    most = max(int(numbers.max(initial=0)), -int(numbers.min(initial=0)))
    crude = most * problem.num_agents
    if crude <= room // problem.num_tiers:
        return crude
    at = int(np.argmax((numbers == most) | (numbers == -most)))
    if most <= room:
        owner = problem.option_agent
        if pointers is not None:
            owner = np.repeat(owner, np.diff(pointers))
        largest = np.zeros(problem.num_agents, dtype=np.int64)
        np.maximum.at(largest, owner, np.abs(numbers))
        total = sum(largest.tolist())
        if total <= room:
            return total
    raise ProblemError(
        f"{name}[{at}]: {most}: with those of {problem.num_agents} agents the total "
        "could pass 2**62"
    )


def _totals(problem: "Problem") -> None:
    """Refuse numbers whose totals over all agents could pass 2**62.

    Several tiers are added up with weights, so that together they have half of it.
    """
    owner = problem.option_agent
    values = problem.option_value.reshape(len(owner), problem.num_tiers)
    room = UNLIMITED if problem.num_tiers == 1 else UNLIMITED // 2
    opened = sum(abs(value) for value in problem.opening_value.ravel().tolist())
    if opened > room // 2:
        raise ProblemError("opening_value: the total could pass 2**62")
    room -= opened
    for tier in range(problem.num_tiers):
        room -= _total("option_value", problem, values[:, tier], None, room)
    opened = sum(abs(amount) for amount in problem.opening_amount.tolist())
    if opened > UNLIMITED // 4:
        raise ProblemError("opening_amount: the total could pass 2**62")
    # What is closed is written with as much use as there could be.
    room = UNLIMITED // 2 - opened if problem.resource_opens.any() else UNLIMITED
    _total("use_amount", problem, problem.use_amount, problem.use_ptr, room)
    short = problem.resource_shortfall_price.clip(0).astype(float)
    over = problem.resource_excess_price.clip(0).astype(float)
    paid = float(short @ started(problem.resource_lower, problem.resource_step))
    if over.any():
        most = np.bincount(
            problem.use_resource,
            weights=problem.use_amount,
            minlength=problem.num_resources,
        )
        np.add.at(most, problem.opening_resource, problem.opening_amount.clip(0))
        paid += float(over @ np.ceil(most / problem.resource_step))
    if paid > UNLIMITED:
        raise ProblemError("resource_excess_price: soft prices could pass 2**62 in all")
