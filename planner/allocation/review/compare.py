"""Two runs side by side: who goes elsewhere and why, and what limits are worth.

Everybody counts once, as a human, in however many intakes; who is planned for by one
of the runs alone neither gains nor loses.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from planner.allocation.results.different import Asked
from planner.models import (
    AllocationRun,
    LimitPrice,
    by_hand_words,
    comparison_words as words,
    small_counts,
)
from planner.models.reason_words import for_planner
from programs.models import Application, Preference, slot_names
from programs.refusals import Refusal

from .ways import Ways

Places = dict[UUID, tuple[str, ...]]
"""Application -> names of slots in the order of steps."""
MOST = 500
"""People that are told one by one; all are counted."""


class Person(NamedTuple):
    """Somebody's application: of which human, in which team, for which intake."""

    human: str
    team: UUID | None
    intake: str


@dataclass(frozen=True)
class PersonChange:
    """Somebody whom two runs treat differently; places are names of slots, in steps."""

    application: Application
    before: tuple[str, ...]
    after: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class LimitChange:
    """A limit that two runs use, or value, differently; None where a run lacks it."""

    key: str
    label: str
    before: object
    after: object

    @property
    def sides(self) -> tuple[object, object]:
        """The limit in both runs."""
        return self.before, self.after


@dataclass(frozen=True)
class Apart:
    """What only one of two runs plans for: codes of intakes, and humans."""

    intakes_before: tuple[str, ...]
    intakes_after: tuple[str, ...]
    people_before: int
    people_after: int

    def __bool__(self) -> bool:
        return bool(
            self.intakes_before
            or self.intakes_after
            or self.people_before
            or self.people_after
        )


@dataclass(frozen=True)
class Comparison:
    """The differences between two runs.

    ``gain``, ``lose`` and ``move`` count everybody who is planned for by both;
    ``people`` tells the first ``MOST`` of them, those who lose a place first.
    """

    people: list[PersonChange]
    gain: int
    lose: int
    move: int
    apart: Apart
    limits: list[LimitChange]
    tiers: list[tuple[str, int, int]]


def compare(before: AllocationRun, after: AllocationRun) -> Comparison:
    """Return how the second run differs from the first, person by person."""
    known = people_of(before), people_of(after)
    changes = changed(places(before), places(after), known)
    kinds = [(bool(old), bool(new)) for _pk, old, new in changes]
    return Comparison(
        people=told(changes[:MOST], before, after, known[1]),
        gain=kinds.count((False, True)),
        lose=kinds.count((True, False)),
        move=kinds.count((True, True)),
        apart=apart(before, after, known),
        limits=limits(before, after),
        tiers=[
            (old["name"], old["value"], new["value"])
            for old, new in zip(before.tiers, after.tiers, strict=False)
            if old["name"] == new["name"]
        ],
    )


def places(run: AllocationRun) -> Places:
    """Return {application id: names of slots in order of steps} of a run."""
    slots_of: Places = {}
    rows = run.proposals.order_by("application_id", "step")
    for application, slot in rows.values_list(
        "application_id", slot_names.NAME_OF_SLOT
    ):
        slots_of[application] = (*slots_of.get(application, ()), slot)
    return slots_of


def people_of(run: AllocationRun) -> dict[UUID, Person]:
    """Return {application id: whose it is} of everybody a run plans for."""
    ids = {
        *run.proposals.values_list("application_id", flat=True),
        *run.unplaced.values_list("application_id", flat=True),
    }
    rows = Application.objects.filter(intake__in=run.intakes.values("pk")).values_list(
        "pk", "participant__human_key", "participant_id", "team_id", "intake__code"
    )
    return {
        pk: Person(hashed or str(person), team, intake)
        for pk, hashed, person, team, intake in rows.order_by("pk")
        if pk in ids
    }


Known = tuple[dict[UUID, Person], dict[UUID, Person]]
"""Whom the first and the second run plan for."""
Change = tuple[UUID, tuple[str, ...], tuple[str, ...]]
"""An application that stands for its human, and the human's places in both runs."""


def changed(old: Places, new: Places, known: Known) -> list[Change]:
    """Return every human whose places differ, those who lose one first."""
    both = known[0].keys() & known[1].keys()
    of_human: dict[str, list[UUID]] = {}
    for pk in sorted(both):
        of_human.setdefault(known[0][pk].human, []).append(pk)
    found = []
    for ids in of_human.values():
        differs = [pk for pk in ids if old.get(pk, ()) != new.get(pk, ())]
        if differs:
            before = tuple(code for pk in ids for code in old.get(pk, ()))
            after = tuple(code for pk in ids for code in new.get(pk, ()))
            # Whose place is lost or new stands for the human: there the reason is.
            first = next((pk for pk in differs if pk in old), differs[0])
            found.append((first, before, after))
    return sorted(found, key=lambda each: (bool(each[2]), bool(each[1]), str(each[0])))


def apart(before: AllocationRun, after: AllocationRun, known: Known) -> Apart:
    """Return what only one of the runs plans for."""
    intakes = [{row.code for row in run.intakes.all()} for run in (before, after)]
    humans = [{person.human for person in each.values()} for each in known]
    both = {known[0][pk].human for pk in known[0].keys() & known[1].keys()}
    return Apart(
        intakes_before=tuple(sorted(intakes[0] - intakes[1])),
        intakes_after=tuple(sorted(intakes[1] - intakes[0])),
        people_before=len(humans[0] - both),
        people_after=len(humans[1] - both),
    )


def told(
    changes: list[Change],
    before: AllocationRun,
    after: AllocationRun,
    known: dict[UUID, Person],
) -> list[PersonChange]:
    """Return changes with the person and why."""
    ids = [pk for pk, _before, _after in changes]
    whys = reasons(changes, before, after, known)
    applications = Application.objects.select_related("participant", "intake")
    hidden = ("participant__nik", "participant__disability")
    by_id = applications.defer(*hidden).in_bulk(ids)
    return [
        PersonChange(application=by_id[pk], before=old, after=new, why=whys[pk])
        for pk, old, new in changes
    ]


def reasons(
    changes: list[Change],
    before: AllocationRun,
    after: AllocationRun,
    known: dict[UUID, Person],
) -> dict[UUID, str]:
    """Return why each person fares otherwise.

    Of a place that is lost: what stands against it in the second plan, by addition;
    where it is no way of the person there any more, what that run has recorded. Of a
    gain: what the first run had recorded for there being none.
    """
    ids = [pk for pk, _old, _new in changes]
    recorded = [
        {
            row.application_id: for_planner(row.reasons[0])
            for row in run.unplaced.filter(application__in=ids)
        }
        for run in (before, after)
    ]
    lost = {pk: frozenset(old) for pk, old, _new in changes if old}
    against = obstacles(after, known, lost)
    ranks = preferences(ids)
    found = {}
    for pk, old, new in changes:
        if not old:
            found[pk] = words.gained(before.number, recorded[0].get(pk))
        elif new:
            found[pk] = words.moved(
                ranks.get((pk, old)), ranks.get((pk, new)), against.get(pk)
            )
        else:
            found[pk] = against.get(pk) or words.lost(after.number, recorded[1].get(pk))
    return found


def obstacles(
    run: AllocationRun, known: dict[UUID, Person], lost: dict[UUID, frozenset[str]]
) -> dict[UUID, str]:
    """Return what stands in a run's plan against places, as far as they are ways."""
    try:
        ways = Ways(Asked.of(run), known)
    except Refusal:  # a file is gone or altered: what is recorded has to do
        return {}
    options = {
        pk: option
        for pk, slots in lost.items()
        if pk in ways.agent_of and (option := ways.way(pk, slots)) is not None
    }
    found = ways.rooms(options, ways.asked.choice)
    start = by_hand_words.in_run(run.number)
    return {pk: by_hand_words.room(each, start) for pk, each in found.items()}


def preferences(ids: Iterable[UUID]) -> dict[tuple[UUID, tuple[str, ...]], int]:
    """Return {(application, its slot): rank} of single slots that people ranked."""
    rows = Preference.objects.filter(application__in=ids, slot__isnull=False)
    return {
        (pk, (code,)): rank
        for pk, code, rank in rows.values_list(
            "application_id", slot_names.NAME_OF_SLOT, "rank"
        )
    }


def limits(before: AllocationRun, after: AllocationRun) -> list[LimitChange]:
    """Return the limits whose use, size or price differs, with what may be told."""
    old = {str(row.key): row for row in small_counts.tell(list(before.prices.all()))}
    new = {str(row.key): row for row in small_counts.tell(list(after.prices.all()))}
    return [
        LimitChange(key, (new.get(key) or old[key]).label, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if facts(old.get(key)) != facts(new.get(key))
    ]


def facts(row: LimitPrice | None) -> object:
    """Return what makes a limit the same in two runs."""
    return (
        None if row is None else (row.use, row.lower, row.upper, round(row.people, 3))
    )
