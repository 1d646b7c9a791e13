"""Replaying a run: the stored problem solved and checked again, here and now."""

from dataclasses import dataclass

from planner.optimiser import Limits, solve
from planner.optimiser.check import check
from planner.optimiser.instance import read_instance

from . import files


@dataclass(frozen=True)
class Replay:
    """What a second solve of the same file gave.

    ``same_input``: the problem file has the recorded digest. ``accepted``: the check
    accepts the recorded result. ``tiers``: (recorded, now) for each tier.
    ``same_plan``: the second solve made the very same choices.
    """

    same_input: bool
    accepted: bool
    violations: tuple
    tiers: list
    same_plan: bool | None

    @property
    def holds(self):
        """Whether nothing contradicts the record."""
        return self.same_input and self.accepted


def replay(folder, *, digest, seconds, gap, workers, seed, work=None, solves=True):
    """Check the files in a folder against a digest, and solve the problem again.

    Parameters
    ----------
    folder: holds problem.npz and result.npz.
    digest: the input digest that was recorded.
    seconds, gap, workers, seed, work: the recorded limits.
    solves: whether to solve again, or only to check.
    """
    problem = read_instance(folder / "problem.npz")
    claim = files.claim(folder, problem)
    verdict = check(problem, claim)
    tiers, same_plan = [(value, None) for value, _bound in verdict.tiers], None
    if solves:
        limits = Limits(seconds=seconds, gap=gap, workers=workers, seed=seed, work=work)
        again = solve(problem, limits=limits)
        if again.plan is not None and claim.choice is not None:
            tiers = [
                (old, new)
                for (old, _bound), new in zip(
                    verdict.tiers, again.plan.tiers, strict=True
                )
            ]
            same_plan = bool((again.plan.choice == claim.choice).all())
    return Replay(
        same_input=problem.digest == digest,
        accepted=verdict.holds,
        violations=verdict.violations,
        tiers=tiers,
        same_plan=same_plan,
    )
