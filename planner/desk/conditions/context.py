"""Whom a condition lets through that is being typed, of those who have applied."""

from dataclasses import dataclass, field

import numpy as np
from django.utils import translation

from planner.models.small_counts import is_few
from programs import conditions, eligibility
from programs.choices import PinKind
from programs.conditions import rows
from programs.conditions.logic import dead_ways
from programs.conditions.who import Who
from programs.domain import conditions as checks, group_pins
from programs.domain.clashes import PRESENT
from programs.eligibility.conditions import AWAITED
from programs.models import Application, Slot
from programs.refusals import Refusal

MOST_JUDGED = 300_000
"""Pairs of people and places that are judged while somebody types."""
MOST_PEOPLE = 2_000
"""People who are tried while somebody types: an answer has to come within a second."""
MOST_NAMED = 10
BIT = [rule.code for rule in eligibility.RULES].index("condition")
HIDDEN = ("participant__nik", "participant__passport", "participant__disability")


@dataclass
class Preview:
    """What is shown below a condition while it is typed.

    ``people`` are the applicants who were judged, of ``all``; ``passing`` of them meet
    the condition at a place they may get, ``waiting`` may do so by its day, ``only``
    fit nowhere for want of it alone.
    """

    text: str = ""
    refusal: str = ""
    english: str = ""
    indonesian: str = ""
    clashes: list = field(default_factory=list)
    people: int = 0
    all: int = 0
    passing: int | None = None
    waiting: int = 0
    only: int | None = None
    who: list = field(default_factory=list)
    is_hidden: bool = False
    is_group: bool = False
    pin: str = ""
    is_short: bool = False

    @property
    def failing(self):
        """How many of the people do not pass."""
        if self.passing is None:
            return None
        return self.people - self.passing - self.waiting


def of_text(text, *, slots, places):
    """Return what a condition means, and whom it lets through.

    Parameters
    ----------
    slots: the places it would hold at, {id: (condition of the program, its own)}.
    places: the same as a queryset; None where there are none yet.
    """
    preview = Preview(text)
    if (node := _said(preview)) is None:
        return preview
    if places is not None:
        _count(preview, slots, places, _is_private(node))
    return preview


def of_group(intakes, text):
    """Return what a rule for some means, and for whom it holds of the applicants.

    Parameters
    ----------
    intakes: among whose applicants, a queryset.
    """
    preview = Preview(text, is_group=True)
    if _said(preview, of_place=False) is not None:
        _count_group(preview, intakes.filter(state__in=PRESENT))
    return preview


def of_pin(intakes, text, pin):
    """Return what a pin of a group means, and whether there are seats for its people.

    Parameters
    ----------
    intakes: among whose applicants, a queryset. pin: as it is typed, of one place; None
        while there is none, or several.
    """
    preview = of_group(intakes, text)
    if pin is None or preview.passing is None:
        return preview
    pin.condition = conditions.write(conditions.read(text).node)
    found = group_pins.standing(pin)
    preview.pin = group_pins.told(pin, found)
    preview.is_short = pin.kind == PinKind.PIN and found.is_short
    return preview


def _said(preview, *, of_place=True):
    """Say what is typed, or what is wrong with it; return it where it can be tried."""
    if not preview.text.strip():
        return None
    try:
        node = checks.check(preview.text, of_place=of_place).node
    except Refusal as refusal:
        preview.refusal = str(refusal)
        return None
    defined = rows.definitions([node])
    names = rows.names([node], defined)
    with translation.override("en"):
        preview.english = conditions.sentence(node, names=names)
    with translation.override("id"):
        preview.indonesian = conditions.sentence(node, names=names)
    preview.clashes = dead_ways(node)
    return node


def _is_private(node):
    return bool(rows.private(node, rows.definitions([node])))


def _count(preview, slots, places, is_private):
    applications = Application.objects.filter(intake__slots__in=places).in_pool()
    ids = list(applications.distinct().order_by("pk").values_list("pk", flat=True))
    preview.all = len(ids)
    judged = ids[: max(1, min(MOST_PEOPLE, MOST_JUDGED // len(slots)))]
    preview.people = len(judged)
    if not judged:
        return
    facts = eligibility.load(
        applications=Application.objects.filter(pk__in=judged),
        slots=places,
        instead=slots,
    )
    meets, waits, fits, misses = _judged(facts)
    preview.passing, preview.only = int(meets.sum()), int((~fits & misses).sum())
    preview.waiting = int((waits & ~meets).sum())
    # The other condition of the place may ask for a secret where this one does not.
    if is_private or facts.asked.secret.any():
        _hide(preview)
    else:
        _name(preview, facts.people.application[~fits & misses])


def _count_group(preview, intakes):
    """Count for whom it holds, at any place of the own intake."""
    slots = list(Slot.objects.filter(intake__in=intakes).values_list("pk", "intake"))
    pool = Application.objects.in_pool().filter(intake__in=[own for _pk, own in slots])
    people = list(pool.order_by("pk").values_list("pk", "intake"))
    preview.all = len(people)
    people = people[: max(1, min(MOST_PEOPLE, MOST_JUDGED // max(1, len(slots))))]
    preview.people = len(people)
    if not people:
        return
    ids, places = [pk for pk, _own in people], [pk for pk, _own in slots]
    judged = Application.objects.filter(pk__in=ids)
    who = Who({preview.text: ""}, judged, Slot.objects.filter(intake__in=intakes))
    own = np.array([str(own) for _pk, own in people])
    there = np.array([str(own) for _pk, own in slots])
    person, slot = np.nonzero(own[:, None] == there[None, :])
    holds = who.of_pairs(preview.text, who.where(ids, places), person, slot)
    meets = np.zeros(len(ids), bool)
    meets[person[holds]] = True
    preview.passing = int(meets.sum())
    if who.is_private:
        _hide(preview)
    else:
        _name(preview, [pk for pk, one in zip(ids, meets, strict=True) if one])


def _hide(preview):
    """Tell no small group of what is confidential."""
    groups = (
        preview.passing,
        preview.waiting,
        preview.failing,
        preview.only or 0,
    )
    if any(map(is_few, groups)):
        preview.is_hidden, preview.passing, preview.only = True, None, None
        preview.waiting = 0


def _name(preview, who):
    """Name the first few of some applications."""
    named = Application.objects.select_related("participant").defer(*HIDDEN)
    who = list(who)[:MOST_NAMED]
    preview.who = list(named.filter(pk__in=who).order_by("participant__code"))


def _judged(facts):
    """Return whom the condition lets through or waits for, who fits, whom it keeps out.

    Each of the people, at any place of the own intake.
    """
    meets, waits, fits, misses = (
        np.zeros(len(facts.people), bool) for _each in range(4)
    )
    asked = facts.asked
    for start, judgement in eligibility.blocks(facts):
        at = slice(start, start + len(judgement.status))
        own = facts.people.intake[at][:, None] == facts.slots.intake[None, :]
        kept = judgement.failed >> BIT & 1 == 0
        alone = judgement.against == 1 << BIT
        awaited = asked.answer[at][:, asked.question] == AWAITED
        meets[at] = (own & kept).any(axis=1)
        waits[at] = (own & awaited).any(axis=1)
        fits[at] = (own & judgement.placeable).any(axis=1)
        misses[at] = (own & alone).any(axis=1)
    return meets, waits, fits, misses


def of_program(program, text):
    """Return a preview of a program's condition, at slots of its present intakes."""
    places = Slot.objects.filter(
        intake__program=program, intake__state__in=PRESENT
    ).order_by("pk")
    own = places.values_list("pk", "condition")
    slots = {pk: (text, condition) for pk, condition in own}
    return of_text(text, slots=slots, places=places if slots else None)


def of_slot(slot, text):
    """Return a preview of a slot's condition, besides what its program asks for."""
    asked = slot.intake.program.condition
    places = Slot.objects.filter(pk=slot.pk)
    return of_text(text, slots={slot.pk: (asked, text)}, places=places)


def of_nothing(text):
    """Return a preview of a condition of what does not exist yet: its meaning alone."""
    return of_text(text, slots={}, places=None)
