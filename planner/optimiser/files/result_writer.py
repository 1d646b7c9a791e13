"""Result files: written for people (JSON) or for size (NPZ), read as mere claims."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from planner.optimiser.files.storage import laid_out, written_whole
from planner.optimiser.model.plan import NOTHING
from planner.optimiser.model.problem import FloatArray, Problem
from planner.optimiser.model.result import Result, Tier

FORMAT = "allocation-result/1"


def write_result(problem: Problem, result: Result, path: str | Path) -> None:
    """Write a result as `.npz` or else as JSON; whole, or not at all."""
    path = Path(path)
    with written_whole(path) as target:
        if path.suffix == ".npz":
            np.savez(target, **result_arrays(problem, result))
        else:
            target.write(result_text(problem, result).encode())


def result_text(problem: Problem, result: Result) -> str:
    """Return a result as JSON text."""
    return laid_out(result_document(problem, result))


def result_document(problem: Problem, result: Result) -> dict[str, Any]:
    """Return the JSON document of a result: everything by the ids people use."""
    last = result.tiers[-1] if result.tiers else None
    return {
        "format": FORMAT,
        "status": str(result.status),
        "termination": str(result.termination),
        "objective": result.objective,
        "bound": _number(result.bound),
        "gap": result.gap,
        "solver_bound": _number(result.solver_bound),
        "tiers": [_tier(problem, result, tier) for tier in result.tiers],
        "choice": _choice(problem, result),
        "prices": {} if last is None else _prices(problem, last),
        "fees": [] if last is None else _fees(problem, last),
        "conflict": [asdict(relief) for relief in result.conflict],
        **_circumstances(result),
    }


def result_arrays(problem: Problem, result: Result) -> dict[str, Any]:
    """Return the arrays of a result; what is not known is left out or NaN."""
    scalars = {
        "status": str(result.status),
        "termination": str(result.termination),
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "solver_bound": result.solver_bound,
        **_circumstances(result),
        "conflict": [asdict(relief) for relief in result.conflict],
    }
    scalar = ("limits", "parameters", "versions", "phases", "conflict", "claims")
    for name in scalar:
        scalars[name] = json.dumps(scalars[name])
    arrays = {n: np.array(value) for n, value in scalars.items() if value is not None}
    if result.plan is not None:
        arrays["choice"] = result.plan.choice
    if result.tiers:
        arrays |= {"price": result.price, "supply_price": result.supply_price}
        arrays |= _tier_arrays(problem, result) | _fee_arrays(result.tiers)
    return arrays


def _circumstances(result: Result) -> dict[str, Any]:
    """Everything about the run that is not about the plan."""
    return {
        "phases": [asdict(phase) for phase in result.phases],
        "seconds": result.seconds,
        "seed": result.seed,
        "limits": None if result.limits is None else asdict(result.limits),
        "parameters": {name: dict(group) for name, group in result.parameters.items()},
        "versions": dict(result.versions),
        "digest": result.digest,
        "detail": result.detail,
        "claims": dict(result.claims),
    }


def _number(number: float | None) -> float | int | None:
    """Write 812.0 as 812: every value is an integer."""
    return int(number) if number is not None and float(number).is_integer() else number


def _tier(problem: Problem, result: Result, tier: Tier) -> dict[str, Any]:
    record: dict[str, Any] = {
        "value": tier.value,
        "bound": _number(tier.bound),
        "gap": tier.gap,
    }
    if tier.tree is not None:
        record["proof"] = tier.tree
    if len(result.tiers) > 1:
        record["solver_bound"] = _number(tier.solver_bound)
        record["prices"] = _prices(problem, tier)
        record["fees"] = _fees(problem, tier)
    return record


def _choice(problem: Problem, result: Result) -> dict[str, str]:
    if result.plan is None:
        return {}
    choice = result.plan.choice
    return {
        problem.agent_name(agent): problem.option_name(int(choice[agent]))
        for agent in np.flatnonzero(choice != NOTHING).tolist()
    }


def _prices(problem: Problem, tier: Tier) -> Mapping[str, float | int | None]:
    names = [problem.resource_name(r) for r in range(problem.num_resources)]
    names += [problem.supply_name(f) for f in range(problem.num_supplies)]
    names += [f"tier:{i + 1}" for i in range(len(tier.tier_price))]
    numbers = np.concatenate([tier.price, tier.supply_price, tier.tier_price])
    return dict(zip(names, map(_number, numbers.tolist()), strict=True))


def _fees(problem: Problem, tier: Tier) -> list[dict[str, Any]]:
    fees = tier.fees
    pairs = zip(
        fees.option.tolist(), fees.resource.tolist(), fees.fee.tolist(), strict=True
    )
    return [
        {
            "option": problem.option_name(option),
            "agent": problem.agent_name(int(problem.option_agent[option])),
            "resource": problem.resource_name(resource),
            "fee": _number(fee),
        }
        for option, resource, fee in pairs
    ]


def _fee_arrays(tiers: tuple[Tier, ...]) -> dict[str, Any]:
    """The fees of the last tier; of every tier one after the other where there are
    several."""
    kinds = {"option": np.int64, "resource": np.int32, "fee": np.float64}

    def joined(name: str, chosen: tuple[Tier, ...]) -> Any:
        parts = [getattr(tier.fees, name) for tier in chosen]
        return np.concatenate(parts).astype(kinds[name])

    names = {name: name if name == "fee" else f"fee_{name}" for name in kinds}
    arrays = {stored: joined(name, tiers[-1:]) for name, stored in names.items()}
    if len(tiers) > 1:
        arrays |= {f"tier_{n}": joined(name, tiers) for name, n in names.items()}
        arrays["tier_fee_ptr"] = np.cumsum([0, *(len(tier.fees) for tier in tiers)])
    return arrays


def _tier_arrays(problem: Problem, result: Result) -> dict[str, Any]:
    """One row a tier; the prices only where there is more than one tier."""
    tiers = result.tiers
    arrays: dict[str, Any] = {
        f"tier_{name}": np.array(
            [np.nan if (v := getattr(tier, name)) is None else v for tier in tiers],
            dtype=np.float64,
        )
        for name in ("bound", "gap", "solver_bound")
    }
    if any(tier.tree is not None for tier in tiers):
        proofs = ["" if t.tree is None else json.dumps(t.tree) for t in tiers]
        arrays["tier_proof"] = np.array(proofs)
    if result.plan is not None:
        arrays["tier_value"] = np.array(result.plan.tiers, dtype=np.int64)
    if len(tiers) > 1:
        arrays["tier_resource_price"] = np.stack([tier.price for tier in tiers])
        arrays["tier_supply_price"] = np.stack([tier.supply_price for tier in tiers])
        arrays["tier_price"] = result.tier_price
        arrays["tier_floor_price"] = np.stack(
            [_padded(tier.tier_price, len(tiers)) for tier in tiers]
        )
    return arrays


def _padded(array: FloatArray, length: int) -> FloatArray:
    result = np.zeros(length)
    result[: len(array)] = array
    return result
