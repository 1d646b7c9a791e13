"""Who is alike: agents whose options are the same, each worth and using the same.

Two agents are alike when both must be placed or neither, and their options agree one by
one in the value of every tier and in what they use of every resource. Exchanging what
two of them have is then a plan again: every use stays as it is, and so does the value
of every tier. So who of them gets what is no matter of the plan, and a draw may decide
it, for no limit, no value and no proof can tell.

(Symmetry of exchangeable columns; Margot 2010, Symmetry in integer linear programming.)
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from planner.optimiser.model.plan import NOTHING
from planner.optimiser.model.problem import IntArray, Problem


def alike(problem: Problem) -> list[list[tuple[int, list[int]]]]:
    """Return the groups of two and more who are alike.

    Each is a list of (agent, its options), the options of all in one order: what is
    worth most first.
    """
    values = problem.option_value.reshape(
        problem.num_options, problem.num_tiers
    ).tolist()
    resource, amount = problem.use_resource.tolist(), problem.use_amount.tolist()
    use, agents = problem.use_ptr.tolist(), problem.agent_ptr.tolist()

    def looks(option: int) -> Any:
        span = slice(use[option], use[option + 1])
        uses = sorted(zip(resource[span], amount[span], strict=True))
        worth = tuple(-value for value in values[option])
        return worth, tuple(each for each in uses if each[1])

    groups: dict[Any, list[tuple[int, list[int]]]] = defaultdict(list)
    for agent in range(problem.num_agents):
        own = sorted((looks(o), o) for o in range(agents[agent], agents[agent + 1]))
        if own:
            key = bool(problem.agent_must[agent]), tuple(look for look, _o in own)
            groups[key].append((agent, [option for _look, option in own]))
    return [group for group in groups.values() if len(group) > 1]


def drawn(
    problem: Problem, choice: IntArray, keys: Sequence[str | None]
) -> tuple[IntArray, list[list[int]]]:
    """Return the choice with what alike agents have dealt out again, and among whom.

    Whoever has the lowest key gets what is worth most of what the group has. Groups
    that have all the same are left out, and so is who has no key.

    Parameters
    ----------
    choice: int64[agents]. keys: the lot of each agent, or None.
    """
    result = choice.copy()
    groups = []
    for group in alike(problem):
        place = {
            option: number for _a, own in group for number, option in enumerate(own)
        }
        last = len(group[0][1])
        mine = [(agent, own) for agent, own in group if keys[agent] is not None]
        has = sorted(place.get(int(choice[agent]), last) for agent, _own in mine)
        if not has or has[0] == has[-1]:
            continue
        mine.sort(key=lambda member: (str(keys[member[0]]), member[0]))
        for (agent, own), number in zip(mine, has, strict=True):
            result[agent] = own[number] if number < last else NOTHING
        groups.append([agent for agent, _own in mine])
    return result, groups
