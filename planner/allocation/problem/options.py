"""Who can be offered what: agents, and the complete ways to place them."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from planner.optimiser.model.problem import pointers

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

    applicant: np.ndarray
    slot: np.ndarray
    column: np.ndarray
    rank: np.ndarray
    tariff: np.ndarray = None
    value: dict = None

    def __len__(self):
        return len(self.applicant)


@dataclass
class Offers:
    """Agents and their options; each option is made of pairs.

    ``agents`` holds the applicants of each agent: one person, or the members of a
    team. Options are sorted by agent; option i is made of the pairs
    ``pair_index[pair_ptr[i]:pair_ptr[i + 1]]``, none for staying where one is.
    """

    agents: list
    must: np.ndarray
    agent: np.ndarray
    pathway: np.ndarray
    pair_ptr: np.ndarray
    pair_index: np.ndarray

    def __len__(self):
        return len(self.agent)

    def expand(self):
        """Return (option, pair) for every pair of every option."""
        option = np.repeat(np.arange(len(self)), np.diff(self.pair_ptr))
        return option, self.pair_index

    def pairs_of(self, option):
        """Return the pairs of one option."""
        return self.pair_index[self.pair_ptr[option] : self.pair_ptr[option + 1]]


def make(rows, ways, pairs, *, staying, pinned):
    """Turn the ways people may go into agents and options.

    Parameters
    ----------
    rows: the rows.
    ways: (applicant, pathway, pair_ptr): what each person may take, made of pairs.
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
    team_pairs = [pair for _agent, found in teams for pair in found]
    agent = np.concatenate([agent_of[applicant[kept]], column(a for a, _f in teams)])
    stays = np.intersect1d(agent_of[column(sorted(staying))], agent)
    stays = np.setdiff1d(stays, agent_of[pinned])
    agent = np.concatenate([agent, stays])
    flat = np.concatenate([spans(first, counts), column(team_pairs)])
    way = np.concatenate(
        [pathway[kept], np.full(len(teams), DIRECT), np.full(len(stays), NOTHING)]
    )
    sizes = [counts, column(len(found) for _a, found in teams), np.zeros(len(stays))]
    sizes = np.concatenate(sizes).astype(np.int64)
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


def obliged(agents, agent, stays, pinned):
    """Return which agents must take exactly one option: pinned, or able to stay."""
    must = np.zeros(len(agents), bool)
    must[stays] = True
    must[np.intersect1d(pinned, agent)] = True
    return must


def column(numbers):
    """Return numbers as an array, also when there are none."""
    return np.array(list(numbers), np.int64)


def spans(starts, counts):
    """Return the positions of groups that start here and are so long, one by one."""
    pointer = pointers(counts)
    within = np.arange(pointer[-1]) - np.repeat(pointer[:-1], counts)
    return np.repeat(starts, counts) + within


def group(rows):
    """Return the applicants of each agent, and the agent of each applicant."""
    agents, agent_of, agent_of_team = [], [], {}
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


def together(ways, pairs, agents, agent_of):
    """Return (agent, pairs) for each slot that every member of a team may go to."""
    applicant, pathway, pair_ptr = ways
    size = np.array([len(members) for members in agents], np.int64)
    found = defaultdict(dict)
    for way in np.flatnonzero((size[agent_of[applicant]] > 1) & (pathway == DIRECT)):
        pair = int(pair_ptr[way])
        key = int(agent_of[applicant[way]]), int(pairs.slot[pair])
        found[key][int(applicant[way])] = pair
    return [
        (agent, [members[member] for member in agents[agent]])
        for (agent, _slot), members in sorted(found.items())
        if len(members) == size[agent]
    ]
