"""What-if questions, answered by a worker: the changed problem is solved anew.

The search starts from the plan at hand, so more of a limit is never a worse plan. What
is said about the best of both problems is said only as far as it is proven or agreed
(`planner.optimiser.counterfactual.levels`); the plan that was found is told as it is.
"""

from typing import Any
from uuid import UUID

import numpy as np
import structlog
from django.db.models.functions import Now

from planner.allocation.results.different import Asked
from planner.jobs import leases
from planner.jobs.leases import Lease
from planner.models import LimitKey, RunState, Tier, WhatIf
from planner.optimiser import Limits, Problem
from planner.optimiser.certificate.check import check, feasible
from planner.optimiser.certificate.max_flow import flows
from planner.optimiser.counterfactual.forced import forbidden, forced
from planner.optimiser.counterfactual.levels import Level
from planner.optimiser.counterfactual.relief import raised
from planner.optimiser.files.instance import write_instance
from planner.optimiser.model.plan import NOTHING, use_of
from planner.optimiser.model.problem import UNLIMITED
from programs.eligibility.columns import Array

from . import supervision

log = structlog.get_logger(__name__)
Facts = dict[str, Any]
OUTDONE = ("never", "less", "points")
"""What is said of a person whom no best plan has there."""
MOST_NAMED = 50
"""People who are named as those who gain or lose a place."""


def answer(what_if_id: UUID | str) -> Facts | None:
    """Serve a question; return what was found, None if it is not ours or has failed."""
    lease = leases.claim(what_if_id, model=WhatIf)
    if lease is None:
        return None
    try:
        found = Trial(lease).found()
        lease.write(
            found=found, state=RunState.SOLVED, lease_until=None, finished_at=Now()
        )
    except leases.Fenced:
        log.warning("what_if.fenced", what_if=str(what_if_id))
        return None
    except Exception as error:
        log.warning(
            "what_if.failed", what_if=str(what_if_id), error=type(error).__name__
        )
        if not lease.is_last:
            lease.let_go()
        raise
    return found


def end() -> None:
    """End questions that three workers took and none answered."""
    leases.hopeless(WhatIf).update(
        state=RunState.FAILED, lease_until=None, finished_at=Now()
    )


class Trial:
    """One question being answered."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.row = WhatIf.objects.select_related("run").get(pk=lease.row_id)
        self.run = self.row.run
        self.asked = Asked.of(self.run)
        self.names = [tier["name"] for tier in self.run.tiers]

    def found(self) -> Facts:
        """Return what came of the question, as plain data."""
        raises = {self.asked.limit_of(each): each["units"] for each in self.row.changes}
        changed = raised(self.asked.problem, raises)
        option = self.row.option
        if self.row.leaves_out_arrivals:
            eased = self.asked.without_arrivals()
            changed = changed if eased is None else eased
        if option is None:
            level, choice = self.solve(changed)
            return self.told(changed, choice, level)
        if not raises:
            level, choice = self.solve(forced(changed, option))
            told = self.told(changed, choice, level)
            verdict = self.verdict(level, self.known_of_run())
            freed = self.freed(option) if verdict["kind"] in OUTDONE else []
            return told | {"verdict": verdict | ({"freed": freed} if freed else {})}
        level, choice = self.solve(changed)
        told = self.told(changed, choice, level)
        return told | {"then": self.then(changed, option, level, choice)}

    def known_of_run(self) -> Level:
        """Return what is known about the best of the run's own problem."""
        run = self.run
        tiers = [(tier["value"], tier["bound"]) for tier in run.tiers]
        return Level.stated(tiers, run.status, run.termination)

    def solve(self, problem: Problem) -> tuple[Level, Array | None]:
        """Solve a problem from the plan at hand; return what is known, and the plan."""
        limits = Limits(seconds=self.row.seconds, workers=self.run.workers)
        with supervision.scratch() as folder:
            write_instance(problem, folder / "problem.npz")
            try:
                solved = supervision.solve(
                    problem, limits, lease=self.lease, folder=folder,
                    warm=self.asked.choice, alone=True,
                )  # fmt: skip
            except supervision.SolveDied as died:
                log.warning(
                    "what_if.child_died", what_if=str(self.row.pk), why=str(died)
                )
                return Level(), None
            verdict = check(problem, solved.claim)
        self.lease.beat(seconds=0)
        if not verdict.holds:
            return Level(), None
        claim = solved.claim
        level = Level.stated(verdict.tiers, claim.status, claim.termination)
        return level, None if claim.choice is None else np.asarray(claim.choice)

    def told(self, problem: Problem, choice: Array | None, level: Level) -> Facts:
        """Return a plan beside the one at hand: who gains, loses, moves, and money."""
        if choice is None:
            return {"impossible": level.impossible, "plan": None}
        before, seats = self.asked.choice, self.asked.seats
        had, has = takes(before, seats), takes(choice, seats)
        gained, lost = np.flatnonzero(has & ~had), np.flatnonzero(had & ~has)
        moved = had & has & (before != choice)
        heads = self.asked.heads
        lines = self.money(problem, choice)
        plan = {
            "gain": int(heads(choice[gained]).sum()),
            "lose": int(heads(before[lost]).sum()),
            "move": int(heads(choice[moved]).sum()),
            "options": choice[(choice != before) & (choice != NOTHING)].tolist(),
            "without": np.flatnonzero(
                (before != NOTHING) & (choice == NOTHING)
            ).tolist(),
            "gained": self.named(choice[gained]),
            "lost": self.named(before[lost]),
            "tiers": [
                new - old["value"]
                for new, old in zip(level.reached, self.run.tiers, strict=True)
            ],
            "lines": {LimitKey.parse(name).code: more for name, more in lines.items()},
            "labels": {
                LimitKey.parse(name).code: self.asked.called(name) for name in lines
            },
            "needs_change": not feasible(self.asked.problem, choice),
            "is_best": level.known() == len(level.reached),
        }
        return {"impossible": False, "plan": plan}

    def named(self, options: Array) -> list[str]:
        """Return the names of who has options: applications and teams."""
        return [self.asked.whose(option) for option in options[:MOST_NAMED].tolist()]

    def money(self, problem: Problem, choice: Array) -> dict[str, str]:
        """Return {line: planning units more (or less) that a plan spends}, exactly."""
        old = paid(self.asked.problem, self.asked.choice)
        new = paid(problem, choice)
        told = {}
        for line in sorted(set(old) | set(new)):
            name = problem.supply_name(line)
            more = new.get(line, 0) - old.get(line, 0)
            if more:
                told[name] = str(more * self.asked.step(name))
        return told

    def freed(self, option: int) -> list[str]:
        """Return without which of pins and prices of quotas a best plan has the person
        there."""
        told = []
        for name, problem in self.asked.freed().items():
            free, _choice = self.solve(problem)
            mine, _choice = self.solve(forced(problem, option))
            if mine.below(free) == len(self.names):
                told.append(name.value)
        return told

    def verdict(self, mine: Level, free: Level) -> Facts:
        """Return how the best plan with the person there compares with the best."""
        if mine.impossible:
            return {"kind": "never"}
        tier = mine.below(free)
        if tier is not None and tier == len(self.names):
            return {"kind": "same"}
        at = self.names.index(Tier.POINTS) if Tier.POINTS in self.names else None
        if at is not None and (tier is None or tier >= at):
            short = mine.short(free, at)
            if (
                short is not None
                and short[1] is not None
                and (short[1] or tier is None)
            ):
                return {"kind": "points", "least": short[0], "most": short[1]}
        if tier is not None:
            return {"kind": "less", "tier": self.names[tier]}
        return {"kind": "unknown"}

    def then(
        self, problem: Problem, option: int, free: Level, choice: Array | None
    ) -> str:
        """Return whether the person would have the place in a new plan: `have`,
        `might`, `else` or `unknown`."""
        if choice is None:
            return "unknown"
        there = choice[problem.option_agent[option]] == option
        other, _choice = self.solve((forbidden if there else forced)(problem, option))
        tier = other.below(free)
        if tier is None:
            return "unknown"
        if tier == len(self.names):
            return "might"
        return "have" if there else "else"


def takes(choice: Array, seats: Array) -> Array:
    """Return which agents have a place, bool[agents]."""
    return (choice != NOTHING) & (seats[np.maximum(choice, 0)] > 0)


def paid(problem: Problem, choice: Array) -> dict[int, int]:
    """Return {line: steps} that the budget lines pay for a plan."""
    use = use_of(problem, choice[choice != NOTHING])
    pools = {
        int(r): problem.supply_index[slice(*problem.supply_ptr[[r, r + 1]])].tolist()
        for r in np.flatnonzero(problem.resource_supplied & (use > 0))
    }
    need = {r: int(use[r]) for r in pools}
    give = [None if u >= UNLIMITED else u for u in problem.supply_upper.tolist()]
    told: dict[int, int] = {}
    for flow in flows(pools, need, give).values():
        for line, amount in flow.items():
            told[line] = told.get(line, 0) + amount
    return told


def serve_all(run_id: UUID | str) -> int:
    """Answer every question of a run that waits, here and now; return how many."""
    rows = leases.waiting(WhatIf).filter(run=run_id).order_by("created_at")
    waiting = list(rows.values_list("pk", flat=True))
    return sum(answer(pk) is not None for pk in waiting)
