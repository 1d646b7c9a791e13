"""The options of each person: ranked slots and pathways, or all slots of the intake."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from .columns import Array
from .facts import Facts
from .judgement import Judgement, blocks, judge
from .rules import RULES, WARN

UNRANKED = 0
Wish = tuple[int, int, UUID | None, tuple[int, ...]]
"""(person, rank, pathway, columns)"""


@dataclass(frozen=True, eq=False)
class Options:
    """Complete ways to place people, by person, then by rank.

    An option is a slot, or a pathway with several columns (``ptr`` and ``columns`` as
    in a sparse matrix); ``pathway`` counts in ``pathway_ids``, -1 for a single slot.
    Options of people who ranked something are all here, judged; of people who ranked
    nothing only those a plan may use, and ``broken`` counts why the others fell away.
    """

    person: Array
    rank: Array
    pathway: Array
    ptr: Array
    columns: Array
    status: Array
    failed: Array
    pathway_ids: list[UUID]
    broken: Array
    """person x rule: how many of the person's options it keeps the person from."""

    @property
    def placeable(self) -> Array:
        """Which options a plan may use."""
        return self.status <= WARN

    def __len__(self) -> int:
        return len(self.person)


def options(facts: Facts) -> Options:
    """List and judge the options of every person.

    A person gets what is ranked, and the place that a coordinator pinned the person or
    a group to. A person who ranked nothing takes any slot of the intake.
    """
    wishes = _wishes(facts)
    pathway_ids = list(facts.pathways)
    number: dict[UUID | None, int] = {pk: n for n, pk in enumerate(pathway_ids)}
    person = np.array([w[0] for w in wishes], dtype=np.int32)
    rank = np.array([w[1] for w in wishes], dtype=np.int16)
    pathway = np.array([number.get(w[2], -1) for w in wishes], dtype=np.int32)
    sizes = np.array([len(w[3]) for w in wishes], dtype=np.int64)
    columns = np.array([c for w in wishes for c in w[3]], dtype=np.int32)
    ptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    judgement = judge(facts, np.repeat(person, sizes), columns)
    status, failed, against = _over_steps(judgement, ptr)
    broken = _count(len(facts.people), person, against)
    ranked = (person, rank, pathway, sizes, columns, status, failed)
    free = _free(facts, set(person.tolist()), broken)
    return _sorted(ranked, free, pathway_ids, broken)


def _wishes(facts: Facts) -> list[Wish]:
    """Return [(person, rank, pathway id, columns)] of what is ranked or pinned."""
    wishes: list[Wish] = []
    for row, ranked in facts.preferences.items():
        for rank, slot, pathway in ranked:
            if pathway in facts.pathways:
                wishes.append((row, rank, pathway, facts.pathways[pathway]))
            elif slot in facts.column_of:
                wishes.append((row, rank, None, (facts.column_of[slot],)))
    covered = {(row, column) for row, _r, _p, columns in wishes for column in columns}
    for row in np.flatnonzero(facts.pinned >= 0).tolist():
        column = int(facts.pinned[row])
        if (row, column) not in covered:
            pathway = facts.begins.get(column)
            columns = facts.pathways[pathway] if pathway else (column,)
            wishes.append((row, UNRANKED, pathway, columns))
    for row, column in _of_groups(facts):
        # Who ranked nothing may get any slot of the intake anyway.
        if row in facts.preferences and (row, column) not in covered:
            covered.add((row, column))
            wishes.append((row, UNRANKED, None, (column,)))
    return wishes


def _of_groups(facts: Facts) -> list[tuple[int, int]]:
    """Return (person, column) of whom a group's pin gives a slot of the own intake."""
    return [
        (row, column)
        for group, column in facts.groups.of_slots()
        for row in np.flatnonzero(
            group.holds(np.arange(len(facts.people)), column)
            & (facts.people.intake == facts.slots.intake[column])
        ).tolist()
    ]


def _over_steps(judgement: Judgement, ptr: Array) -> tuple[Array, Array, Array]:
    """Return status, failed rules and those against each option, over its columns."""
    if len(ptr) == 1:
        return judgement.status, judgement.failed, judgement.against
    return (
        np.maximum.reduceat(judgement.status, ptr[:-1]),
        np.bitwise_or.reduceat(judgement.failed, ptr[:-1]),
        np.bitwise_or.reduceat(judgement.against, ptr[:-1]),
    )


def _count(num_people: int, person: Array, against: Array) -> Array:
    broken = np.zeros((num_people, len(RULES)), dtype=np.int32)
    for bit in range(len(RULES)):
        np.add.at(broken[:, bit], person, (against >> bit & 1).astype(np.int32))
    return broken


def _free(facts: Facts, ranked: set[int], broken: Array) -> tuple[Array, ...] | None:
    """Return the usable options of people who ranked nothing, block by block."""
    everybody = np.arange(len(facts.people))
    is_free = ~np.isin(everybody, list(ranked))
    if not is_free.any():
        return None
    parts = []
    for start, judgement in blocks(facts):
        rows = np.arange(start, start + len(judgement.status))
        here = is_free[rows][:, None] & (
            facts.people.intake[rows][:, None] == facts.slots.intake[None, :]
        )
        here &= ~facts.slots.is_step[None, :]
        against = judgement.against
        for bit in range(len(RULES)):
            broken[rows, bit] += (here & (against >> bit & 1 != 0)).sum(axis=1)
        row, column = np.nonzero(here & judgement.placeable)
        pair = (row, column)
        parts.append(
            (rows[row], column, judgement.status[pair], judgement.failed[pair])
        )
    person, column, status, failed = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    zeros = np.zeros(len(person), dtype=np.int32)
    return person, zeros + UNRANKED, zeros - 1, zeros + 1, column, status, failed


def _sorted(
    ranked: tuple[Array, ...],
    free: tuple[Array, ...] | None,
    pathway_ids: list[UUID],
    broken: Array,
) -> Options:
    """Put both kinds of options in order: by person, rank, and first column."""
    if free is not None:
        ranked = tuple(
            np.concatenate([a, b.astype(a.dtype)])
            for a, b in zip(ranked, free, strict=True)
        )
    person, rank, pathway, sizes, columns, status, failed = ranked
    begin = np.concatenate([[0], np.cumsum(sizes)])
    first = columns[begin[:-1]] if len(sizes) else columns
    order = np.lexsort((first, rank, person))
    ptr = np.concatenate([[0], np.cumsum(sizes[order])]).astype(np.int64)
    take = np.repeat(begin[:-1][order] - ptr[:-1], sizes[order]) + np.arange(ptr[-1])
    return Options(
        person=person[order],
        rank=rank[order],
        pathway=pathway[order],
        ptr=ptr,
        columns=columns[take],
        status=status[order],
        failed=failed[order],
        pathway_ids=pathway_ids,
        broken=broken,
    )
