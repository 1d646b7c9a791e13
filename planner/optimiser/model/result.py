"""The result of a run: what is claimed, and the prices that prove it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from planner.optimiser.model.fees import Fees
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.plan import Plan
from planner.optimiser.model.problem import FloatArray


class Status(StrEnum):
    """What is known about the problem."""

    OPTIMAL = "optimal"
    """The plan is feasible and no plan is better."""
    FEASIBLE = "feasible"
    """The plan is feasible; a better one may exist within the bound."""
    INFEASIBLE = "infeasible"
    """No plan keeps all the hard limits."""
    UNKNOWN = "unknown"
    """No plan was found, and none was ruled out."""


class Termination(StrEnum):
    """Why the run ended."""

    PROVED = "proved"
    """The certificate shows it: no plan is better, or there is none."""
    AGREED = "agreed"
    """Two methods came to the same end, that no plan is better or that there is none;
    the certificate does not show it."""
    GAP = "gap"
    """The gap asked for is reached."""
    TIME = "time"
    """The time is up: the plan may depend on the speed of the machine."""
    WORK = "work"
    """The work limit is reached: the plan is the same on every machine."""
    STOPPED = "stopped"
    """The caller asked to stop."""
    EXHAUSTED = "exhausted"
    """The search has nothing left to try, short of a proof."""
    MEMORY = "memory"
    """More memory than allowed would have been needed."""
    CRASHED = "crashed"
    """The process that solved came to a sudden end; whoever watched it says so."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Tier:
    """One tier of a result, with the prices that bound it.

    The bound holds for every plan that is at least as good as this result in all the
    tiers before. Those tiers are rows like any other: `tier_price[i]` is the price of
    the floor under tier i, so it is never above 0.

    `tree` is a proof tree (certificate.md): what it proves counts for `bound` as much
    as the prices and fees do.

    `solver_bound` is what two methods agree on beyond that. Nobody can verify it from
    the result, so it never takes the place of `bound`.
    """

    value: int | None
    bound: float | None
    price: FloatArray
    supply_price: FloatArray
    tier_price: FloatArray
    solver_bound: float | None = None
    fees: Fees = field(default_factory=Fees.none)
    tree: Mapping[str, Any] | None = None

    @property
    def gap(self) -> float | None:
        return relative_gap(self.value, self.bound)


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A part of the run, with the seconds it took."""

    name: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Relief:
    """A limit that is part of a conflict, and the least change that helps.

    Attributes
    ----------
    limit
        The id of a resource or supply line, or of an agent that must be placed.
    kind
        `upper`, `lower`, `supply` or `must`.
    by
        How many units the limit has to give way (1 for a duty to place somebody), with
        all other limits of the problem in force; None when no change of this limit is
        enough.
    clash
        Which conflict the limit is part of: one limit of each has to give way.
    """

    limit: str
    kind: str
    by: int | None
    clash: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """What a run found and what it proved; status and termination are separate facts.

    Attributes
    ----------
    plan
        The best plan, or None. Never a plan that breaks a hard limit.
    tiers
        One entry a tier, most important first; `objective`, `bound`, `solver_bound`,
        `gap`, `price`, `supply_price`, `tier_price` and `fees` are those of the last.
    parameters
        What steered the search, as `SearchParameters.of` takes it.
    digest
        SHA-256 of the problem this result answers.
    detail
        One sentence for people, where there is more to say.
    claims
        The bound that each solver claimed for what it was given, under its name: the
        word of one, of a folded value where several tiers were solved as one.
    conflict
        Limits that cannot hold together, when the status is infeasible. The prices of
        such a result are the proof: with every value 0 they push the bound below 0.
    """

    status: Status
    termination: Termination
    plan: Plan | None
    tiers: tuple[Tier, ...]
    phases: tuple[Phase, ...] = ()
    seconds: float = 0.0
    seed: int = 1
    limits: Limits | None = None
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    detail: str = ""
    claims: Mapping[str, float] = field(default_factory=dict)
    conflict: tuple[Relief, ...] = ()

    @property
    def objective(self) -> int | None:
        return None if self.plan is None else self.plan.objective

    @property
    def bound(self) -> float | None:
        return self.tiers[-1].bound if self.tiers else None

    @property
    def gap(self) -> float | None:
        return relative_gap(self.objective, self.bound)

    @property
    def solver_bound(self) -> float | None:
        return self.tiers[-1].solver_bound if self.tiers else None

    @property
    def price(self) -> FloatArray:
        return self.tiers[-1].price

    @property
    def supply_price(self) -> FloatArray:
        return self.tiers[-1].supply_price

    @property
    def tier_price(self) -> FloatArray:
        return self.tiers[-1].tier_price

    @property
    def fees(self) -> Fees:
        return self.tiers[-1].fees


def relative_gap(objective: int | None, bound: float | None) -> float | None:
    """Return (bound - objective) / max(1, |objective|), if both are known."""
    if objective is None or bound is None:
        return None
    return (bound - objective) / max(1, abs(objective))
