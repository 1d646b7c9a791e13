"""Pins of groups: whom they are about today, and whether there are seats for them."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _, ngettext

from programs import eligibility, formats
from programs.choices import PinKind
from programs.conditions.who import Who
from programs.models import Application, GroupPin, Intake, Placement, Slot

from .clashes import PRESENT
from .placements import BEFORE_DEPARTURE


@dataclass(frozen=True)
class Standing:
    """Whom a pin of a group is about, without those who have a place.

    Attributes
    ----------
    people: {human: application} of whoever meets the condition. able: those of them who
        can take one of the places. seats: how many are left there.
    """

    people: dict
    able: frozenset
    seats: int

    @property
    def is_short(self):
        """Whether there are fewer seats than people who have to get one."""
        return len(self.able) > self.seats


def intakes_of(pin, intakes=None):
    """Return the intakes that a pin is about, as far as they are still planned."""
    if intakes is None:
        intakes = Intake.objects.filter(state__in=PRESENT)
    if pin.slot_id:
        return intakes.filter(slots=pin.slot_id)
    if pin.intake_id:
        return intakes.filter(pk=pin.intake_id)
    return intakes.filter(program=pin.program_id)


def slots_of(pin, intakes=None):
    """Return the slots that a pin is about, of intakes that are still planned."""
    slots = Slot.objects.filter(intake__in=intakes_of(pin, intakes))
    return slots.filter(pk=pin.slot_id) if pin.slot_id else slots


def standing(pin, *, within=None):
    """Return whom a pin is about, who of them can take a place, and the seats left.

    Parameters
    ----------
    pin: with its condition; it need not be saved. within: an intake, for a pin of a
        whole program.
    """
    one = None if within is None else Intake.objects.filter(pk=within.pk)
    intakes, slots = intakes_of(pin, one), slots_of(pin, one)
    pool = Application.objects.in_pool().filter(intake__in=intakes)
    pool = pool.exclude(placements__in=Placement.objects.live())
    who = Who({pin.condition: pin.code}, pool, slots)
    members = who.somewhere(pin.condition)
    if not members:
        return Standing({}, frozenset(), _left(slots))
    mine = Application.objects.filter(pk__in=members)
    human = {
        pk: key or str(person)
        for pk, person, key in mine.values_list(
            "pk", "participant_id", "participant__human_key"
        )
    }
    places = Slot.objects.filter(intake__in=intakes)
    facts = eligibility.load(applications=mine, slots=places)
    able = {
        human[pk]
        for pk in _able(pin, facts, who, set(slots.values_list("pk", flat=True)))
    }
    return Standing({human[pk]: pk for pk in members}, frozenset(able), _left(slots))


def _able(pin, facts, who, slots):
    """Yield the applications that can take one of the slots, and meet the condition."""
    if pin.slot_id:
        column = facts.column_of.get(pin.slot_id)
        if column is None:
            return
        rows = np.arange(len(facts.people))
        fits = eligibility.judge(facts, rows, np.full(len(rows), column)).placeable
        for row in np.flatnonzero(fits).tolist():
            pk = facts.people.application[row]
            if who.meets(pin.condition, pk, pin.slot_id):
                yield pk
        return
    ways = eligibility.options(facts)
    for at in np.flatnonzero(ways.placeable).tolist():
        pk = facts.people.application[int(ways.person[at])]
        columns = ways.columns[ways.ptr[at] : ways.ptr[at + 1]].tolist()
        there = {facts.slots.slot[column] for column in columns} & slots
        if any(who.meets(pin.condition, pk, slot) for slot in there):
            yield pk


def _left(slots):
    taken = Placement.objects.live().filter(slot__in=slots).count()
    return sum(slots.values_list("capacity_max", flat=True)) - taken


def shortages(intake):
    """Yield (sentence, pin) of each pin of a group that cannot be kept in an intake.

    More people than seats; or people whom two pins give different slots.
    """
    pins = GroupPin.objects.filter(kind=PinKind.PIN).select_related("slot")
    bound = defaultdict(dict)
    for pin in pins:
        if pin.slot_id and pin.slot.intake_id != intake.pk:
            continue
        if not intakes_of(pin).filter(pk=intake.pk).exists():
            continue
        found = standing(pin, within=intake)
        if found.is_short:
            yield told_short(pin, found), pin
        for human in found.able if pin.slot_id else ():
            bound[human][pin.slot_id] = pin
    torn = [pins for pins in bound.values() if len(pins) > 1]
    if torn:
        names = sorted({str(pin.name) for pins in torn for pin in pins.values()})
        text = ngettext(
            "%(people)s person is pinned to several slots at once, by %(pins)s.",
            "%(people)s people are pinned to several slots at once, by %(pins)s.",
            len(torn),
        )
        first = min((pin for each in torn for pin in each.values()), key=_code)
        told = {"people": formats.number(len(torn)), "pins": ", ".join(names)}
        yield text % told, first


def _code(pin):
    return pin.code


def told_short(pin, found):
    """Return that there are fewer seats than people who have to get one."""
    text = ngettext(
        "The pin “%(pin)s” of %(people)s person needs as many seats; left: %(seats)s.",
        "The pin “%(pin)s” of %(people)s people needs as many seats; left: %(seats)s.",
        len(found.able),
    )
    return text % {
        "pin": pin.name,
        "people": formats.number(len(found.able)),
        "seats": formats.number(max(0, found.seats)),
    }


def held(pin):
    """Return the places that people of a group hold, of those it is kept out of."""
    slots = slots_of(pin, Intake.objects.all())
    rows = Placement.objects.filter(state__in=BEFORE_DEPARTURE, slot__in=slots)
    if pin.until is not None:
        rows = rows.filter(slot__intake__decide_by__lte=pin.until)
    pairs = list(rows.order_by("pk").values_list("pk", "application_id", "slot_id"))
    if not pairs:
        return []
    people = Application.objects.filter(pk__in={row[1] for row in pairs})
    slots = Slot.objects.filter(pk__in={row[2] for row in pairs})
    who = Who({pin.condition: pin.code}, people, slots)
    return [
        placement
        for placement, application, slot in pairs
        if who.meets(pin.condition, application, slot)
    ]


def about(application):
    """Return the pins of groups that are about a person, at any place of the intake."""
    intake = application.intake
    found = GroupPin.objects.filter(
        Q(slot__intake=intake) | Q(intake=intake) | Q(program=intake.program_id)
    )
    found = list(found.select_related("program", "intake", "slot"))
    if not found:
        return []
    slots = Slot.objects.filter(intake=intake)
    everywhere = list(slots.values_list("pk", flat=True))
    own = Application.objects.filter(pk=application.pk)
    who = Who({pin.condition: pin.code for pin in found}, own, slots)
    return [
        pin
        for pin in found
        for places in [[pin.slot_id] if pin.slot_id else everywhere]
        if any(who.meets(pin.condition, application.pk, slot) for slot in places)
    ]


def told_held(count):
    """Return that people of the group are there already."""
    return ngettext(
        "%(count)s person of the group holds such a place; it has to be given back "
        "first.",
        "%(count)s people of the group hold such places; they have to be given back "
        "first.",
        count,
    ) % {"count": formats.number(count)}


def told(pin, found):
    """Return whom a pin is about, in words."""
    counts = {
        "people": formats.number(len(found.people)),
        "able": formats.number(len(found.able)),
        "seats": formats.number(max(0, found.seats)),
    }
    if pin.kind == PinKind.FORBID:
        return _("%(people)s applicants without a place are kept out.") % counts
    return (
        _(
            "Of %(people)s applicants without a place whom it is about %(able)s can "
            "take one, and have to get it; seats left: %(seats)s. Who cannot take one "
            "is planned like everybody else."
        )
        % counts
    )
