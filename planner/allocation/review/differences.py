"""Differences carried out: the limits are changed as said, and the plan is judged.

What is said to be possible is a plan, and the certificate's judge adds it up. That
fewer limits would not do is asked of a solver that had no part in finding it; what it
cannot settle in time counts apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from planner.allocation.results.different import Asked
from planner.optimiser.counterfactual.room import Room

from .witnesses import Judge, key

Facts = dict[str, Any]
SECONDS = 20.0
"""For the solver that is asked whether fewer limits would do."""


@dataclass
class Trial:
    """Carries out what is said about a plan; ``open`` counts what stayed unsettled."""

    asked: Asked
    open: int = field(default=0)

    @cached_property
    def judge(self) -> Judge:
        """The judge of the plan."""
        return Judge.of(self.asked.problem, self.asked.choice)

    @property
    def room(self) -> Room:
        """The room around the plan: who has a place."""
        return self.asked.room

    def of_person(self, option: int, different: Facts | None) -> Iterator[str]:
        """Yield what is not so of what is said about somebody without a place.

        Parameters
        ----------
        option: any of the person's options. different: as it is stored.
        """
        enough = different and different["enough"]
        if not enough:
            return
        agent = int(self.asked.problem.option_agent[option])
        if int(self.asked.problem.option_agent[enough["options"][0]]) != agent:
            yield _("The place is somebody else's.")
        if self.room.placed[agent]:
            yield _("The person has a place already.")
        yield from self._plan(enough)
        if enough["fewest"] and len(enough["limits"]) > 1:
            yield from self._fewest(option, len(enough["limits"]))

    def of_cohort(self, slot: str, told: Facts) -> Iterator[str]:
        """Yield what is not so of what is said about a cohort that does not run."""
        at = self.judge.resource(f"seats:{slot}")
        least = int(self.asked.problem.resource_lower[at])
        if (told["able"], told["min"]) != (self.asked.able(at), least):
            yield _("The cohort's people or its minimum are not as told.")
        facts = told["enough"]
        if facts is None:
            return
        yield from self._plan(facts)
        used = self.judge.with_(facts["options"], facts["limits"]).use
        if used[at] < max(1, int(self.asked.problem.resource_lower[at])):
            yield _("The cohort would not run.")

    def _plan(self, facts: Facts) -> Iterator[str]:
        """Carry the plan out: every limit holds, nobody loses, all named is needed."""
        options, limits = facts["options"], facts["limits"]
        told = self.judge.with_(options, limits)
        for violation in told.violations:
            yield _("Not named: %s.") % violation
        if told.tiers[0] <= self.judge.tiers[0]:
            yield _("The plan would not be better.")
        chosen = np.array(options, np.int64)
        if not (self.asked.seats[chosen] > 0).all():
            yield _("Somebody would lose a place.")
        for left in range(len(limits)):
            fewer = limits[:left] + limits[left + 1 :]
            if not self.judge.with_(options, fewer).violations:
                yield _("Named, but not in the way: %s.") % key(limits[left])

    def _fewest(self, option: int, number: int) -> Iterator[str]:
        agent = int(self.asked.problem.option_agent[option])
        question = self.room.question_of(agent, self.asked.own_ways(option))
        fewer = question.fewer_do(number, seconds=SECONDS)
        if fewer:
            yield _("Fewer limits would be enough.")
        elif fewer is None:
            self.open += 1
