"""Who a human is: NIK and passport, checked against the person and against others."""

import re
from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from programs import national_ids, validators
from programs.models import Participant
from programs.refusals import Refusal, RefusalKind

from . import bulk, states

BORN = {"nik", "birth_date"}
"""What has to agree, or is confirmed by an officer."""
IDENTITY = {"nik", "passport", "citizenship"}
"""What tells who a human is."""
PROVEN = IDENTITY | {"birth_date", "sex"}
"""What tells who a human is, or has to agree with it."""
MADE = ("nik_hash", "nik_is_doubtful", "passport_hash")
"""Columns that are made of those."""
PASSPORT = re.compile(r"[A-Z0-9]{5,20}")


def of_people(entries):
    """Yield (place, refusal) of ids: against the person, and twice in one institution.

    Parameters
    ----------
    entries: pairs of (place, entry of a person); what is made of an id is set on it.
    """
    proven = {name: [] for name in TWINS}
    for place, entry in entries:
        person = entry.person
        person.nik_hash = national_ids.keyed_hash(person.nik)
        person.passport = national_ids.plain_passport(person.passport or "") or None
        person.passport_hash = national_ids.passport_hash(
            person.citizenship_id, person.passport
        )
        if entry.is_new or BORN & set(entry.changed):
            person.nik_is_doubtful = False
        for name, check in (("nik", _of_nik), ("passport", _of_passport)):
            if getattr(person, name):
                mistakes = list(check(entry))
                yield from ((place, mistake) for mistake in mistakes)
                if not mistakes:
                    proven[name].append((place, person))
    for name, those in proven.items():
        yield from _of_holders(name, those)


def _of_holders(name, proven):
    hashed = f"{name}_hash"
    found = holders((getattr(one, hashed) for _place, one in proven), hashed)
    seen = {}
    for place, person in proven:
        number = getattr(person, hashed)
        for pk, institution, code in found[number]:
            if institution == person.registered_by_id and pk != person.pk:
                yield place, TWINS[name](holder=code)
        first = seen.setdefault((person.registered_by_id, number), place)
        if first != place:
            yield place, TWINS[name](earlier=first)


def _of_passport(entry):
    person = entry.person
    if not PASSPORT.fullmatch(person.passport):
        yield Refusal(
            "invalid",
            _("A passport number has 5 to 20 letters and digits."),
            field="passport",
            rule="passport_letters",
        )
    elif not person.citizenship_id:
        yield Refusal(
            "invalid",
            _("A passport number needs the citizenship."),
            field="passport",
            rule="passport_citizenship",
        )


def _of_nik(entry):
    person = entry.person
    try:
        validators.validate_nik(person.nik)
        validators.validate_nik_sex(person.nik, sex=person.sex)
        # A NIK is for life, a birth date may be corrected: an officer confirms it.
        if entry.is_new or BORN & set(entry.changed):
            person.nik_is_doubtful = not validators.holds_birth_date(
                person.nik, person.birth_date
            )
    except ValidationError as error:
        yield Refusal("invalid", error.messages[0], field="nik", rule=error.code)


def _nik_twin(**facts):
    return Refusal(
        "duplicate-nik",
        _("Your institution has already registered a person with this NIK."),
        kind=RefusalKind.CONFLICT,
        field="nik",
        **facts,
    )


def _passport_twin(**facts):
    return Refusal(
        "duplicate-passport",
        _("Your institution has already registered a person with this passport."),
        kind=RefusalKind.CONFLICT,
        field="passport",
        **facts,
    )


TWINS = {"nik": _nik_twin, "passport": _passport_twin}
"""What is said of an id that stands twice, and which there are."""


def holders(keys, column="human_key"):
    """Return {key: (id, institution, code) of the registrations that have it}."""
    found = defaultdict(list)
    for some in states.batches(sorted(set(keys)), bulk.BATCH):
        rows = Participant.objects.filter(**{f"{column}__in": some}).order_by("pk")
        for key, *who in rows.values_list(column, "pk", "registered_by_id", "code"):
            found[key].append(tuple(who))
    return found
