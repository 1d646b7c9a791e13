"""One person, several applications: never two stays at the same time."""

from collections import defaultdict
from uuid import UUID

import numpy as np

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.options import Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind

from .cliques import cliques


def add(draft: Draft, rows: Reading, offers: Offers, pairs: Pairs) -> None:
    """Add a limit of one for each time in which options of one person meet."""
    option, pair = offers.expand()
    several = people_with_several_agents(rows, offers)
    wanted = np.isin(pairs.applicant[pair], sorted(several))
    stays: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for o, p in zip(option[wanted].tolist(), pair[wanted].tolist(), strict=True):
        applicant = int(pairs.applicant[p])
        person = rows.applications[applicant].participant_id
        stays[person].append((o, int(pairs.slot[p])))
    for person in sorted(stays):
        add_person(draft, rows, offers, person, stays[person])


def people_with_several_agents(rows: Reading, offers: Offers) -> set[int]:
    """Return positions of applicants who are in the plan as several agents."""
    applicants: dict[UUID, list[int]] = defaultdict(list)
    for position, application in enumerate(rows.applications):
        applicants[application.participant_id].append(position)
    return {p for group in applicants.values() if len(group) > 1 for p in group}


def add_person(
    draft: Draft,
    rows: Reading,
    offers: Offers,
    person: UUID,
    stays: list[tuple[int, int]],
) -> None:
    """Add the limits of one person, where stays of different agents meet."""
    slots = sorted({slot for _option, slot in stays})
    spans = [(rows.slots[s].starts_on, rows.slots[s].ends_on) for s in slots]
    for number, (members, since) in enumerate(cliques(spans)):
        meeting = {slots[member] for member in members}
        options = sorted({o for o, slot in stays if slot in meeting})
        if len({int(offers.agent[o]) for o in options}) < 2:
            continue
        limit = draft.add_limit(
            Limit(
                key=LimitKey(LimitKind.OVERLAP, str(person), str(number)),
                label_en=f"One stay at a time, {since.isoformat()}",
                label_id=f"Satu penempatan pada satu waktu, {since.isoformat()}",
                upper=1,
            )
        )
        draft.use(np.array(options), limit, 1)
