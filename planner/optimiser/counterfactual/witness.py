"""A witness: a plan on changed limits, found by one solver and confirmed by addition.

    minimise    how many limits give way, then soft prices paid, then who changes place
    subject to  everybody keeps a place, the asker has one, every other limit,
                and the first tier is worth more than in the plan

(a minimal repair of an infeasible program, Chinneck 2008, around a plan as in fix and
optimise). What comes out anybody can add up. That fewer limits would not do is said
only where a second solver says so too, without asking that the plan becomes better.

Arrays: choice int64[agents].
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.optimiser.conflicts.elastic_lp import Limit
from planner.optimiser.mip import cpsat, scip
from planner.optimiser.mip.cpsat import Effort
from planner.optimiser.mip.mip_model import Held, MipModel, formulate
from planner.optimiser.model.plan import NOTHING, soft_prices, use_of
from planner.optimiser.model.problem import HARD, IntArray, Problem
from planner.optimiser.model.validate import UNLIMITED
from planner.optimiser.primal.sub_problem import SubProblem

from .relief import Raises, elastic, needed

PRICE = 2**40
"""What it costs that a limit gives way: more than moves and soft prices come to."""

SECONDS = 3.0
"""For one question, and again for the second solver."""


@dataclass(frozen=True, eq=False)
class Witness:
    """A plan on changed limits in which nobody has lost a place.

    Attributes
    ----------
    raises
        By how much which limits give way. None of them: a better plan within the limits
        as they are.
    options
        int64[k]; what is chosen otherwise than in the plan, the asker's first.
    fewest
        A second solver agrees that fewer limits would not do.
    """

    raises: dict[Limit, int]
    options: IntArray
    fewest: bool


@dataclass(frozen=True, eq=False)
class Question:
    """Which of these limits have to give way, for a part of a problem.

    Attributes
    ----------
    problem, choice
        The whole problem, and the plan that is asked about.
    part
        Who chooses again, with what they must and may; worth how few move.
    raises
        By how much each limit may give way.
    whole
        Whether everybody who could chooses again: then fewest means fewest.
    """

    problem: Problem
    choice: IntArray
    part: SubProblem
    raises: Raises
    whole: bool

    def answer(self, askers: Sequence[int] = ()) -> Witness | None:
        """Return a witness, or None where there is none or time was too short."""
        small = elastic(self.part.problem, self._inside(), PRICE)
        program = formulate(small, held=[self._better(small)])
        answer = cpsat.solve(program, Effort(SECONDS))
        if answer.y is None or not program.holds(answer.y):
            return None
        own = program.choice(small, answer.y)
        after = self.part.whole(self.choice, own)
        raises = needed(self.problem, after, self._given(own))
        changed = np.flatnonzero((after != self.choice) & (after != NOTHING))
        last = ~np.isin(changed, askers)
        options = after[changed[np.argsort(last, kind="stable")]]
        fewest = answer.closed and self.whole and self._agreed(small, len(raises))
        return Witness(raises, options, fewest)

    def _inside(self) -> dict[Limit, int]:
        """Return the limits as the part numbers them."""
        rows = self.part.row
        return {
            limit
            if limit.kind == "supply"
            else replace(limit, index=int(np.searchsorted(rows, limit.index))): by
            for limit, by in self.raises.items()
        }

    def _given(self, own: IntArray) -> dict[Limit, int]:
        """Return the limits that give way in a choice of the elastic problem."""
        first = len(self.part.option) + 1
        gives = (own[len(self.part.agent) + 1 :] - first) % 2 == 1
        pairs = zip(self.raises.items(), gives.tolist(), strict=True)
        return {limit: by for (limit, by), given in pairs if given}

    def _better(self, small: Problem) -> Held:
        """Return the row that asks for more in the first tier.

        What limits cost that nobody touches is left out on both sides.
        """
        first, part = self.problem.value(0), self.part
        chosen = self.choice[self.choice != NOTHING]
        paid = soft_prices(self.problem, use_of(self.problem, chosen))[part.row].sum()
        level = int(first[chosen].sum() - paid)
        staying = np.ones(self.problem.num_agents, bool)
        staying[part.agent] = False
        rest = self.choice[staying & (self.choice != NOTHING)]
        value = np.zeros(small.num_options, np.int64)
        value[: len(part.option)] = first[part.option]
        value[len(part.option)] = first[rest].sum()
        return Held(value, level + 1, 1)

    def _agreed(self, small: Problem, number: int) -> bool:
        """Whether a second solver finds nothing with fewer limits either."""
        if number == 0:
            return True
        program = self._with_fewer(small, number)
        answer = scip.solve(program, Effort(SECONDS))
        if not answer.closed:
            answer = cpsat.solve(program, Effort(SECONDS), plainly=True)
        return answer.closed and answer.y is None

    def fewer_do(self, number: int, *, seconds: float) -> bool | None:
        """Ask HiGHS whether fewer limits than this would do; None if it cannot say.

        It need not make the plan better, nor pay for what is broken at a price.
        """
        small = elastic(self.part.problem, self._inside(), PRICE)
        program = self._with_fewer(small, number)
        answer = scip.solve(program, Effort(seconds), solver="highs", proves=False)
        if answer.y is not None:
            return True if program.holds(answer.y) else None
        return False if answer.closed else None

    def _with_fewer(self, small: Problem, number: int) -> MipModel:
        return formulate(counting(small, len(self.raises)), at_least=1 - number)


def counting(small: Problem, count: int) -> Problem:
    """Return an elastic problem in which nothing counts but how many limits give way.

    What may be broken at a price may be broken.
    """
    value = np.zeros(small.num_options, np.int64)
    if count:
        value[-2 * count + 1 :: 2] = -1
    over = small.resource_excess_price != HARD
    short = small.resource_shortfall_price != HARD
    none = np.full(small.num_resources, HARD)
    return small.replace(
        option_value=value,
        resource_excess_price=none,
        resource_shortfall_price=none,
        resource_upper=np.where(over, UNLIMITED, small.resource_upper),
        resource_lower=np.where(short, 0, small.resource_lower),
    )
