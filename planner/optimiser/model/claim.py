"""What a result says about a problem: nothing in it is recomputed, none trusted."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.optimiser.model.fees import Fees
from planner.optimiser.model.problem import FloatArray, IntArray
from planner.optimiser.model.result import Result


@dataclass(frozen=True, eq=False, kw_only=True)
class TierClaim:
    """What is said about one tier; prices are None where none are given."""

    value: int | None
    bound: float | None
    gap: float | None
    price: FloatArray | None = None
    supply_price: FloatArray | None = None
    tier_price: FloatArray | None = None
    solver_bound: float | None = None
    fees: Fees = field(default_factory=Fees.none)
    tree: Any = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Claim:
    """A result as it was written down by whoever wrote it.

    `misread` lists what names something that the problem does not have.
    """

    status: str
    termination: str
    choice: IntArray | None
    objective: int | None
    bound: float | None
    gap: float | None
    tiers: tuple[TierClaim, ...]
    solver_bound: float | None = None
    digest: str | None = None
    misread: tuple[str, ...] = ()

    @classmethod
    def of(cls, result: Result) -> "Claim":
        """Return what a result claims."""
        tiers = tuple(
            TierClaim(
                value=tier.value,
                bound=tier.bound,
                gap=tier.gap,
                price=np.asarray(tier.price, dtype=float),
                supply_price=np.asarray(tier.supply_price, dtype=float),
                tier_price=np.asarray(tier.tier_price, dtype=float),
                solver_bound=tier.solver_bound,
                fees=tier.fees,
                tree=tier.tree,
            )
            for tier in result.tiers
        )
        return cls(
            status=str(result.status),
            termination=str(result.termination),
            choice=None if result.plan is None else result.plan.choice,
            objective=result.objective,
            bound=result.bound,
            gap=result.gap,
            tiers=tiers,
            solver_bound=result.solver_bound,
            digest=result.digest or None,
        )
