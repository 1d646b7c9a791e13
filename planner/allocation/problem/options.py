"""Who can be offered what: agents, and the complete ways to place them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import numpy as np

from planner.optimiser.model.problem import pointers, runs
from programs.eligibility.columns import Array
from programs.models import Application

from .reading import Reading

DIRECT = -1
"""The pathway of an offer that is a single slot."""
TEAM = "team:"
"""How the name of a team begins; anybody else is named by the application."""
OR = "+"
"""What stands between the applications of one human in the agent's name."""
NOTHING = -2
"""The pathway of the explicit offer to stay where one is."""


@dataclass
class Pairs:
    """Each (applicant, slot) of an offer, in columns.

    ``applicant`` and ``slot`` are positions in the rows; ``column`` is the slot as the
    rules see it (a step of a pathway has learnt from the steps before), ``rank`` the
    person's wish (0: none). ``tariff`` points into the table of costs; ``value`` holds
    the parts of what the pair is worth in points, ``sure`` how likely what it waits for
    is met, in millionths.
    """

    applicant: Array
    slot: Array
    column: Array
    rank: Array
    tariff: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    value: dict[str, Array] = field(default_factory=dict)
    sure: Array = field(default_factory=lambda: np.zeros(0, np.int64))

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

    ``agents`` holds the applicants of each agent: one person, the members of a team
    (``is_team``), who go together, or the applications of one human, of which at most
    one is taken. Options are sorted by agent; option i is made of the pairs
    ``pair_index[pair_ptr[i]:pair_ptr[i + 1]]``, none for staying where one is.
    """

    agents: list[tuple[int, ...]]
    is_team: Array
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

    def heads_of(self, wanted: Array) -> Array:
        """Return how many of the wanted people each agent is, int[agents].

        A human is one, with however many applications.

        Parameters
        ----------
        wanted: bool[applicants].
        """
        counts = np.array([wanted[list(group)].sum() for group in self.agents])
        return np.where(self.is_team, counts, np.minimum(counts, 1))

    def is_alternative(self, agent: int) -> bool:
        """Return whether the agent is one human with several applications."""
        return len(self.agents[agent]) > 1 and not self.is_team[agent]

    def spans_of(self, pairs: Pairs) -> dict[int, tuple[int, int]]:
        """Return {applicant: (first option, one after the last)} of humans with
        several applications: the options of each stand together. (0, 0) is none."""
        ptr = pointers(np.bincount(self.agent, minlength=len(self.agents)))
        found: dict[int, tuple[int, int]] = {}
        for agent in range(len(self.agents)):
            if not self.is_alternative(agent):
                continue
            found |= dict.fromkeys(self.agents[agent], (0, 0))
            for option in range(*ptr[agent : agent + 2].tolist()):
                if self.pathway[option] != NOTHING:
                    applicant = int(pairs.applicant[self.pairs_of(option)[0]])
                    first, stop = found[applicant]
                    found[applicant] = first if stop else option, option + 1
        return found


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
    agents, agent_of, is_team = group(rows, pinned)
    applicant, pathway, pair_ptr = ways
    # Whose application is pinned goes by that one, and by none of the others.
    bound = np.intersect1d(pinned, applicant)
    barred = np.isin(agent_of[applicant], agent_of[bound]) & ~np.isin(applicant, bound)
    kept = np.flatnonzero(~is_team[agent_of[applicant]] & ~barred)
    first, counts = pair_ptr[:-1][kept], np.diff(pair_ptr)[kept]
    teams = together(ways, pairs, agents, agent_of, is_team)
    team_pairs = [pair for _agent, of_team in teams for pair in of_team]
    agent = np.concatenate([agent_of[applicant[kept]], column(a for a, _f in teams)])
    stays = np.intersect1d(agent_of[column(sorted(staying))], agent)
    stays = np.setdiff1d(stays, agent_of[pinned])
    agent = np.concatenate([agent, stays])
    flat = np.concatenate([runs(first, counts), column(team_pairs)])
    way = np.concatenate(
        [pathway[kept], np.full(len(teams), DIRECT), np.full(len(stays), NOTHING)]
    )
    of_teams = column(len(of_team) for _a, of_team in teams)
    sizes = np.concatenate([counts, of_teams, np.zeros(len(stays), np.int64)])
    order = np.lexsort((np.arange(len(agent)), way == NOTHING, agent))
    starts = pointers(sizes)[:-1][order]
    return Offers(
        agents=agents,
        is_team=is_team,
        must=obliged(agents, agent, stays, agent_of[pinned]),
        agent=agent[order],
        pathway=way[order],
        pair_ptr=pointers(sizes[order]),
        pair_index=flat[runs(starts, sizes[order])],
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


def group(rows: Reading, pinned: Array) -> tuple[list[tuple[int, ...]], Array, Array]:
    """Return the applicants of each agent, the agent of each applicant, and which
    agents are teams.

    The applications of one human to one intake are one agent. Where two of them are
    pinned, each is an agent of its own: that both cannot be is then told as a conflict.
    """
    pins = Counter(whose(rows.applications[at]) for at in pinned.tolist())
    agents: list[list[int]] = []
    agent_of: list[int] = []
    known: dict[object, int] = {}
    for applicant, application in enumerate(rows.applications):
        human = whose(application)
        key = application.team_id or (applicant if pins[human] > 1 else human)
        agent = known.setdefault(key, len(agents))
        if agent == len(agents):
            agents.append([])
        agents[agent].append(applicant)
        agent_of.append(agent)
    is_team = [
        len(members) > 1 and rows.applications[members[0]].team_id is not None
        for members in agents
    ]
    return (
        [tuple(members) for members in agents],
        np.array(agent_of, np.int64),
        np.array(is_team, bool),
    )


def whose(application: Application) -> tuple[str, UUID]:
    """Return what is the same for all applications of a human to one intake."""
    return application.participant.human, application.intake_id


def together(
    ways: Ways,
    pairs: Pairs,
    agents: list[tuple[int, ...]],
    agent_of: Array,
    is_team: Array,
) -> list[tuple[int, list[int]]]:
    """Return (agent, pairs) for each slot that every member of a team may go to."""
    applicant, pathway, pair_ptr = ways
    size = np.array([len(members) for members in agents], np.int64)
    members_of: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for way in np.flatnonzero(is_team[agent_of[applicant]] & (pathway == DIRECT)):
        pair = int(pair_ptr[way])
        key = int(agent_of[applicant[way]]), int(pairs.slot[pair])
        members_of[key][int(applicant[way])] = pair
    return [
        (agent, [members[member] for member in agents[agent]])
        for (agent, _slot), members in sorted(members_of.items())
        if len(members) == size[agent]
    ]
