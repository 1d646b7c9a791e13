"""Decided places in a replanning: what keeping them is worth, and how many may change.

Keeping the place that was decided is worth twice the price of a change, another place
instead once, losing it nothing: moving somebody costs the price, taking the place away
costs it twice, and whoever loses a place comes before a newcomer with the next one. The
more people rely on a place, the more often the price is paid.
"""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.options import Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind
from programs.choices import PlacementState
from programs.eligibility.columns import Array

WEIGHT_OF_STATE = {
    PlacementState.OFFERED: 1,
    PlacementState.ACCEPTED: 3,
    PlacementState.CONFIRMED: 5,
}
"""How often the price of a change is paid: the more people rely on it, the more."""


@dataclass(frozen=True)
class Decided:
    """What options do to decided places.

    ``people`` is how many have one; ``keeps`` and ``weight`` are, for each option, the
    people who keep theirs by it, and the weight of those who have a place at all, twice
    that of those who keep theirs.
    """

    people: int
    keeps: Array
    weight: Array

    @property
    def kept(self) -> set[int]:
        """The options that keep what was decided."""
        return set(np.flatnonzero(self.keeps).tolist())

    def bonus(self, price: int) -> Array:
        """Return what each option is worth for keeping promises, in points."""
        return price * self.weight


def decided_of(rows: Reading, offers: Offers, pairs: Pairs) -> Decided:
    """Return what each option does to the decided places of its people."""
    keeps = np.zeros(len(offers), np.int64)
    weight = np.zeros(len(offers), np.int64)
    slots, promise = promised(rows)
    agents = [
        agent
        for agent, group in enumerate(offers.agents)
        if any(member in slots for member in group)
    ]
    for option in np.flatnonzero(np.isin(offers.agent, agents)).tolist():
        group = offers.agents[int(offers.agent[option])]
        chosen: dict[int, set[UUID]] = {member: set() for member in group}
        for pair in offers.pairs_of(option):
            chosen[int(pairs.applicant[pair])].add(rows.slots[pairs.slot[pair]].pk)
        holders = [member for member in group if member in slots]
        placed = sum(promise[member] for member in holders if chosen[member])
        weight[option] = placed
        if all(chosen[member] == slots.get(member, set()) for member in group):
            keeps[option] = len(holders)
            weight[option] = 2 * placed
    return Decided(len(slots), keeps, weight)


def promised(rows: Reading) -> tuple[dict[int, set[UUID]], dict[int, int]]:
    """Return {applicant: decided slots}, and {applicant: how much relies on them}."""
    slots, weight = {}, {}
    for at, application in enumerate(rows.applications):
        held = rows.movable.get(application.pk)
        if held:
            slots[at] = {placement.slot_id for placement in held}
            weight[at] = max(WEIGHT_OF_STATE[placement.state] for placement in held)
    return slots, weight


def add(draft: Draft, rows: Reading, decided: Decided) -> None:
    """Let at most so many people lose or change a decided place."""
    if rows.most_changes is None or not decided.people:
        return
    stay = max(0, decided.people - rows.most_changes)
    limit = draft.add_limit(
        Limit(
            key=LimitKey(LimitKind.CHANGES, "decided"),
            label_en="Decided places that stay as they are",
            label_id="Tempat yang sudah diputuskan dan tidak berubah",
            lower=stay,
            shown_lower=stay,
        )
    )
    options = np.flatnonzero(decided.keeps)
    draft.use(options, limit, decided.keeps[options])
