"""Room for one more: who might choose again, and which limits might give way.

Those choose again who hold what is missing and could be elsewhere, in a small problem
all who could; of a cohort that does not run also everybody who could be in it. The
limits are those that the asker's own options use, each by what they use of it at most.

A cohort that uses others by opening is asked about with its opening as an agent
(`model.openings`), who may open it; a witness tells of people alone.

Arrays: choice int64[agents], places bool[options], fixed bool[resources].
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from planner.optimiser.conflicts.elastic_lp import Limit
from planner.optimiser.model.openings import written
from planner.optimiser.model.plan import NOTHING, Plan
from planner.optimiser.model.problem import HARD, BoolArray, IntArray, Problem, spans
from planner.optimiser.model.validate import UNLIMITED
from planner.optimiser.primal.sub_problem import SubProblem, restrict

from .witness import Question, Witness

WHOLE_OPTIONS = 6_000
"""Options up to which everybody who could be elsewhere chooses again."""

MOST_FREE = 400
"""Agents who choose again in a larger problem."""


class Room:
    """Questions about one plan.

    Parameters
    ----------
    places
        Options that are a place; the others are ways of staying out.
    fixed
        Resources that never give way.

    Attributes
    ----------
    problem, choice, places, fixed
        As they are given, with openings as agents, options and resources at the end.
    """

    def __init__(
        self, problem: Problem, choice: IntArray, places: BoolArray, fixed: BoolArray
    ) -> None:
        given = written(problem, tight=False)
        self._people = problem.num_options
        self._opener = np.full(given.problem.num_resources, NOTHING)
        self._opener[given.cohort] = given.opens
        problem, choice = given.problem, given.inside(choice)
        opening = np.arange(len(given.cohort))
        self.problem, self.choice = problem, choice
        self.places = np.append(places, np.ones(2 * len(opening), bool))
        self.fixed = np.append(fixed, np.ones(len(opening), bool))
        places = self.places
        self.plan = Plan.of(problem, choice)
        chosen = choice[choice != NOTHING]
        self.placed = np.zeros(problem.num_agents, bool)
        self.placed[problem.option_agent[chosen[places[chosen]]]] = True
        owner = problem.option_agent[places]
        number = np.bincount(owner, minlength=problem.num_agents)
        self.movable = self.placed & (number > 1)
        moves = np.full(problem.num_options, -1, np.int64)
        moves[chosen] = 0
        self.base = problem.replace(option_value=moves, opening_value=())
        entries, counts = spans(problem.use_ptr, chosen)
        self._holder = np.repeat(problem.option_agent[chosen], counts)
        self._held = problem.use_resource[entries]
        self.is_small = problem.num_options <= WHOLE_OPTIONS

    def for_agent(self, agent: int, options: Iterable[int]) -> Witness | None:
        """Return with which limits an agent without a place could have one of these
        options; None where none of its own are enough, or time was too short."""
        return self._told(self.question_of(agent, options).answer([agent]))

    def _told(self, witness: Witness | None) -> Witness | None:
        """Return a witness without openings."""
        if witness is None:
            return None
        return replace(witness, options=witness.options[witness.options < self._people])

    def question_of(self, agent: int, options: Iterable[int]) -> Question:
        """Return the question that `for_agent` asks."""
        wanted = np.fromiter(options, np.int64)
        keep = self.places.copy()
        keep[slice(*self.problem.agent_ptr[[agent, agent + 1]])] = False
        keep[wanted] = True
        opening = self.opening(wanted)
        free = self.holders(self.missing(np.append(wanted, opening)))
        free[self.problem.option_agent[opening]] = True
        free[agent] = True
        part = self._part(free, keep, self.closed_by(wanted), agent)
        raises = self._ceilings_of(wanted) | self._floors_of(agent)
        return self._question(part, raises)

    def for_cohort(self, cohort: int) -> Witness | None:
        """Return with which limits a cohort could run that does not, and whose minimum
        is no matter of price."""
        inside = self.users(cohort)
        is_hard = self.problem.resource_shortfall_price[cohort] == HARD
        has_seats = self.problem.resource_upper[cohort] > 0
        if not (is_hard and has_seats and self.places[inside].any()):
            return None
        opening = self.opening(inside)
        free = self.holders(self.missing(np.append(inside, opening)))
        free[self.problem.option_agent[opening]] = True
        part = self._part(free, self.places, [cohort], NOTHING)
        part = replace(part, problem=_running(part, cohort))
        raises = self._ceilings_of(inside)
        raises.pop(Limit("upper", cohort), None)
        return self._told(self._question(part, raises).answer())

    def _question(self, part: SubProblem, raises: dict[Limit, int]) -> Question:
        return Question(self.problem, self.choice, part, raises, self.is_small)

    def _part(
        self, free: BoolArray, keep: BoolArray, closed: list[int], asker: int
    ) -> SubProblem:
        """Return who chooses again: whoever has a place must have one, the asker too.

        Others without a place may only join a cohort that does not run.
        """
        owner, joining = self.problem.option_agent, np.zeros(len(keep), bool)
        for cohort in closed:
            joining[self.users(cohort)] = True
        joining &= self.places
        free = free.copy()
        free[owner[joining]] = True
        out = ~self.placed
        start = self.choice.copy()
        if asker != NOTHING:
            out[asker] = False
            start[asker] = NOTHING
        part = restrict(self.base, start, free, keep & (~out[owner] | joining))
        must = part.problem.agent_must.copy()
        must[:-1] |= ~out[part.agent]
        return replace(part, problem=part.problem.replace(agent_must=must))

    def users(self, resource: int) -> IntArray:
        """Return the options that use a resource, int64[k]."""
        entries = np.flatnonzero(self.problem.use_resource == resource)
        result: IntArray = np.searchsorted(self.problem.use_ptr, entries, "right") - 1
        return result

    def closed_by(self, options: IntArray) -> list[int]:
        """Return the cohorts of these options that do not run, and need several."""
        shut = self._shut(options)
        closed: list[int] = shut[self.problem.resource_lower[shut] > 1].tolist()
        return closed

    def opening(self, options: IntArray) -> IntArray:
        """Return the options that open what these options need and does not run."""
        opener = self._opener[self._shut(options)]
        result: IntArray = opener[opener != NOTHING]
        return result

    def _shut(self, options: IntArray) -> IntArray:
        problem = self.problem
        entries, _ = spans(problem.use_ptr, options)
        used = np.unique(problem.use_resource[entries])
        shut = problem.resource_only_if_used & (self.plan.use == 0)
        result: IntArray = used[shut[used]]
        return result

    def missing(self, options: IntArray) -> BoolArray:
        """Return what these options lack, bool[resources]: what is full, and the pools
        that draw on the same money."""
        problem = self.problem
        entries, _ = spans(problem.use_ptr, options)
        rows, amount = problem.use_resource[entries], problem.use_amount[entries]
        hard = problem.resource_excess_price == HARD
        over = self.plan.use[rows] + amount > problem.resource_upper[rows]
        result = np.zeros(problem.num_resources, bool)
        result[rows[over & hard[rows]]] = True
        lines = np.zeros(problem.num_supplies, bool)
        for pool in np.unique(rows[problem.resource_supplied[rows]]).tolist():
            lines[self._lines(pool)] = True
        pools = np.repeat(np.arange(problem.num_resources), np.diff(problem.supply_ptr))
        result[pools[lines[problem.supply_index]]] = True
        return result

    def holders(self, rows: BoolArray) -> BoolArray:
        """Return those with a place who could have another and hold any of these,
        bool[agents]; in a small problem all who could have another."""
        if self.is_small:
            return self.movable.copy()
        free = np.zeros(self.problem.num_agents, bool)
        free[self._holder[rows[self._held]]] = True
        free &= self.movable
        free[np.flatnonzero(free)[MOST_FREE:]] = False
        return free

    def _ceilings_of(self, options: IntArray) -> dict[Limit, int]:
        """Return the limits these options use, with what one of them needs at most: of
        a cohort that does not run for as many as it takes."""
        raises: dict[Limit, int] = {}
        for option in options.tolist():
            shut = self.closed_by(np.array([option]))
            times = max([1, *self.problem.resource_lower[shut].tolist()])
            own: dict[Limit, int] = {}
            needs = [(resource, times * by) for resource, by in self.uses(option)]
            for opener in self.opening(np.array([option])).tolist():
                needs += self.uses(opener)
            for resource, amount in needs:
                for limit in self._ceilings(resource):
                    own[limit] = own.get(limit, 0) + amount
            raises |= {
                limit: max(by, raises.get(limit, 0)) for limit, by in own.items()
            }
        return raises

    def _floors_of(self, agent: int) -> dict[Limit, int]:
        """Return the floors to which an agent adds by staying out."""
        if self.choice[agent] == NOTHING:
            return {}
        return {
            Limit("lower", resource): amount
            for resource, amount in self.uses(int(self.choice[agent]))
            if self._is_floor(resource)
        }

    def _ceilings(self, resource: int) -> list[Limit]:
        problem = self.problem
        if self.fixed[resource]:
            return []
        if problem.resource_supplied[resource]:
            lines = self._lines(resource)
            limited = lines[problem.supply_upper[lines] < UNLIMITED]
            return [Limit("supply", line) for line in limited.tolist()]
        is_hard = problem.resource_excess_price[resource] == HARD
        has = is_hard and problem.resource_upper[resource] < UNLIMITED
        return [Limit("upper", resource)] if has else []

    def _is_floor(self, resource: int) -> bool:
        problem = self.problem
        is_hard = problem.resource_shortfall_price[resource] == HARD
        is_hard &= not problem.resource_only_if_used[resource]
        return bool(is_hard and problem.resource_lower[resource] > 0) and not bool(
            self.fixed[resource]
        )

    def _lines(self, pool: int) -> IntArray:
        span = slice(*self.problem.supply_ptr[[pool, pool + 1]])
        return self.problem.supply_index[span].astype(np.int64)

    def uses(self, option: int) -> list[tuple[int, int]]:
        """Return (resource, amount) of everything an option uses."""
        span = slice(*self.problem.use_ptr[[option, option + 1]])
        used = self.problem.use_resource[span].tolist()
        return list(zip(used, self.problem.use_amount[span].tolist(), strict=True))


def _running(part: SubProblem, cohort: int) -> Problem:
    """Return the part in which a cohort has to run."""
    at = np.searchsorted(part.row, cohort)
    only_if_used = part.problem.resource_only_if_used.copy()
    lower = part.problem.resource_lower.copy()
    only_if_used[at], lower[at] = False, max(1, lower[at])
    return part.problem.replace(
        resource_only_if_used=only_if_used, resource_lower=lower
    )
