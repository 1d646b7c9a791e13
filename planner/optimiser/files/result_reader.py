"""Reading result files as claims: whatever they say is taken down, nothing believed.

A file that cannot be understood is a `FileError`. A file that names agents, options or
limits that the problem does not have is a claim that does not hold.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from planner.optimiser.files.result_writer import FORMAT
from planner.optimiser.files.storage import FileError, read_arrays, read_json
from planner.optimiser.model.claim import Claim, TierClaim
from planner.optimiser.model.fees import Fees
from planner.optimiser.model.plan import NOTHING
from planner.optimiser.model.problem import FloatArray, IntArray, Problem
from planner.optimiser.model.result import Status, Termination

MOST_NAMED = 20
"""Unknown names of one kind that are listed before the rest is only counted."""


class _Wrong(ValueError):
    """A field that cannot be read."""


def read_claim(problem: Problem, path: str | Path) -> Claim:
    """Return what a `.npz` or JSON result file claims about a problem.

    Raises
    ------
    FileError
        Where the file cannot be understood; what is understood may still be false.
    """
    path = Path(path)
    try:
        if path.suffix == ".npz":
            return claim_from_arrays(problem, read_arrays(path))
        return claim_from_document(problem, read_json(path))
    except _Wrong as error:
        raise FileError(path, str(error)) from error


def claim_from_document(problem: Problem, document: Any) -> Claim:
    """Return what a JSON result claims."""
    if not isinstance(document, Mapping):
        raise _Wrong("the document is not a JSON object")
    if document.get("format", FORMAT) != FORMAT:
        raise _Wrong(f"format: {document['format']!r} is not {FORMAT!r}")
    misread: list[str] = []
    choice = _choice(problem, _mapping(document, "choice"), misread)
    if not _mapping(document, "choice") and document.get("objective") is None:
        choice = None
    records = document.get("tiers")
    if not isinstance(records, list):
        raise _Wrong("tiers: missing, or not a list")
    prices, fees = _mapping(document, "prices"), document.get("fees")
    tiers = []
    for tier, record in enumerate(records):
        if not isinstance(record, Mapping):
            raise _Wrong(f"tiers[{tier}]: not a JSON object")
        stated, paid = record.get("prices"), record.get("fees")
        if tier == len(records) - 1:
            if stated is not None and "prices" in document and stated != prices:
                misread.append("prices: those of the last tier are others")
            stated = prices if stated is None else stated
            if paid is not None and fees is not None and paid != fees:
                misread.append("fees: those of the last tier are others")
            paid = fees if paid is None else paid
        claimed = _tier(problem, tier, record, stated, misread)
        tiers.append(replace(claimed, fees=_fees(problem, paid, misread)))
    solver_bound = _number(document, "solver_bound", "")
    if tiers and tiers[-1].solver_bound is None:
        tiers[-1] = replace(tiers[-1], solver_bound=solver_bound)
    return Claim(
        **_told(document),
        choice=choice,
        objective=_integer(document, "objective", ""),
        bound=_number(document, "bound", ""),
        gap=_number(document, "gap", ""),
        tiers=tuple(tiers),
        solver_bound=solver_bound,
        digest=_text(document, "digest", required=False) or None,
        misread=tuple(misread),
    )


def _told(document: Mapping[str, Any], scalars: Any = None) -> dict[str, str]:
    """Return status and termination, in the words of today.

    The first version said "optimal" and "proved" where two solvers agreed. Its results
    name the versions they were made with, and no parameters; what is proven in them
    the check finds out, and tells what is not.
    """
    scalars = document if scalars is None else scalars
    status, termination = _text(scalars, "status"), _text(scalars, "termination")
    if "versions" in document and "parameters" not in document:
        if status == Status.OPTIMAL:
            status = Status.FEASIBLE.value
        if termination == Termination.PROVED:
            termination = Termination.AGREED.value
    return {"status": status, "termination": termination}


def claim_from_arrays(problem: Problem, arrays: Mapping[str, Any]) -> Claim:
    """Return what an NPZ result claims."""
    scalars = {name: a.item() for name, a in arrays.items() if a.size == 1}
    choice = None
    if "choice" in arrays:
        choice = arrays["choice"]
        if choice.dtype.kind != "i":
            raise _Wrong(f"choice: {choice.dtype}, not int64")
        choice = choice.astype(np.int64)
    tiers = _tiers(problem, arrays, scalars)
    return Claim(
        **_told(arrays, scalars),
        choice=choice,
        objective=_integer(scalars, "objective", ""),
        bound=_number(scalars, "bound", ""),
        gap=_number(scalars, "gap", ""),
        tiers=tiers,
        solver_bound=_number(scalars, "solver_bound", ""),
        digest=_text(scalars, "digest", required=False) or None,
        misread=tuple(_other_prices(arrays, tiers)),
    )


def _tiers(
    problem: Problem, arrays: Mapping[str, Any], scalars: Mapping[str, Any]
) -> tuple[TierClaim, ...]:
    """Return the claims of each tier; a file with one tier may state it in scalars."""
    if "tier_bound" not in arrays:
        if "choice" not in arrays and "bound" not in scalars:
            return ()
        if problem.num_tiers > 1:
            raise _Wrong("tier_bound: the array is missing")
        return (
            TierClaim(
                value=_integer(scalars, "objective", ""),
                bound=_number(scalars, "bound", ""),
                gap=_number(scalars, "gap", ""),
                price=_floats(arrays, "price"),
                supply_price=_floats(arrays, "supply_price"),
                tier_price=np.zeros(0),
                solver_bound=_number(scalars, "solver_bound", ""),
                fees=_fee_arrays(arrays, 0, 1),
            ),
        )
    bounds, gaps = _floats(arrays, "tier_bound"), _floats(arrays, "tier_gap")
    words, values = _floats(arrays, "tier_solver_bound"), arrays.get("tier_value")
    count = 0 if bounds is None else bounds.size
    for name, array in (
        ("tier_bound", bounds),
        ("tier_gap", gaps),
        ("tier_value", values),
        ("tier_solver_bound", words),
    ):
        if array is not None and array.shape != (count,):
            raise _Wrong(f"{name}: {array.shape} numbers, not {count}")
    if values is not None and values.dtype.kind != "i":
        raise _Wrong(f"tier_value: {values.dtype}, not int64")
    return tuple(
        TierClaim(
            value=None if values is None else int(values[tier]),
            bound=_known(bounds, tier),
            gap=_known(gaps, tier),
            price=_row(arrays, "tier_resource_price", "price", tier, count),
            supply_price=_row(arrays, "tier_supply_price", "supply_price", tier, count),
            tier_price=_floors(arrays, tier, count),
            solver_bound=_known(words, tier),
            fees=_fee_arrays(arrays, tier, count),
            tree=_tree(arrays, tier, count),
        )
        for tier in range(count)
    )


def _other_prices(
    arrays: Mapping[str, Any], tiers: tuple[TierClaim, ...]
) -> Iterator[str]:
    """The prices of a result are those of its last tier."""
    for name in ("price", "supply_price", "tier_price"):
        stated = _floats(arrays, name)
        meant = getattr(tiers[-1], name) if tiers else None
        if stated is None or meant is None:
            continue
        if not np.array_equal(stated, meant):
            yield f"{name}: those of the last tier are others"


def _known(array: FloatArray | None, at: int) -> float | None:
    if array is None or np.isnan(array[at]):
        return None
    return float(array[at])


def _row(
    arrays: Mapping[str, Any], rows: str, last: str, tier: int, count: int
) -> FloatArray | None:
    """Return the prices of one tier: its row, or those of the result for the last."""
    row = _row_of(arrays, rows, tier, count)
    return _floats(arrays, last) if row is None and tier == count - 1 else row


def _row_of(
    arrays: Mapping[str, Any], name: str, tier: int, count: int
) -> FloatArray | None:
    """Return the row of one tier in a table with one for each, if it is there."""
    table = _floats(arrays, name)
    if table is None:
        return None
    if table.ndim != 2 or len(table) != count:
        raise _Wrong(f"{name}: {list(table.shape)}, not a row for each of {count}")
    row: FloatArray = table[tier]
    return row


def _floors(arrays: Mapping[str, Any], tier: int, count: int) -> FloatArray:
    row = _row_of(arrays, "tier_floor_price", tier, count)
    return np.zeros(tier) if row is None else row[:tier]


def _floats(arrays: Mapping[str, Any], name: str) -> FloatArray | None:
    array = arrays.get(name)
    if array is None:
        return None
    if array.dtype.kind not in "fiu":
        raise _Wrong(f"{name}: {array.dtype}, not float64")
    return np.asarray(array, dtype=np.float64)


def _tier(
    problem: Problem,
    tier: int,
    record: Mapping[str, Any],
    prices: Any,
    misread: list[str],
) -> TierClaim:
    where = f"tiers[{tier}]."
    stated = None if prices is None else _prices(problem, tier, prices, misread)
    return TierClaim(
        value=_integer(record, "value", where),
        bound=_number(record, "bound", where),
        gap=_number(record, "gap", where),
        price=None if stated is None else stated[0],
        supply_price=None if stated is None else stated[1],
        tier_price=None if stated is None else stated[2],
        solver_bound=_number(record, "solver_bound", where),
        tree=record.get("proof"),
    )


def _fees(problem: Problem, stated: Any, misread: list[str]) -> Fees:
    """Return the fees of one tier; a pair that is not named has none."""
    if stated is None:
        return Fees.none()
    if not isinstance(stated, list):
        raise _Wrong("fees: not a list")
    agents = {problem.agent_name(a): a for a in range(problem.num_agents)}
    resources = {problem.resource_name(r): r for r in range(problem.num_resources)}
    unknown: list[str] = []
    rows: list[tuple[int, int, float]] = []
    for at, record in enumerate(stated):
        if not isinstance(record, Mapping):
            raise _Wrong(f"fees[{at}]: not a JSON object")
        fee = _number(record, "fee", f"fees[{at}].")
        if fee is None:
            raise _Wrong(f"fees[{at}].fee: missing")
        agent, option, resource = (
            _text(record, name) for name in ("agent", "option", "resource")
        )
        own = _option_of(problem, agents.get(agent), option)
        if own is None:
            unknown.append(f"fees: agent {agent!r} has no option {option!r}")
        elif resource not in resources:
            unknown.append(f"fees: there is no resource {resource!r}")
        else:
            rows.append((own, resources[resource], fee))
    misread += _shortened(unknown)
    return Fees(
        option=np.array([pair[0] for pair in rows], dtype=np.int64),
        resource=np.array([pair[1] for pair in rows], dtype=np.int64),
        fee=np.array([pair[2] for pair in rows], dtype=np.float64),
    )


def _fee_arrays(arrays: Mapping[str, Any], tier: int, count: int) -> Fees:
    """Return the fees of one tier: its part of all, or those of the result."""
    names, part = ("fee_option", "fee_resource", "fee"), slice(None)
    if "tier_fee_ptr" in arrays:
        ptr = _whole(arrays, "tier_fee_ptr")
        if ptr.shape != (count + 1,) or (np.diff(ptr) < 0).any() or ptr[0] != 0:
            raise _Wrong(f"tier_fee_ptr: {ptr.tolist()} does not part {count} tiers")
        part = slice(int(ptr[tier]), int(ptr[tier + 1]))
        names = ("tier_fee_option", "tier_fee_resource", "tier_fee")
        short = [n for n in names if n in arrays and arrays[n].size != ptr[-1]]
        if short:
            raise _Wrong(f"{short[0]}: {arrays[short[0]].size} fees, not {ptr[-1]}")
    elif tier < count - 1:
        return Fees.none()
    present = [name for name in names if name in arrays]
    if not present:
        return Fees.none()
    if len(present) < len(names):
        missing = next(name for name in names if name not in arrays)
        raise _Wrong(f"{missing}: the array is missing")
    fee = _floats(arrays, names[2])
    assert fee is not None
    return Fees(
        option=_whole(arrays, names[0])[part],
        resource=_whole(arrays, names[1])[part],
        fee=fee[part],
    )


def _tree(arrays: Mapping[str, Any], tier: int, count: int) -> Any:
    """Return the proof tree of one tier, as far as it is JSON."""
    texts = arrays.get("tier_proof")
    if texts is None:
        return None
    if texts.dtype.kind != "U" or texts.shape != (count,):
        raise _Wrong(f"tier_proof: {texts.dtype}{list(texts.shape)}, not text[{count}]")
    if not texts[tier]:
        return None
    try:
        return json.loads(str(texts[tier]))
    except (ValueError, RecursionError) as error:
        raise _Wrong(f"tier_proof[{tier}]: not JSON: {error}") from error


def _whole(arrays: Mapping[str, Any], name: str) -> IntArray:
    array = arrays[name]
    if array.dtype.kind not in "iu" or array.ndim != 1:
        raise _Wrong(f"{name}: {array.dtype}{list(array.shape)}, not int64[k]")
    return np.asarray(array, dtype=np.int64)


def _option_of(problem: Problem, agent: int | None, name: str) -> int | None:
    """Return the option that an agent calls so, or None."""
    if agent is None:
        return None
    start, stop = problem.agent_ptr[agent : agent + 2].tolist()
    own = (o for o in range(start, stop) if problem.option_name(o) == name)
    return next(own, None)


def _choice(
    problem: Problem, stated: Mapping[str, Any], misread: list[str]
) -> IntArray | None:
    agents = {problem.agent_name(a): a for a in range(problem.num_agents)}
    choice = np.full(problem.num_agents, NOTHING, dtype=np.int64)
    unknown: list[str] = []
    for name, option in stated.items():
        if name not in agents:
            unknown.append(f"choice: there is no agent {name!r}")
        elif option is not None:
            own = _option_of(problem, agents[name], option)
            if own is not None:
                choice[agents[name]] = own
            else:
                unknown.append(f"choice: agent {name!r} has no option {option!r}")
    misread += _shortened(unknown)
    return choice


def _prices(
    problem: Problem, tier: int, stated: Any, misread: list[str]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the prices of resources, lines and floors; what is not named is free."""
    if not isinstance(stated, Mapping):
        raise _Wrong("prices: not a JSON object")
    names = [problem.resource_name(r) for r in range(problem.num_resources)]
    names += [problem.supply_name(f) for f in range(problem.num_supplies)]
    names += [f"tier:{i + 1}" for i in range(tier)]
    place = {name: at for at, name in enumerate(names)}
    numbers = np.zeros(len(names))
    unknown = []
    for name, price in stated.items():
        if isinstance(price, bool) or not isinstance(price, int | float):
            raise _Wrong(f"prices[{name!r}]: {price!r} is not a number")
        if name not in place:
            unknown.append(f"prices: there is no limit {name!r}")
        else:
            numbers[place[name]] = _float(price, f"prices[{name!r}]")
    misread += _shortened(unknown)
    lines = problem.num_resources + problem.num_supplies
    return (
        numbers[: problem.num_resources],
        numbers[problem.num_resources : lines],
        numbers[lines:],
    )


def _shortened(sentences: list[str]) -> list[str]:
    if len(sentences) <= MOST_NAMED:
        return sentences
    rest = len(sentences) - MOST_NAMED
    return [*sentences[:MOST_NAMED], f"... and {rest} more of this kind"]


def _mapping(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _Wrong(f"{name}: not a JSON object")
    return value


def _text(record: Mapping[str, Any], name: str, *, required: bool = True) -> str:
    text = record.get(name)
    if text is None and not required:
        return ""
    if not isinstance(text, str):
        raise _Wrong(f"{name}: missing, or not text")
    return text


def _integer(record: Mapping[str, Any], name: str, where: str) -> int | None:
    number = record.get(name)
    if number is None:
        return None
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise _Wrong(f"{where}{name}: {number!r} is not an integer")
    if abs(number) >= 2**63:
        raise _Wrong(f"{where}{name}: the number does not fit 64 bits")
    return number


def _number(record: Mapping[str, Any], name: str, where: str) -> float | None:
    number = record.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise _Wrong(f"{where}{name}: {number!r} is not a number")
    return _float(number, f"{where}{name}")


def _float(number: float, where: str) -> float:
    try:
        return float(number)
    except OverflowError:
        raise _Wrong(f"{where}: {number} is too large") from None
