"""One human, several applications: never two stays at the same time.

Whoever registered the human, and how often: registrations with one national id are one.
In one intake a human gets one place, whichever of the applications it is for.
"""

from collections import defaultdict
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

import numpy as np

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.options import Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind
from programs.models import Slot, gaps

from .cliques import cliques, when


def add(draft: Draft, rows: Reading, offers: Offers, pairs: Pairs) -> None:
    """Add a limit of one for each time in which options of one person meet."""
    option, pair = offers.expand()
    several = people_with_several_agents(rows, offers)
    checked = registered_twice(rows)
    wanted = np.isin(pairs.applicant[pair], sorted(several))
    stays: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    of_intake: dict[tuple[UUID, UUID], set[int]] = defaultdict(set)
    for o, p in zip(option[wanted].tolist(), pair[wanted].tolist(), strict=True):
        applicant = int(pairs.applicant[p])
        person = several[applicant]
        stays[person].append((o, int(pairs.slot[p])))
        of_intake[person, rows.applications[applicant].intake_id].add(o)
    times = {
        person: add_person(
            draft, rows, offers, person, stays[person], person in checked
        )
        for person in sorted(stays)
    }
    for (person, _intake), options in sorted(of_intake.items()):
        if len({int(offers.agent[o]) for o in options}) > 1:
            name = f"{person}:{times[person]}"
            times[person] += 1
            place = one(name, "One place in an intake", ONE_PLACE, person in checked)
            limit = draft.add_limit(place)
            draft.use(np.array(sorted(options)), limit, 1)


ONE_PLACE = "Satu tempat dalam satu angkatan"
ONE_STAY = "One stay at a time", "Satu penempatan pada satu waktu"
JOURNEY = "No time for the journey", "Tidak ada waktu untuk perjalanan"
CHECKED = (
    "The ministry is checking this person's data",
    "Kementerian sedang memeriksa data orang ini",
)


def registered_twice(rows: Reading) -> set[UUID]:
    """Return who stands for a human that several institutions have registered."""
    people: dict[str, set[UUID]] = defaultdict(set)
    for application in rows.applications:
        people[application.participant.human].add(application.participant_id)
    return {min(group) for group in people.values() if len(group) > 1}


def one(name: str, english: str, indonesian: str, is_checked: bool) -> Limit:
    """Return a limit of one for the options of a human."""
    person, _dash, part = name.partition(":")
    if is_checked:  # read by both senders, so it says nothing of the other
        english, indonesian = CHECKED
    return Limit(
        key=LimitKey(LimitKind.OVERLAP, person, part),
        label_en=english,
        label_id=indonesian,
        upper=1,
        is_checked=is_checked,
    )


def people_with_several_agents(rows: Reading, offers: Offers) -> dict[int, UUID]:
    """Return who is in the plan as several agents: applicant -> one person of theirs.

    The person that stands for a human is the first of the human's registrations.
    """
    applicants: dict[str, list[int]] = defaultdict(list)
    for position, application in enumerate(rows.applications):
        applicants[application.participant.human].append(position)
    return {
        position: min(rows.applications[each].participant_id for each in group)
        for group in applicants.values()
        if len(group) > 1
        for position in group
    }


def add_person(
    draft: Draft,
    rows: Reading,
    offers: Offers,
    person: UUID,
    stays: list[tuple[int, int]],
    is_checked: bool,
) -> int:
    """Add the limits of one person, where stays of different agents meet.

    Returns the first number that no limit of the person has.
    """
    found = meetings(rows, sorted({slot for _option, slot in stays}))
    for number, (meeting, since, is_journey) in enumerate(found):
        options = sorted({o for o, slot in stays if slot in meeting})
        if len({int(offers.agent[o]) for o in options}) < 2:
            continue
        english, indonesian = JOURNEY if is_journey else ONE_STAY
        limit = draft.add_limit(
            one(
                f"{person}:{number}",
                english + when(since, "en"),
                indonesian + when(since, "id"),
                is_checked,
            )
        )
        draft.use(np.array(options), limit, 1)
    return len(found)


def meetings(rows: Reading, slots: list[int]) -> list[tuple[set[int], date, bool]]:
    """Return (slots, since when, whether it is the journey) that exclude each other.

    Stays that overlap are told together, for each moment once; stays between which only
    the journey does not fit in, two by two: how long it is depends on both countries.
    """
    spans = [(rows.slots[s].starts_on, rows.slots[s].ends_on) for s in slots]
    found = [
        ({slots[member] for member in members}, since, False)
        for members, since in cliques(spans)
    ]
    for first, second in combinations(slots, 2):
        one, other = sorted((rows.slots[first], rows.slots[second]), key=start_of)
        gap = timedelta(gaps.gap_days(gaps.journey_of(one), gaps.journey_of(other)))
        if one.ends_on <= other.starts_on < one.ends_on + gap:
            found.append(({first, second}, one.ends_on, True))
    return found


def start_of(slot: Slot) -> tuple[date, date]:
    """Return by what stays are put in order."""
    return slot.starts_on, slot.ends_on
