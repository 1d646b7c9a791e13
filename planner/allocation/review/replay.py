"""Replaying a run: the stored problem solved and checked again, here and now."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from planner.allocation.problem.options import OR, TEAM
from planner.allocation.results import files, record
from planner.optimiser import Limits, Problem, solve
from planner.optimiser.certificate.check import check
from planner.optimiser.files.instance import read_instance
from planner.optimiser.files.parameters import recorded_parameters
from planner.optimiser.model.alike import drawn
from planner.optimiser.model.claim import Claim
from programs.eligibility.columns import Array


@dataclass(frozen=True)
class Replay:
    """What a second solve of the same file gave.

    ``same_input``: the problem file has the recorded digest. ``accepted``: the check
    accepts the recorded result. ``same_decisions``: the decisions have the recorded
    digest and are those of the plan. ``tiers``: (recorded, now) for each tier.
    ``same_plan``: the second solve made the very same choices, but for who of people
    exactly alike got what, which a draw decides.
    """

    same_input: bool
    same_decisions: bool
    accepted: bool
    violations: tuple[str, ...]
    tiers: list[tuple[Any, ...]]
    same_plan: bool | None

    @property
    def holds(self) -> bool:
        """Whether nothing contradicts the record."""
        return self.same_input and self.same_decisions and self.accepted


def replay(
    folder: Path,
    *,
    digest: str,
    result_digest: str,
    decisions: dict[str, Any],
    seconds: float,
    gap: float,
    workers: int,
    seed: int,
    work: int | None = None,
    solves: bool = True,
) -> Replay:
    """Check the files in a folder against a digest, and solve the problem again.

    Parameters
    ----------
    folder: holds problem.npz and result.npz.
    digest, result_digest: the digests that were recorded.
    decisions: what the result digest was computed from.
    seconds, gap, workers, seed, work: the recorded limits.
    solves: whether to solve again, or only to check.
    """
    problem = read_instance(folder / "problem.npz")
    claim = files.claim(folder, problem)
    verdict = check(problem, claim)
    tiers: list[tuple[Any, ...]] = [(value, None) for value, _bound in verdict.tiers]
    same_plan = None
    if solves:
        limits = Limits(seconds=seconds, gap=gap, workers=workers, seed=seed, work=work)
        parameters = recorded_parameters(folder / "result.npz")
        again = solve(problem, limits=limits, parameters=parameters)
        if again.plan is not None and claim.choice is not None:
            tiers = [
                (old, new)
                for (old, _bound), new in zip(
                    verdict.tiers, again.plan.tiers, strict=True
                )
            ]
            same_plan = same(problem, again.plan.choice, claim.choice)
    return Replay(
        same_input=problem.digest == digest == decisions["input"],
        same_decisions=record.sealed(decisions) == result_digest
        and decides(problem, claim, decisions),
        accepted=verdict.holds,
        violations=verdict.violations,
        tiers=tiers,
        same_plan=same_plan,
    )


def same(problem: Problem, one: Array, other: Array) -> bool:
    """Return whether two plans are the same, whoever of people exactly alike it is."""
    keys = [f"{agent:09d}" for agent in range(problem.num_agents)]
    plans = [drawn(problem, choice, keys)[0] for choice in (one, other)]
    return bool((plans[0] == plans[1]).all())


def decides(problem: Problem, claim: Claim, decisions: dict[str, Any]) -> bool:
    """Return whether the people the plan places are those the decisions name.

    Teams have an id of their own in the problem, so their members are left out.
    """
    if claim.choice is None or problem.agent_id is None:
        return not decisions["proposals"]
    chosen = np.flatnonzero(claim.choice >= 0)
    goes = [
        problem.option_id is None
        or not str(problem.option_id[claim.choice[agent]]).endswith(">-")
        for agent in chosen.tolist()
    ]
    names = problem.agent_id.tolist()
    going = [at for at, go in zip(chosen.tolist(), goes, strict=True) if go]
    named = {row[0] for row in decisions["proposals"]}
    everybody = {each for name in names for each in name.split(OR)}
    if problem.option_id is None:
        # Staying has no name in so large a file: whoever is named must be placed.
        placed = {each for at in going for each in names[at].split(OR)}
        return named & everybody <= placed
    # An option's name begins with the application that it is of.
    options = [str(problem.option_id[claim.choice[at]]) for at in going]
    placed = {option.partition(">")[0] for option in options}
    alone = {name for name in placed if not name.startswith(TEAM)}
    return alone == named & everybody
