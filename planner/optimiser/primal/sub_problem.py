"""Fix and optimise: some agents choose again, everybody else stays as they are.

    maximise  sum value x  over the free agents,  limits(r) less what the others use

(Helber and Sahling 2010). All who stay become one agent who must take one option, worth
what they are worth and using what they use. So every feature keeps its meaning in the
sub-problem, and an improvement of it is an improvement of the whole.

Arrays: choice int64[agents], free bool[agents], keep bool[options].
"""

from dataclasses import dataclass

import numpy as np

from planner.optimiser.model.plan import use_of
from planner.optimiser.model.problem import (
    BoolArray,
    IntArray,
    Problem,
    pointers,
    spans,
)


@dataclass(frozen=True, eq=False)
class SubProblem:
    """A part of a problem, with the plan it starts from.

    Attributes
    ----------
    agent, option, row
        The agents, options and resources of the problem behind those of the part. Those
        who stay are its last agent and its last option.
    choice
        The plan of the whole in the options of the part.
    """

    problem: Problem
    agent: IntArray
    option: IntArray
    row: IntArray
    choice: IntArray

    def whole(self, before: IntArray, choice: IntArray) -> IntArray:
        """Return the plan of the whole problem that this plan of the part makes."""
        after = before.copy()
        own = choice[: len(self.agent)]
        after[self.agent] = -1
        placed = own >= 0
        after[self.agent[placed]] = self.option[own[placed]]
        return after


def restrict(
    problem: Problem, choice: IntArray, free: BoolArray, keep: BoolArray
) -> SubProblem:
    """Return the part in which the free agents choose among their kept options.

    What they have now is kept in any case. Limits that no free agent touches are left
    out: they hold already.

    Parameters
    ----------
    choice
        int64[agents]; a feasible plan.
    free
        bool[agents]; those who choose again.
    keep
        bool[options]; what they choose among.
    """
    kept = keep & free[problem.option_agent]
    kept[choice[free & (choice >= 0)]] = True
    option, agent = np.flatnonzero(kept), np.flatnonzero(free)
    rows = _rows(problem, option)
    number = np.full(problem.num_resources, -1, dtype=np.int32)
    number[rows] = np.arange(len(rows))
    staying = choice[~free]
    staying = staying[staying >= 0]
    rest = use_of(problem, staying)[rows]
    used = np.flatnonzero(rest)
    entries, counts = spans(problem.use_ptr, option)
    owner = np.searchsorted(agent, problem.option_agent[option])
    place = np.full(problem.num_options, -1, dtype=np.int64)
    place[option] = np.arange(len(option))
    now = np.full(len(agent), -1, dtype=np.int64)
    placed = choice[agent] >= 0
    now[placed] = place[choice[agent][placed]]
    supply = [
        problem.supply_index[slice(*problem.supply_ptr[[r, r + 1]])] for r in rows
    ]
    part = problem.replace(
        agent_must=np.append(problem.agent_must[agent], True),
        option_agent=np.append(owner, len(agent)),
        option_value=np.append(
            problem.option_value[option], problem.option_value[staying].sum()
        ),
        use_ptr=pointers(np.append(counts, len(used))),
        use_resource=np.append(number[problem.use_resource[entries]], used),
        use_amount=np.append(problem.use_amount[entries], rest[used]),
        resource_upper=problem.resource_upper[rows],
        resource_lower=problem.resource_lower[rows],
        resource_only_if_used=problem.resource_only_if_used[rows],
        resource_shortfall_price=problem.resource_shortfall_price[rows],
        resource_excess_price=problem.resource_excess_price[rows],
        resource_step=problem.resource_step[rows],
        supply_ptr=pointers(np.array([len(lines) for lines in supply], dtype=np.int64)),
        supply_index=np.concatenate([problem.supply_index[:0], *supply]),
        agent_id=None,
        option_id=None,
        resource_id=None,
        supply_id=None,
    )
    return SubProblem(part, agent, option, rows, np.append(now, len(option)))


def _rows(problem: Problem, option: IntArray) -> IntArray:
    """Return the resources these options use, and every pool of money."""
    touched = problem.resource_supplied.copy()
    for start in range(0, len(option), 1 << 16):
        part = option[start : start + (1 << 16)]
        entries, _ = spans(problem.use_ptr, part)
        touched[problem.use_resource[entries]] = True
    return np.flatnonzero(touched)
