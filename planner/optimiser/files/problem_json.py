"""The JSON form of a problem, field by field."""

from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np

from planner.optimiser.model.problem import HARD, UNLIMITED, Problem, pointers
from planner.optimiser.model.validate import ProblemError

FORMAT = "allocation-instance/1"

Record = Mapping[str, Any]

FIELDS = {
    "agents": ("id", "must"),
    "resources": (
        "id",
        "upper",
        "lower",
        "only_if_used",
        "shortfall_price",
        "excess_price",
        "step",
        "opening_uses",
        "opening_value",
        "supplied_by",
    ),
    "supplies": ("id", "upper"),
    "options": ("agent", "id", "value", "uses"),
}


def problem_from_document(document: Any) -> Problem:
    """Return the problem a JSON document describes, or raise `ProblemError`.

    Raises
    ------
    ProblemError
        The first field that is unknown, missing or makes no sense.
    """
    if not isinstance(document, Mapping):
        raise ProblemError("the document is not a JSON object")
    if document.get("format") != FORMAT:
        raise ProblemError(f"format: {document.get('format')!r} is not {FORMAT!r}")
    _known(document, "the document", ("format", "name", *FIELDS))
    name = document.get("name", "")
    if not isinstance(name, str):
        raise ProblemError(f"name: {name!r} is not text")
    agents, resources = _records(document, "agents"), _records(document, "resources")
    supplies = _records(document, "supplies", required=False)
    options = _records(document, "options")
    agent_of, resource_of = _index(agents, "agents"), _index(resources, "resources")
    supply_of = _index(supplies, "supplies")
    by_option = _option_arrays(options, agent_of, resource_of)
    must = [_flag(r, "must", f"agents[{i}]") for i, r in enumerate(agents)]
    return Problem(
        name=name,
        agent_must=np.array(must, dtype=bool),
        agent_id=_ids(agents),
        resource_id=_ids(resources),
        supply_id=_ids(supplies),
        **_resource_arrays(resources, supply_of),
        supply_upper=_integers(
            [_upper(r, f"supplies[{i}]") for i, r in enumerate(supplies)]
        ),
        **by_option,
        **_opening_arrays(
            resources, resource_of, by_option["option_value"].shape[1] if options else 0
        ),
    )


def problem_to_document(problem: Problem) -> dict[str, Any]:
    """Return the JSON document that describes a problem."""
    return {
        "format": FORMAT,
        "name": problem.name,
        "agents": [
            {"id": problem.agent_name(at), "must": bool(must)}
            for at, must in enumerate(problem.agent_must)
        ],
        "resources": [_resource(problem, at) for at in range(problem.num_resources)],
        "supplies": [
            {"id": problem.supply_name(at), "upper": _or_none(upper, UNLIMITED)}
            for at, upper in enumerate(problem.supply_upper.tolist())
        ],
        "options": [_option(problem, at) for at in range(problem.num_options)],
    }


def _resource(problem: Problem, at: int) -> dict[str, Any]:
    record: dict[str, Any] = {"id": problem.resource_name(at)}
    lines = problem.supply_index[problem.supply_ptr[at] : problem.supply_ptr[at + 1]]
    if len(lines):
        return record | {"supplied_by": [problem.supply_name(int(f)) for f in lines]}
    step = int(problem.resource_step[at])
    record |= {"step": step} if step > 1 else {}
    uses = problem.opening_uses(at)
    if uses:
        record["opening_uses"] = {problem.resource_name(r): much for r, much in uses}
    if problem.opening_value[at].any():
        record["opening_value"] = problem.opening_value[at].tolist()
    return record | {
        "upper": _or_none(int(problem.resource_upper[at]), UNLIMITED),
        "lower": int(problem.resource_lower[at]),
        "only_if_used": bool(problem.resource_only_if_used[at]),
        "shortfall_price": _or_none(int(problem.resource_shortfall_price[at]), HARD),
        "excess_price": _or_none(int(problem.resource_excess_price[at]), HARD),
    }


def _option(problem: Problem, at: int) -> dict[str, Any]:
    uses = slice(int(problem.use_ptr[at]), int(problem.use_ptr[at + 1]))
    names = [problem.resource_name(int(r)) for r in problem.use_resource[uses]]
    return {
        "agent": problem.agent_name(int(problem.option_agent[at])),
        "id": problem.option_name(at),
        "value": problem.option_value[at].tolist(),
        "uses": dict(zip(names, problem.use_amount[uses].tolist(), strict=True)),
    }


def _or_none(number: int, none: int) -> int | None:
    return None if number == none else number


def _records(document: Record, field: str, *, required: bool = True) -> list[Record]:
    if field not in document and not required:
        return []
    records = document.get(field)
    if not isinstance(records, list):
        raise ProblemError(f"{field}: missing, or not a list")
    for at, record in enumerate(records):
        if not isinstance(record, Mapping):
            raise ProblemError(f"{field}[{at}]: not a JSON object")
        _known(record, f"{field}[{at}]", FIELDS[field])
        _text(record, "id", f"{field}[{at}]")
    return records


def _known(record: Record, where: str, names: Sequence[str]) -> None:
    """Refuse a misspelt field: reading on would lift a limit in silence."""
    unknown = [name for name in record if name not in names and name != "comment"]
    if unknown:
        raise ProblemError(f"{where}: there is no field {unknown[0]!r}")


def _index(records: Sequence[Record], field: str) -> dict[str, int]:
    index = {record["id"]: at for at, record in enumerate(records)}
    if len(index) < len(records):
        seen: set[str] = set()
        for at, record in enumerate(records):
            if record["id"] in seen:
                raise ProblemError(f"{field}[{at}].id: {record['id']!r} is there twice")
            seen.add(record["id"])
    return index


def _ids(records: Sequence[Record]) -> Any:
    return np.array([record["id"] for record in records], dtype=np.str_)


def _text(record: Record, name: str, where: str) -> str:
    text = record.get(name)
    if not isinstance(text, str) or not text:
        raise ProblemError(f"{where}.{name}: {text!r} is not text, or is empty")
    if "\0" in text or not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ProblemError(f"{where}.{name}: {text!r} is not Unicode") from None
        if text.endswith("\0"):
            raise ProblemError(f"{where}.{name}: {text!r} ends with a NUL")
    return text


def _flag(record: Record, name: str, where: str) -> bool:
    flag = record.get(name, False)
    if not isinstance(flag, bool):
        raise ProblemError(f"{where}.{name}: {flag!r} is not true or false")
    return flag


def _integer(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProblemError(f"{where}: {value!r} is not an integer")
    if not -(2**63) <= value < 2**63:
        raise ProblemError(f"{where}: {value} does not fit 64 bits")
    return value


def _at_least_0(value: Any, where: str) -> int:
    number = _integer(value, where)
    if number < 0:
        raise ProblemError(f"{where}: {number} is negative")
    return number


def _upper(record: Record, where: str) -> int:
    if "upper" not in record:
        raise ProblemError(f"{where}.upper: missing (null is unlimited)")
    if record["upper"] is None:
        return UNLIMITED
    return _at_least_0(record["upper"], f"{where}.upper")


def _price(record: Record, name: str, where: str) -> int:
    if record.get(name) is None:
        return HARD
    return _at_least_0(record[name], f"{where}.{name}")


def _step(record: Record, where: str) -> int:
    step = _integer(record.get("step", 1), f"{where}.step")
    if step < 1:
        raise ProblemError(f"{where}.step: {step} is not 1 or more")
    return step


def _integers(numbers: Sequence[int]) -> Any:
    return np.array(numbers, dtype=np.int64)


def _resource_arrays(
    resources: Sequence[Record], supply_of: Mapping[str, int]
) -> dict[str, Any]:
    lines = [
        _lines(record, supply_of, f"resources[{at}]")
        for at, record in enumerate(resources)
    ]
    where = [f"resources[{at}]" for at in range(len(resources))]
    upper, lower = [], []
    for at, record in enumerate(resources):
        upper.append(UNLIMITED if lines[at] else _upper(record, where[at]))
        lower.append(_at_least_0(record.get("lower", 0), f"{where[at]}.lower"))
        if lower[at] > upper[at]:
            raise ProblemError(
                f"{where[at]} ({record['id']!r}): the lower limit {lower[at]} is above "
                f"the upper limit {upper[at]}"
            )
    pairs = list(zip(resources, where, strict=True))
    used = [_flag(record, "only_if_used", at) for record, at in pairs]
    short = [_price(record, "shortfall_price", at) for record, at in pairs]
    over = [_price(record, "excess_price", at) for record, at in pairs]
    step = [_step(record, at) for record, at in pairs]
    return {
        "resource_upper": _integers(upper),
        "resource_lower": _integers(lower),
        "resource_only_if_used": np.array(used, dtype=bool),
        "resource_shortfall_price": _integers(short),
        "resource_excess_price": _integers(over),
        "resource_step": _integers(step),
        "supply_ptr": pointers(np.array([len(of) for of in lines], dtype=np.int64)),
        "supply_index": np.array(list(chain.from_iterable(lines)), dtype=np.int32),
    }


def _opening_arrays(
    resources: Sequence[Record], resource_of: Mapping[str, int], tiers: int
) -> dict[str, Any]:
    """Return what resources use and are worth by opening, with 0 tiers the uses."""
    used: list[int] = []
    amounts: list[int] = []
    values = np.zeros((len(resources), tiers), dtype=np.int64)
    for at, record in enumerate(resources):
        where = f"resources[{at}]"
        uses = record.get("opening_uses", {})
        _uses(uses, resource_of, f"{where}.opening_uses", may_give=True)
        used += [resource_of[name] for name in uses]
        amounts += uses.values()
        if "opening_value" not in record:
            continue
        value = _value(record, "opening_value", where)
        if tiers and len(value) != tiers:
            raise ProblemError(
                f"{where}.opening_value: {len(value)} tiers, not {tiers}"
            )
        values[at] = value[:tiers]
    sizes = [len(record.get("opening_uses", {})) for record in resources]
    return {
        "opening_ptr": pointers(np.array(sizes, dtype=np.int64)),
        "opening_resource": np.array(used, dtype=np.int32),
        "opening_amount": _integers(amounts),
        "opening_value": values,
    }


def _lines(record: Record, supply_of: Mapping[str, int], where: str) -> list[int]:
    names = record.get("supplied_by")
    if names is None:
        return []
    if not isinstance(names, list) or not names:
        raise ProblemError(f"{where}.supplied_by: not a list of 1 or more supplies")
    if record.get("upper") is not None:
        raise ProblemError(f"{where}.upper: a supplied resource has no limit")
    for name in names:
        if not isinstance(name, str) or name not in supply_of:
            raise ProblemError(f"{where}.supplied_by: there is no supply {name!r}")
    if len(set(names)) < len(names):
        raise ProblemError(f"{where}.supplied_by: a supply is there twice")
    return [supply_of[name] for name in names]


def _option_arrays(
    options: Sequence[Record],
    agent_of: Mapping[str, int],
    resource_of: Mapping[str, int],
) -> dict[str, Any]:
    owners, values, sizes = [], [], []
    used: list[int] = []
    amounts: list[int] = []
    seen: set[tuple[str, str]] = set()
    for at, record in enumerate(options):
        where = f"options[{at}]"
        agent = _text(record, "agent", where)
        if agent not in agent_of:
            raise ProblemError(f"{where}.agent: there is no agent {agent!r}")
        if (agent, record["id"]) in seen:
            raise ProblemError(f"{where}.id: {record['id']!r} is there twice")
        seen.add((agent, record["id"]))
        uses = record.get("uses", {})
        _uses(uses, resource_of, f"{where}.uses")
        used += [resource_of[name] for name in uses]
        amounts += uses.values()
        owners.append(agent_of[agent])
        values.append(_value(record, "value", where))
        sizes.append(len(uses))
    for at, (first, second) in enumerate(pairwise(values)):
        if len(first) != len(second):
            raise ProblemError(
                f"options[{at + 1}].value: {len(second)} tiers, not {len(first)}"
            )
    return _grouped(owners, values, sizes, used, amounts) | {
        "option_id": _ids(options)[np.argsort(owners, kind="stable")]
        if options
        else _ids(options)
    }


def _uses(
    uses: Any, resource_of: Mapping[str, int], where: str, *, may_give: bool = False
) -> None:
    """Refuse uses of what does not exist, or of an amount that is none.

    What opens may give back: there an amount is below 0.
    """
    if not isinstance(uses, Mapping):
        raise ProblemError(f"{where}: not a JSON object")
    for name, amount in uses.items():
        if name not in resource_of:
            raise ProblemError(f"{where}: there is no resource {name!r}")
        if may_give:
            amount = abs(_integer(amount, f"{where}[{name!r}]"))
        if type(amount) is not int or not 0 <= amount < 2**63:
            _at_least_0(amount, f"{where}[{name!r}]")


def _value(record: Record, name: str, where: str) -> list[int]:
    value = record.get(name)
    if isinstance(value, list):
        if not value:
            raise ProblemError(f"{where}.{name}: no tier")
        return [_integer(v, f"{where}.{name}[{t}]") for t, v in enumerate(value)]
    return [_integer(value, f"{where}.{name}")]


def _grouped(
    owners: list[int],
    values: list[list[int]],
    sizes: list[int],
    used: list[int],
    amounts: list[int],
) -> dict[str, Any]:
    """Return the option arrays with the options of each agent side by side."""
    owner, size = np.array(owners, dtype=np.int32), np.array(sizes, dtype=np.int64)
    order = np.argsort(owner, kind="stable")
    use_order = np.argsort(np.repeat(owner, size), kind="stable")
    tiers = len(values[0]) if values else 1
    value = np.array(values, dtype=np.int64).reshape(len(values), tiers)
    return {
        "option_agent": owner[order],
        "option_value": value[order],
        "use_ptr": pointers(size[order]),
        "use_resource": np.array(used, dtype=np.int32)[use_order],
        "use_amount": _integers(amounts)[use_order],
    }
