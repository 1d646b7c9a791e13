"""What would have to be different: witnesses around a recorded plan, as plain data.

Asked from the run's own files, not from today's rows: the plan is what it was. Only
codes and facts are found here; ``planner.models.difference_words`` makes the words.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any

import numpy as np

from planner.allocation.problem.options import OR, TEAM
from planner.models import AllocationRun, Freed, LimitKey, LimitKind, LimitPrice
from planner.optimiser import Problem
from planner.optimiser.conflicts.elastic_lp import Limit
from planner.optimiser.counterfactual.forced import with_less
from planner.optimiser.counterfactual.freed import (
    without_duties,
    without_floors,
    without_prices,
)
from planner.optimiser.counterfactual.room import WHOLE_OPTIONS, Room
from planner.optimiser.counterfactual.witness import Witness
from planner.optimiser.files.instance import read_instance
from planner.optimiser.model.plan import NOTHING
from programs.eligibility.columns import Array
from programs.models import Application

from . import files, obstacles

Facts = dict[str, Any]
RAISED = (
    LimitKind.SEATS,
    LimitKind.BUDGET,
    LimitKind.RESOURCE,
    LimitKind.AGREEMENT,
    LimitKind.ROUTE,
)
"""Kinds of limits that can be raised by a number."""
TENTHS = 10
"""Person-months are counted in tenths."""


class Asked:
    """A recorded plan, and what is asked of it.

    Parameters
    ----------
    run: with a plan. problem, choice: as its files have them.
    """

    def __init__(self, run: AllocationRun, problem: Problem, choice: Array) -> None:
        self.run, self.problem, self.choice = run, problem, choice
        self.names = [str(name) for name in np.asarray(problem.resource_id)]
        self._answers: dict[Any, Facts | None] = {}

    @classmethod
    def of(cls, run: AllocationRun) -> "Asked":
        """Return what is asked of a run's recorded plan."""
        with files.unpacked(run) as folder:
            problem = read_instance(folder / "problem.npz")
            choice = files.claim(folder, problem).choice
        assert choice is not None
        return cls(run, problem, np.asarray(choice, np.int64))

    @cached_property
    def seats(self) -> Array:
        """How many seats each option takes in all: 0 for the ways of staying out."""
        of_slot = [name.startswith(f"{LimitKind.SEATS}:") for name in self.names]
        takes = np.array(of_slot, bool)[self.problem.use_resource]
        owner = np.repeat(
            np.arange(self.problem.num_options), np.diff(self.problem.use_ptr)
        )
        counts = np.bincount(
            owner[takes],
            self.problem.use_amount[takes],
            minlength=self.problem.num_options,
        )
        return counts.astype(np.int64)

    @cached_property
    def room(self) -> Room:
        """Questions about the plan; the own time of a person never gives way."""
        own_time = [name.startswith(f"{LimitKind.OVERLAP}:") for name in self.names]
        places = self.seats > 0
        return Room(self.problem, self.choice, places, np.array(own_time, bool))

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """What people call each limit, by its name in the problem."""
        rows = self.run.prices.only("kind", "code", "part", "label_en", "label_id")
        return {
            row.name: {
                "label_en": row.label_en,
                "label_id": row.label_id,
            }
            for row in rows
        }

    @cached_property
    def spans(self) -> dict[str, range]:
        """The options of each application of a human who has several."""
        told = self.run.summary.get("alternatives", {})
        return {pk: range(*span) for pk, span in told.items()}

    def whose(self, option: int) -> str:
        """Return the name of who has an option: an application, or a team."""
        name = self.problem.agent_name(int(self.problem.option_agent[option]))
        if OR not in name:
            return name
        return next((pk for pk, span in self.spans.items() if option in span), name)

    def own_ways(self, option: int) -> list[int]:
        """Return the options that are places of whoever has one: of the application, or
        the team, and of no other application of the same human."""
        agent = int(self.problem.option_agent[option])
        own = self.spans.get(self.whose(option))
        return self.ways(agent) if own is None else list(own)

    def place_for(self, option: int) -> Facts | None:
        """Return what would have to be different for somebody without a place.

        None where no limits of the person's own ways are enough, or time was too short.

        Parameters
        ----------
        option: any of the person's.
        """
        agent = int(self.problem.option_agent[option])
        ways = self.own_ways(option)
        key = self._alike(agent, ways)
        if key in self._answers:
            known = self._answers[key]
            if known is None:
                return None
            if not set(ways) & set(known["options"]):
                return self._for_other(known, ways)
        witness = self.room.for_agent(agent, ways) if ways else None
        self._answers[key] = None if witness is None else self.told(witness, agent)
        return self._answers[key]

    def ways(self, agent: int) -> list[int]:
        """Return the options of an agent that are places."""
        span = range(*self.problem.agent_ptr[[agent, agent + 1]].tolist())
        return [option for option in span if self.seats[option]]

    def freed(self) -> dict[Freed, Problem]:
        """Return the problem without pins, and without the prices of quotas, where it
        has any; of small problems alone, as nothing is settled about large ones."""
        problem = self.problem
        found: dict[Freed, Problem] = {}
        if problem.num_options > WHOLE_OPTIONS:
            return {}
        pinned = problem.agent_must & (np.diff(problem.agent_ptr) == 1)
        pinned &= (
            self.seats[np.minimum(problem.agent_ptr[:-1], len(self.seats) - 1)] > 0
        )
        groups = self._named(LimitKind.GROUP_PIN)
        if pinned.any() or len(groups):
            freed = without_floors(problem, groups)
            found[Freed.PINS] = without_duties(freed, pinned)
        eased = without_prices(problem, self._named(LimitKind.QUOTA))
        if problem.digest != eased.digest:
            found[Freed.QUOTAS] = eased
        return found

    def _named(self, kind: LimitKind) -> Array:
        """Return the limits of a kind."""
        own = [name.startswith(f"{kind}:") for name in self.names]
        return np.flatnonzero(np.array(own, bool))

    def without_arrivals(self) -> Problem | None:
        """Return the problem in which arriving by a pathway counts nothing; None where
        no option arrives, or options have no names."""
        points = {
            entry["pathway"]: entry["points"]
            for entry in self.run.summary.get("arrivals", ())
        }
        names = self.problem.option_id
        if names is None or not any(points.values()):
            return None
        ways = [str(name).rpartition(">")[2] for name in np.asarray(names)]
        off = np.array([points.get(way, 0) for way in ways], np.int64)
        for option in np.flatnonzero(off).tolist():
            if len(self._slots(option)) < 2:  # a slot that is called like a pathway
                off[option] = 0
        return with_less(self.problem, off) if off.any() else None

    def _slots(self, option: int) -> list[int]:
        """Return the seats that an option uses, one entry a slot."""
        return [r for r, _amount in self.room.uses(option) if self._is_slot(r)]

    def way_to(self, application: Application, code: str) -> int | None:
        """Return the option that puts a person or its team into a slot, or None."""
        wanted = [f"{LimitKind.SEATS}:{code}"]
        for options in self._of(application):
            for option in options:
                if [self.names[r] for r in self._slots(option)] == wanted:
                    return option
        return None

    def _of(self, application: Application) -> Iterable[Iterable[int]]:
        """Yield the places that a person or its team can have."""
        own = str(application.pk)
        if own in self.spans:
            yield self.spans[own]
        names = [own, f"{TEAM}{application.team_id}"]
        agents = np.flatnonzero(np.isin(np.asarray(self.problem.agent_id), names))
        yield from (self.ways(agent) for agent in agents.tolist())

    def raise_of(self, row: LimitPrice, amount: int) -> Facts | None:
        """Return a limit raised by so much, as reasons store one; None where it cannot.

        Money is raised by whole steps of the problem, never by more than the amount.

        Parameters
        ----------
        row: the limit. amount: in what people count, money in planning units.
        """
        name = row.name
        if row.upper is None or row.kind not in RAISED:
            return None
        if row.kind == LimitKind.BUDGET:
            at = np.asarray(self.problem.supply_id).tolist().index(name)
            steps = floor(amount / self.step(name))
            return self.limit(Limit("supply", at), steps) if steps else None
        at = self.names.index(name)
        scale = self.scale(LimitKey.parse(name), at)
        return self.limit(Limit("upper", at), amount * scale)

    def _alike(self, agent: int, ways: list[int]) -> Any:
        """Return what an answer depends on: whoever needs the same gets the same."""
        now = int(self.choice[agent])
        own = [] if now == NOTHING else [*self._uses(now)]
        return tuple(sorted(self._need(way) for way in ways)), tuple(own)

    def _need(self, option: int) -> Any:
        return self._uses(option), int(self.problem.value(0)[option])

    def _uses(self, option: int) -> tuple[tuple[int, int], ...]:
        return tuple(self.room.uses(option))

    def _for_other(self, known: Facts, ways: list[int]) -> Facts:
        """Return the same answer for somebody who needs just the same."""
        need = self._need(known["options"][0])
        own = next(way for way in ways if self._need(way) == need)
        return known | {"options": [own, *known["options"][1:]]}

    def cohorts(self) -> Iterable[tuple[str, Facts]]:
        """Yield each cohort that does not run, with who could be in it, and with what
        it could run."""
        problem = self.problem
        use = self.room.plan.use[: problem.num_resources]
        slots = np.array([self._is_slot(r) for r in range(problem.num_resources)], bool)
        shut = problem.resource_only_if_used & (use == 0) & slots
        for cohort in np.flatnonzero(shut).tolist():
            least, able = int(problem.resource_lower[cohort]), self.able(cohort)
            witness = self.room.for_cohort(cohort) if able >= least else None
            code = LimitKey.parse(self.names[cohort]).code
            enough = None if witness is None else self.told(witness)
            yield code, {"min": least, "able": able, "enough": enough}

    def able(self, cohort: int) -> int:
        """Return how many people could be in a cohort, wherever they are now."""
        options = self.room.users(cohort)
        amount = self.problem.use_amount[self.problem.use_resource == cohort]
        most = np.zeros(self.problem.num_agents, np.int64)
        np.maximum.at(most, self.problem.option_agent[options], amount)
        return int(most.sum())

    def told(self, witness: Witness, asker: int | None = None) -> Facts:
        """Return a witness as plain data; who asked does not count as another."""
        chosen = witness.options.tolist()
        agents = self.problem.option_agent[witness.options]
        heads = self.heads(witness.options)
        had = self.room.placed[agents]
        return {
            "limits": [self.limit(each, by) for each, by in witness.raises.items()],
            "options": chosen,
            "moves": int(heads[had].sum()),
            "others": int(heads[~had].sum()) - (0 if asker is None else int(heads[0])),
            "fewest": witness.fewest,
        }

    def heads(self, options: Array) -> Array:
        """Return how many people each option places; a pathway has several slots."""
        slots = [max(1, len(self._slots(option))) for option in options.tolist()]
        return self.seats[options] // np.array(slots, np.int64)

    def _is_slot(self, resource: int) -> bool:
        """Tell seats from all else; what ``Room`` adds for openings has no name."""
        named = resource < len(self.names)
        return named and self.names[resource].startswith(f"{LimitKind.SEATS}:")

    def limit(self, limit: Limit, by: int) -> Facts:
        """Return a limit that gives way, as reasons store one, in units of people."""
        if limit.kind == "supply":
            name = self.problem.supply_name(limit.index)
            return {
                **self.money([name]),
                "by": ceil(by * self.step(name)),
                "units": by,
            }
        name = self.names[limit.index]
        key = LimitKey.parse(name)
        scale = self.scale(key, limit.index)
        is_share = key.kind == LimitKind.QUOTA and scale != 1
        return {
            "kind": key.kind,
            "limit": name,
            "by": None if is_share else ceil(by / scale),
            "units": by,
            "is_floor": limit.kind == "lower",
            **self.called(name),
        }

    def money(self, lines: Iterable[str]) -> Facts:
        """Return budget lines as reasons store them, by their names in the problem."""
        return obstacles.money({name: self.called(name) for name in lines})

    def called(self, name: str) -> dict[str, str]:
        """Return what people call a limit; its code where the run has no name."""
        code = LimitKey.parse(name).code
        return self.labels.get(name, {"label_en": code, "label_id": code})

    def step(self, line: str) -> Fraction:
        """Return what one unit of a budget line is in planning units."""
        return Fraction(self.run.summary.get("steps", {}).get(line, 1))

    def limit_of(self, told: Facts) -> Limit:
        """Return the limit of the problem that a stored one names."""
        if "lines" in told:
            lines = np.asarray(self.problem.supply_id).tolist()
            return Limit(
                "supply", lines.index(f"{LimitKind.BUDGET}:{told['lines'][0]}")
            )
        kind = "lower" if told.get("is_floor") else "upper"
        return Limit(kind, self.names.index(told["limit"]))

    def scale(self, key: LimitKey, resource: int) -> int:
        """Return how many units the problem counts for what people call one."""
        if key.kind == LimitKind.QUOTA:
            return int(self.problem.resource_step[resource])
        is_time = key.kind == LimitKind.AGREEMENT and key.part.endswith("months")
        return TENTHS if is_time else 1
