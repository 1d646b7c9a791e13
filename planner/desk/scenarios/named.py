"""Changes of a scenario that name a row in what is typed: one person, one slot.

There are too many of both for a select box. They are named as files name them.
"""

import re
from datetime import timedelta

from django import forms
from django.utils.translation import gettext as _

from planner.models.overrides import OFF
from programs.models import Application, Pathway, Slot
from programs.transfer.columns import read_day
from programs.transfer.messages import CellError

FIRST = re.compile(r"(\S+)\s*(?:\u2192|->|:|=)?\s+(.+)")
DAYS = re.compile(
    r"(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2})"
    r"\s*(?:\u2013|-|s\.?/?d\.?|sampai|to|until)\s*"
    r"(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2})"
)
LATER = re.compile(r"([+-])\s*(\d{1,3})\s*(?:(hari|days?)|(minggu|weeks?))?")


def person(text, user):
    """Return (INSTITUTION/PERSON, place or "off") that "P-0021 CN-INT-02" means.

    The place is a slot, or a pathway by its code.

    Raises
    ------
    ValueError: the text has not that form.
    ValidationError: the person or the place is not there, or not with each other.
    """
    code, place = _split(text)
    giver, _bar, own = code.rpartition("/")
    rows = Application.objects.visible_to(user).in_pool()
    rows = rows.filter(participant__code=own).select_related(
        "participant__registered_by"
    )
    if giver:
        rows = rows.filter(participant__registered_by__code=giver)
    rows = list(rows.defer("participant__nik", "participant__passport"))
    named = {
        f"{row.participant.registered_by.code}/{row.participant.code}" for row in rows
    }
    if not named:
        raise _wrong(_("%(code)s: nobody with this code has applied."), code=code)
    if len(named) > 1:
        text = _("%(code)s is several people; write one of %(names)s.")
        raise _wrong(text, code=code, names=", ".join(sorted(named)))
    (name,) = named
    if place.lower() in (OFF, "mati"):
        return name, OFF
    pathway = Pathway.objects.visible_to(user).filter(code=place).first()
    there = pathway or _slot(place, user)
    called = there.code if pathway else there.name
    if there.intake_id not in {row.intake_id for row in rows}:
        text = _("%(person)s has not applied in the intake of %(slot)s.")
        raise _wrong(text, person=name, slot=called)
    return name, called


def slot_days(text, user):
    """Return (slot, its days) that "CN-INT-02 01/03/2027-31/08/2027" means.

    Or that "CN-INT-02 +14 days" means: so much later than now.

    Raises
    ------
    ValueError: the text has not that form.
    ValidationError: the slot is not there.
    """
    code, when = _split(text)
    later, days = LATER.fullmatch(when), DAYS.fullmatch(when)
    if not (later or days):
        raise ValueError(text)
    slot = _slot(code, user)
    if later:
        sign, figure, _days, weeks = later.groups()
        shift = timedelta(days=int(figure) * (7 if weeks else 1))
        shift = -shift if sign == "-" else shift
        both = slot.starts_on + shift, slot.ends_on + shift
    else:
        try:
            both = tuple(map(read_day, days.groups()))
        except CellError as error:
            raise ValueError(text) from error
    return slot.name, dict(
        zip(("starts_on", "ends_on"), (day.isoformat() for day in both), strict=True)
    )


def _split(text):
    match = FIRST.fullmatch(text.strip().replace("\u2212", "-"))
    if match is None:
        raise ValueError(text)
    return match.groups()


def _slot(code, user):
    """Return the slot that files call HOST/CODE, or CODE where one host has it."""
    host, _bar, own = code.rpartition("/")
    rows = Slot.objects.visible_to(user).open().select_related("host")
    rows = rows.filter(code=own, **({"host__code": host} if host else {}))
    rows = list(rows)
    if not rows:
        raise _wrong(_("%(code)s: there is no open slot with this code."), code=code)
    if len(rows) > 1:
        names = ", ".join(sorted(row.full_code for row in rows))
        text = _("%(code)s is several slots; write one of %(names)s.")
        raise _wrong(text, code=code, names=names)
    return rows[0]


def _wrong(text, **facts):
    return forms.ValidationError(text % facts)
