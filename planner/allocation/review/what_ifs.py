"""What-if answers carried out: the plan added up again, what is proven solved again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from planner.allocation.results.different import Asked
from planner.models import WhatIf
from planner.optimiser import Limits, Problem, solve
from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.counterfactual.forced import forbidden, forced, with_more
from planner.optimiser.counterfactual.levels import Level
from planner.optimiser.counterfactual.relief import raised
from planner.optimiser.model.plan import NOTHING
from programs.eligibility.columns import Array

Facts = dict[str, Any]


@dataclass
class Retrial:
    """Carries out answers about one run; ``open`` counts what stayed unsettled."""

    asked: Asked
    seconds: float = 20.0
    open: int = field(default=0)

    def faults(self, row: WhatIf) -> Iterator[str]:
        """Yield what an answer says that is not so."""
        if row.found is None:
            return
        raises = {self.asked.limit_of(each): each["units"] for each in row.changes}
        problem = raised(self.asked.problem, raises)
        if row.leaves_out_arrivals:
            eased = self.asked.without_arrivals()
            problem = problem if eased is None else eased
        if row.found["plan"]:
            yield from self._plan(problem, row.found["plan"])
        if row.option is not None and "verdict" in row.found:
            yield from self._verdict(row.option, row.found["verdict"])
        if row.option is not None and "then" in row.found:
            yield from self._then(problem, row.option, row.found["then"])

    def _plan(self, problem: Problem, told: Facts) -> Iterator[str]:
        """Add the plan up again."""
        before, after = self.asked.choice, self.asked.choice.copy()
        after[np.array(told["without"], np.int64)] = NOTHING
        chosen = np.array(told["options"], np.int64)
        after[problem.option_agent[chosen]] = chosen
        new, old = facts(problem, after), facts(self.asked.problem, before)
        for violation in new.violations:
            yield _("The plan breaks a limit: %s.") % violation
        gained = [a - b for a, b in zip(new.tiers, old.tiers, strict=True)]
        if gained != told["tiers"]:
            yield _("The plan is not worth what is said.")
        if self._heads(after) - self._heads(before) != told["gain"] - told["lose"]:
            yield _("Not as many people gain or lose a place.")

    def _heads(self, choice: Array) -> int:
        chosen = choice[choice != NOTHING]
        return int(self.asked.heads(chosen).sum())

    def _best(self, problem: Problem) -> Level:
        return Level.of(solve(problem, limits=Limits(seconds=self.seconds)))

    def _verdict(self, option: int, told: Facts) -> Iterator[str]:
        """Solve again with the person there, or with more points and fewer."""
        problem, kind = self.asked.problem, told["kind"]
        for name in told.get("freed", ()):
            eased = self.asked.freed()[name]
            with_it = self._best(forced(eased, option)).below(self._best(eased))
            yield from self._settled(
                with_it, lambda at: at == len(self.asked.run.tiers)
            )
        if kind == "unknown":
            return
        if kind == "points":
            yield from self._points(option, told)
            return
        mine = self._best(forced(problem, option))
        if kind == "never":
            yield from self._is(mine.impossible or self._unsettled(mine))
            return
        tier = mine.below(self._best(problem))
        if tier is None:
            self.open += 1
            return
        names = [each["name"] for each in self.asked.run.tiers]
        expected = len(names) if kind == "same" else names.index(told["tier"])
        yield from self._is(tier == expected)

    def _points(self, option: int, told: Facts) -> Iterator[str]:
        tier = [each["name"] for each in self.asked.run.tiers].index("points")
        more = with_more(self.asked.problem, option, tier, told["most"] + 1)
        without = self._best(forbidden(more, option)).below(self._best(more))
        yield from self._settled(without, lambda at: at <= tier)
        if told["least"]:
            fewer = with_more(self.asked.problem, option, tier, told["least"] - 1)
            mine = self._best(forced(fewer, option)).below(self._best(fewer))
            yield from self._settled(mine, lambda at: at <= tier)

    def _then(self, problem: Problem, option: int, told: str) -> Iterator[str]:
        if told == "unknown":
            return
        free = self._best(problem)
        last = len(self.asked.run.tiers)
        with_it = self._best(forced(problem, option)).below(free)
        without = self._best(forbidden(problem, option)).below(free)
        match told:
            case "have":
                yield from self._settled(without, lambda at: at < last)
            case "else":
                yield from self._settled(with_it, lambda at: at < last)
            case "might":
                yield from self._settled(with_it, lambda at: at == last)
                yield from self._settled(without, lambda at: at == last)
            case other:
                raise KeyError(other)

    def _settled(self, tier: int | None, holds: Any) -> Iterator[str]:
        if tier is None:
            self.open += 1
        else:
            yield from self._is(holds(tier))

    def _unsettled(self, level: Level) -> bool:
        """Count a problem that was not found impossible, nor to have a plan."""
        if level.reached:
            return False
        self.open += 1
        return True

    @staticmethod
    def _is(holds: bool) -> Iterator[str]:
        if not holds:
            yield _("Solved again, it comes out otherwise.")
