"""Pins that a plan passes over, as things stand: of single people and of groups.

A plan keeps the pins that it knew. A pin of a group is asked about again only where it
has changed since the run began: who is of the group, and can take a place, is judged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from planner.models import AllocationRun
from planner.models.loss_words import PINNED
from programs.choices import PinKind
from programs.domain import group_pins
from programs.models import Application, GroupPin, Intake, Pin, Placement


@dataclass(frozen=True)
class Word:
    """What the pin of a group says of somebody; ``where`` is what it is about."""

    application: Application
    where: str

    @property
    def application_id(self) -> UUID:
        """The application of the person."""
        return self.application.pk


After = dict[UUID, list[str]]
"""Application -> names of the slots that the plan gives it."""


def passed_over(
    run: AllocationRun, intakes: list[Intake], after: After
) -> list[tuple[Pin | Word, str]]:
    """Return the pins in force that the plan does not follow, each with ``PINNED``."""
    words: list[Pin | Word] = [*_of_people(intakes, after)]
    for pin in _changed(run):
        for intake in intakes:
            if pin.until is None or pin.until >= intake.decide_by:
                words += _of_group(pin, intake, after)
    return [(word, PINNED) for word in words]


def places_of(row: Placement | Pin | Word) -> tuple[str, ...]:
    """Return the names of the slots that somebody holds or is pinned to.

    Of a group that is pinned to some slot of many, the intake or the program.
    """
    if isinstance(row, Word):
        return (row.where,)
    if isinstance(row, Pin) and row.pathway is not None:
        return tuple(step.slot.name for step in row.pathway.steps.all())
    return (row.slot.name,)


def _of_people(intakes: list[Intake], after: After) -> Iterator[Pin]:
    there = Placement.objects.live().filter(
        Q(slot=OuterRef("slot")) | Q(pathway=OuterRef("pathway")),
        application=OuterRef("application"),
    )
    pins = Pin.objects.filter(
        Q(until=None) | Q(until__gte=F("application__intake__decide_by")),
        ~Exists(there),
        kind=PinKind.PIN,
        application__in=Application.objects.in_pool().filter(intake__in=intakes),
    )
    for pin in (
        pins.select_related("slot", "pathway", "application__participant")
        .prefetch_related("pathway__steps__slot")
        .order_by("pk")
    ):
        if not set(places_of(pin)) <= set(after.get(pin.application_id, ())):
            yield pin


def _changed(run: AllocationRun) -> list[GroupPin]:
    """Return the pins of groups that were made or changed since the run began."""
    since = run.started_at or run.created_at
    edits = GroupPin.history.filter(history_date__gte=since)
    pins = GroupPin.objects.filter(kind=PinKind.PIN, pk__in=edits.values("id"))
    return list(pins.select_related("slot", "intake", "program").order_by("code"))


def _of_group(pin: GroupPin, intake: Intake, after: After) -> Iterator[Word]:
    """Yield whoever could keep a pin in an intake, and gets no such place."""
    slots = group_pins.slots_of(pin, Intake.objects.filter(pk=intake.pk))
    wanted = {slot.name for slot in slots}
    found = group_pins.standing(pin, within=intake)
    rows = Application.objects.select_related("participant").order_by("pk")
    given = rows.filter(pk__in=[pk for pk, names in after.items() if wanted & {*names}])
    missing = found.able - {each.participant.human for each in given}
    where = pin.slot.name if pin.slot else str(pin.where)
    for application in rows.filter(pk__in=[found.people[human] for human in missing]):
        yield Word(application, where)
