"""Who can be offered what: agents, and the complete ways to place them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import numpy as np

from planner.optimiser.model.problem import pointers
from programs.eligibility.columns import Array

from .reading import Reading

DIRECT = -1
"""The pathway of an offer that is a single slot."""
TEAM = "team:"
"""How the name of a team begins; anybody else is named by the application."""
NOTHING = -2
"""The pathway of the explicit offer to stay where one is."""


@dataclass
class Pairs:
    """Each (applicant, slot) of an offer, in columns.

    ``applicant`` and ``slot`` are positions in the rows; ``column`` is the slot as the
    rules see it (a step of a pathway has learnt from the steps before), ``rank`` the
    person's wish (0: none). ``tariff`` points into the table of costs; ``value`` holds
    the parts of what the pair is worth in points.
    """

    applicant: Array
    slot: Array
    column: Array
    rank: Array
    tariff: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    value: dict[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.applicant)


class Ways(NamedTuple):
    """What each person may take: way i is made of the pairs in ``pair_ptr``'s span.

    ``applicant`` is a position in the rows, ``pathway`` one in their pathways, or
    `DIRECT`.
    """

    applicant: Array
    pathway: Array
    pair_ptr: Array


@dataclass
class Offers:
    """Agents and their options; each option is made of pairs.

    ``agents`` holds the applicants of each agent: one person, or the members of a
    team. Options are sorted by agent; option i is made of the pairs
    ``pair_index[pair_ptr[i]:pair_ptr[i + 1]]``, none for staying where one is.
    """

    agents: list[tuple[int, ...]]
    must: Array
    agent: Array
    pathway: Array
    pair_ptr: Array
    pair_index: Array

    def __len__(self) -> int:
        return len(self.agent)

    def expand(self) -> tuple[Array, Array]:
        """Return (option, pair) for every pair of every option."""
        option = np.repeat(np.arange(len(self)), np.diff(self.pair_ptr))
        return option, self.pair_index

    def pairs_of(self, option: int) -> Array:
        """Return the pairs of one option."""
        return self.pair_index[self.pair_ptr[option] : self.pair_ptr[option + 1]]


def make(
    rows: Reading, ways: Ways, pairs: Pairs, *, staying: Collection[int], pinned: Array
) -> Offers:
    """Turn the ways people may go into agents and options.

    Parameters
    ----------
    rows: the rows.
    ways: what each person may take, made of pairs.
    pairs: all pairs.
    staying: positions of applicants who need an explicit offer of nothing.
    pinned: positions of applicants who have to get the one offer they have.
    """
    agents, agent_of = group(rows)
    applicant, pathway, pair_ptr = ways
    single = np.array([len(members) == 1 for members in agents], bool)
    kept = np.flatnonzero(single[agent_of[applicant]])
    first, counts = pair_ptr[:-1][kept], np.diff(pair_ptr)[kept]
    teams = together(ways, pairs, agents, agent_of)
    team_pairs = [pair for _agent, of_team in teams for pair in of_team]
    agent = np.concatenate([agent_of[applicant[kept]], column(a for a, _f in teams)])
    stays = np.intersect1d(agent_of[column(sorted(staying))], agent)
    stays = np.setdiff1d(stays, agent_of[pinned])
    agent = np.concatenate([agent, stays])
    flat = np.concatenate([spans(first, counts), column(team_pairs)])
    way = np.concatenate(
        [pathway[kept], np.full(len(teams), DIRECT), np.full(len(stays), NOTHING)]
    )
    of_teams = column(len(of_team) for _a, of_team in teams)
    sizes = np.concatenate([counts, of_teams, np.zeros(len(stays), np.int64)])
    order = np.lexsort((np.arange(len(agent)), way == NOTHING, agent))
    starts = pointers(sizes)[:-1][order]
    return Offers(
        agents=agents,
        must=obliged(agents, agent, stays, agent_of[pinned]),
        agent=agent[order],
        pathway=way[order],
        pair_ptr=pointers(sizes[order]),
        pair_index=flat[spans(starts, sizes[order])],
    )


def obliged(
    agents: list[tuple[int, ...]], agent: Array, stays: Array, pinned: Array
) -> Array:
    """Return which agents must take exactly one option: pinned, or able to stay."""
    must = np.zeros(len(agents), bool)
    must[stays] = True
    must[np.intersect1d(pinned, agent)] = True
    return must


def column(numbers: Iterable[int]) -> Array:
    """Return numbers as an array, also when there are none."""
    return np.array(list(numbers), np.int64)


def spans(starts: Array, counts: Array) -> Array:
    """Return the positions of groups that start here and are so long, one by one."""
    pointer = pointers(counts)
    within = np.arange(pointer[-1]) - np.repeat(pointer[:-1], counts)
    return np.repeat(starts, counts) + within


def group(rows: Reading) -> tuple[list[tuple[int, ...]], Array]:
    """Return the applicants of each agent, and the agent of each applicant."""
    agents: list[list[int]] = []
    agent_of: list[int] = []
    agent_of_team: dict[UUID, int] = {}
    for applicant, application in enumerate(rows.applications):
        team = application.team_id
        agent = agent_of_team.get(team, len(agents)) if team else len(agents)
        if agent == len(agents):
            agents.append([])
        if team:
            agent_of_team[team] = agent
        agents[agent].append(applicant)
        agent_of.append(agent)
    return [tuple(members) for members in agents], np.array(agent_of, np.int64)


def together(
    ways: Ways, pairs: Pairs, agents: list[tuple[int, ...]], agent_of: Array
) -> list[tuple[int, list[int]]]:
    """Return (agent, pairs) for each slot that every member of a team may go to."""
    applicant, pathway, pair_ptr = ways
    size = np.array([len(members) for members in agents], np.int64)
    members_of: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for way in np.flatnonzero((size[agent_of[applicant]] > 1) & (pathway == DIRECT)):
        pair = int(pair_ptr[way])
        key = int(agent_of[applicant[way]]), int(pairs.slot[pair])
        members_of[key][int(applicant[way])] = pair
    return [
        (agent, [members[member] for member in agents[agent]])
        for (agent, _slot), members in sorted(members_of.items())
        if len(members) == size[agent]
    ]
