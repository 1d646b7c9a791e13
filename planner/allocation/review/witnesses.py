"""Reasons carried out: what a recorded reason says is done, and the result judged.

The judge is the certificate's (`planner.optimiser.certificate.feasibility`): it adds up
a plan in integers from the problem file alone and shares no code with what found the
reason. Of a place without room the named limits are raised by what is said to be short:
then every limit must hold, and with any one of them left as it is, none may.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from django.utils.translation import gettext as _

from planner.models import LimitKind
from planner.optimiser import Problem
from planner.optimiser.certificate.feasibility import Facts, facts
from planner.optimiser.model.problem import UNLIMITED
from programs.eligibility.columns import Array

Reason = dict[str, Any]
CARRIED_OUT = {"no_room", "too_few", "cohort_closed", "outweighed", "room_left"}
"""Codes of reasons that say something about the plan; the others are rules'."""


@dataclass(frozen=True)
class Judge:
    """A problem and the plan whose reasons are carried out."""

    problem: Problem
    choice: Array
    tiers: tuple[int, ...]

    @classmethod
    def of(cls, problem: Problem, choice: Array) -> Self:
        """Return the judge of a plan."""
        return cls(problem, choice, facts(problem, choice).tiers)

    def faults(self, reason: Reason) -> Iterator[str]:
        """Yield what a reason says that is not so."""
        if reason["code"] not in CARRIED_OUT:
            return
        for cohort in reason.get("cohorts", ()):
            yield from self._cohort(cohort)
        yield from self._place(reason)

    def _place(self, reason: Reason) -> Iterator[str]:
        """Carry out one place added to the plan."""
        options, short = [reason["option"]], reason.get("short", [])
        closed = [cohort["slot"] for cohort in reason.get("cohorts", ())]
        judge = self.without_minimum(closed)
        yield from judge._short(options, short)
        if closed or any(each["kind"] == LimitKind.OVERLAP for each in short):
            return
        tiers = judge.with_(options, short).tiers
        if reason["code"] == "no_room" and reason["possible"] != (tiers > self.tiers):
            yield _("A place said to make the plan better would not, or the reverse.")
        if reason["code"] == "outweighed" and tiers > self.tiers:
            yield _("The place would make the plan better.")
        if reason["code"] == "room_left" and tiers <= self.tiers:
            yield _("The place would not make the plan better.")

    def _short(self, options: list[int], short: list[Reason]) -> Iterator[str]:
        """Raise all that is short, then all but one."""
        for violation in self.with_(options, short).violations:
            yield _("Not named: %s.") % violation
        for left in range(len(short)):
            raised = short[:left] + short[left + 1 :]
            if not self.with_(options, raised).violations:
                yield _("Named, but not in the way: %s.") % key(short[left])

    def _cohort(self, cohort: Reason) -> Iterator[str]:
        """Count who could take part, and let as few of them come as are needed."""
        problem = self.problem
        resource = self.resource(f"{LimitKind.SEATS}:{cohort['slot']}")
        at = np.flatnonzero(problem.use_resource == resource)
        option = np.searchsorted(problem.use_ptr, at, "right") - 1
        size = np.zeros(problem.num_agents, np.int64)
        np.maximum.at(size, problem.option_agent[option], problem.use_amount[at])
        told = cohort["able"], cohort["min"]
        if told != (int(size.sum()), int(problem.resource_lower[resource])):
            yield _("The cohort's people or its minimum are not as told.")
        if "options" in cohort:
            yield from self._short(cohort["options"], cohort["short"])

    def without_minimum(self, slots: list[str]) -> Self:
        """Return the judge of the same plan where these cohorts may run with one."""
        lower = self.problem.resource_lower.copy()
        for slot in slots:
            lower[self.resource(f"{LimitKind.SEATS}:{slot}")] = 0
        return replace(self, problem=self.problem.replace(resource_lower=lower))

    def with_(self, options: Iterable[int], raised: list[Reason]) -> Facts:
        """Return what follows from a plan with these options and raised limits.

        Money may be added to whichever of the lines named: one of them must do.
        """
        choice = self.choice.copy()
        for option in options:
            choice[self.problem.option_agent[option]] = option
        upper = self.problem.resource_upper.copy()
        lower = self.problem.resource_lower.copy()
        give = self.problem.supply_upper.copy()
        for each in raised:
            if "lines" in each:
                for line in each["lines"]:
                    at = self.supply(f"{LimitKind.BUDGET}:{line}")
                    give[at] = min(UNLIMITED, int(give[at]) + each["units"])
                continue
            at = self.resource(each["limit"])
            used = int(self.used(choice)[at])
            if each.get("is_floor", used <= upper[at]):
                lower[at] = max(0, int(lower[at]) - each["units"])
            else:
                upper[at] += each["units"]
        changed = self.problem.replace(
            resource_upper=upper, resource_lower=lower, supply_upper=give
        )
        return facts(changed, choice)

    def used(self, choice: Array) -> Array:
        """Return what a plan uses of each resource."""
        return facts(self.problem, choice).use

    def resource(self, name: str) -> int:
        """Return a resource by its name in the problem file."""
        return position(self.problem.resource_id, name)

    def supply(self, name: str) -> int:
        """Return a budget line by its name in the problem file."""
        return position(self.problem.supply_id, name)


def position(names: Any, name: str) -> int:
    """Return where a name stands."""
    return int(np.flatnonzero(names == name)[0])


def key(each: Reason) -> str:
    """Return how a shortage names its limit."""
    return each.get("limit") or " + ".join(each["lines"])
