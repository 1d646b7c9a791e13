"""People: registered and corrected by the institution that knows them."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from programs import national_ids, validators
from programs.audit_actions import AuditAction
from programs.event_kinds import EventKind
from programs.models import LanguageCertificate, Participant, SkillClaim
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission, Role

from . import audit, events
from .actors import coordinates, forbidden
from .checks import clean, save


def register(*, by, now, registered_by=None, skills=(), languages=(), **fields):
    """Register a person, with skills and certificates.

    Somebody another institution already knows is registered all the same, and the
    trail tells the officers: an error here would tell one partner about another's
    people.

    Parameters
    ----------
    skills: dicts with skill, level, evidence, valid_to.
    languages: dicts with test, band, scale_version, language, cefr, taken_on, valid_to.
    """
    institution_id = registered_by.pk if registered_by else _own_institution(by)
    person = Participant(registered_by_id=institution_id, **fields)
    _require_registrar(person, by)
    _check_nik(person)
    with transaction.atomic():
        save(person)
        _replace(person, skills, languages)
        audit.record(
            by=by, action=AuditAction.PARTICIPANTS_REGISTER, obj=person, now=now
        )
        _tell_officers(person, by, now)
        _emit(EventKind.PARTICIPANT_REGISTERED, person, now)
    return person


def update(*, participant, by, now, skills=None, languages=None, **changes):
    """Correct a person's record; lists that are given replace the ones before."""
    _require_registrar(participant, by)
    for name, value in changes.items():
        setattr(participant, name, value)
    if {"nik", "birth_date", "sex"} & set(changes):
        _check_nik(participant)
    clean(participant)
    with transaction.atomic():
        participant.save()
        _replace(participant, skills, languages)
        audit.record(
            by=by,
            action=AuditAction.PARTICIPANTS_UPDATE,
            obj=participant,
            data={"changed": sorted(changes)},
            now=now,
        )
        if "nik" in changes:
            _tell_officers(participant, by, now)
        _emit(EventKind.PARTICIPANT_UPDATED, participant, now)
    return participant


def _own_institution(by):
    own = by.institution_ids(Role.PARTNER)
    if len(own) != 1:
        raise Refusal(
            "registrar-missing",
            _("Say which institution registers the person."),
            field="registered_by",
        )
    return own[0]


def _require_registrar(person, by):
    nominates = by.allows(Permission.NOMINATE)
    own = person.registered_by_id in by.institution_ids(Role.PARTNER)
    if not (nominates and own) and not coordinates(by):
        raise forbidden(_("This person was registered by another institution."))


def _check_nik(person):
    """Check the number against the person, and refuse it twice in one institution."""
    person.nik_hash = national_ids.keyed_hash(person.nik)
    if not person.nik:
        return
    try:
        validators.validate_nik(person.nik)
        validators.validate_nik_matches(
            person.nik, birth_date=person.birth_date, sex=person.sex
        )
    except ValidationError as error:
        raise Refusal("invalid", error.messages[0], field="nik") from error
    twins = Participant.objects.filter(
        registered_by=person.registered_by_id, nik_hash=person.nik_hash
    )
    if twins.exclude(pk=person.pk).exists():
        raise Refusal(
            "duplicate-nik",
            _("Your institution has already registered a person with this NIK."),
            kind=RefusalKind.CONFLICT,
            field="nik",
        )


def _tell_officers(person, by, now):
    """Note for officers, and nobody else, that others know the person too."""
    if not person.nik_hash:
        return
    others = Participant.objects.filter(nik_hash=person.nik_hash)
    others = others.exclude(pk=person.pk).values_list("pk", flat=True)
    if others:
        audit.record(
            by=by,
            action=AuditAction.PARTICIPANTS_KNOWN_ELSEWHERE,
            obj=person,
            data={"others": [str(pk) for pk in others]},
            now=now,
        )


def _replace(person, skills, languages):
    if skills is not None:
        person.skill_claims.all().delete()
        _create(SkillClaim, person, skills, "skills")
    if languages is not None:
        person.language_certificates.all().delete()
        _create(LanguageCertificate, person, languages, "languages")


def _create(model, person, lines, field):
    rows = [model(participant=person, **line) for line in lines]
    for row in rows:
        clean(row, exclude=["participant"])
    keys = {
        getattr(row, "skill_id", None) or (row.test, row.band, row.taken_on)
        for row in rows
    }
    if len(keys) < len(rows):
        raise Refusal("listed-twice", _("A line is listed twice."), field=field)
    model.objects.bulk_create(rows)


def _emit(kind, person, now):
    events.emit(
        kind=kind,
        obj=person,
        institutions=[person.registered_by_id],
        now=now,
    )
