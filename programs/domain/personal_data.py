"""A person's own data: found and shown with a trace, exported, erased (Law 27/2022)."""

import json
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from programs import national_ids
from programs.audit_actions import AuditAction, words_of
from programs.choices import HOSTED_PLACEMENT_STATES, Disability
from programs.event_kinds import EventKind
from programs.models import (
    AuditEvent,
    Country,
    FundingLine,
    HostRating,
    Participant,
    Pin,
    PlaceCondition,
    Placement,
    PlacementChange,
    PlacementEvent,
)
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import (
    applications,
    audit,
    checks,
    claims,
    events,
    mergers,
    purposes,
    rights,
    sealing,
    traces,
    transactions,
)
from .actors import require
from .officers import require_officer
from .traces import GONE


class Revealed(NamedTuple):
    """What is hidden until somebody says why it has to be seen."""

    nik: str
    passport: str | None
    disability: str
    facts: list
    """The sensitive facts, with their definitions."""


def find_by_nik(*, nik, by, now):
    """Return the people with the NIK whom the officer may see; the search is noted.

    Parameters
    ----------
    nik: or the number of a passport, of whichever country.
    """
    require(by, Permission.REVEAL_PERSON)
    wanted = national_ids.keyed_hash(nik.strip())
    number = national_ids.plain_passport(nik)
    abroad = [
        national_ids.passport_hash(country, number)
        for country in Country.objects.values_list("pk", flat=True)
        if number
    ]
    found = Q(nik_hash=wanted) & ~Q(nik_hash="") | Q(passport_hash__in=abroad)
    people = list(Participant.objects.visible_to(by).filter(found))
    audit.record_many(
        by=by,
        action=AuditAction.PARTICIPANTS_FIND_BY_NIK,
        entries=[(person, None) for person in people] or [(by, {"found": 0})],
        now=now,
    )
    return people


def note_reading(*, participant, by, now):
    """Note that a human has read the person's full record."""
    audit.record(by=by, action=AuditAction.PARTICIPANTS_READ, obj=participant, now=now)


def reveal(*, participant, by, reason, now):
    """Show NIK and disability to an officer who says what for.

    The reason stays in the audit trail, sealed under a key of the person.
    """
    require_officer(participant, by)
    if not reason.strip():
        raise Refusal(
            "reason-missing", _("Say what you need the data for."), field="reason"
        )
    audit.record(
        by=by,
        action=AuditAction.PARTICIPANTS_REVEAL,
        obj=participant,
        data={"reason": sealing.seal(participant, reason.strip()[:200])},
        now=now,
    )
    rows = participant.facts.filter(definition__is_sensitive=True)
    rows = list(rows.select_related("definition"))
    return Revealed(participant.nik, participant.passport, participant.disability, rows)


def export_person(*, participant, by, now):
    """Return everything held about a person, with who handled it, ready for JSON.

    For the right of access and of portability, in both languages ({"id": ..., "en":
    ...}); the export itself is noted.
    """
    require_officer(participant, by)
    data = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            data[language] = json.loads(json.dumps(_held(participant), default=str))
    audit.record(
        by=by, action=AuditAction.PARTICIPANTS_EXPORT, obj=participant, now=now
    )
    return data


def kept(participant):
    """Return what stays after an erasure because a law asks for it, as sentences."""
    sentences = []
    paid = FundingLine.objects.filter(placement__application__participant=participant)
    if paid.exists():
        sentences.append(
            _(
                "Who paid how much for which stay stays without your name: public "
                "money has to be accounted for."
            )
        )
    if participant.consents.exists():
        sentences.append(
            _(
                "That and when you consented stays without the evidence: it shows that "
                "the processing was lawful."
            )
        )
    return sentences


def _held(participant):
    """Return everything held about a person, in the active language."""
    unseal = sealing.opener(participant.pk)
    return {
        "person": _person(participant),
        "skills": _rows(
            participant.skill_claims.all(),
            "skill__code",
            "skill__name_en",
            "level",
            "evidence",
            "valid_to",
        ),
        "languages": _rows(
            participant.language_certificates.all(),
            "language",
            "test",
            "band",
            "cefr",
            "score",
            "taken_on",
            "valid_to",
        ),
        "availabilities": _rows(
            participant.availabilities.all(), "starts_on", "ends_on"
        ),
        "education": _rows(
            participant.education.all(),
            "level",
            "isced_f",
            "status",
            "graduated_on",
            "gpa",
            "semester",
            "accreditation",
            "institution",
        ),
        "employment": _rows(
            participant.employment.all(), "employer", "isced_f", "starts_on", "ends_on"
        ),
        "facts": _rows(
            participant.facts.all(),
            "definition__code",
            "value",
            "valid_from",
            "valid_to",
            "evidence",
            "verified_at",
            "verified_by",
        ),
        "applications": [_application(row) for row in participant.applications.all()],
        "requests": _rows(
            participant.rights_requests.all(),
            "kind",
            "words",
            "received_at",
            "due_at",
            "outcome",
            "answer",
            "answered_at",
        ),
        "purposes": [
            {
                "purpose": str(row),
                "legal_basis": row.get_legal_basis_display(),
                "reference": row.reference,
                "keep_days": row.keep_days,
            }
            for row in purposes.register().values()
        ],
        "consents": [_consent(row) for row in participant.consents.all()],
        "restricted_at": participant.restricted_at,
        "erase_on": participant.erase_on,
        "changes": _changes(participant),
        "merged_registrations": [
            {
                "code": row.code,
                "registered_by": str(row.registered_by),
                "changes": _changes(row),
                "applications": [_application(each) for each in row.applications.all()],
                "consents": [_consent(each) for each in row.consents.all()],
                "processing": _processing(row, sealing.opener(row.pk)),
                "before": [each.content for each in row.ends.all() if each.content],
            }
            for row in mergers.former(participant)
        ],
        "processing": _processing(participant, unseal),
        "kept_after_erasure": kept(participant),
        **{
            name: rows
            for holder in settings.HOLDERS
            for name, rows in import_string(holder)(participant).items()
        },
    }


@transactions.verb
def erase(*, participant, by, now):
    """Erase what identifies a person; the bare fact of decisions stays, without them.

    What the person still waited for is taken back, so that no plan gives a place to
    nobody.

    Repeating it changes nothing more, so a restored backup is brought up to date by
    erasing again everybody the audit trail names.
    """
    require(by, Permission.MANAGE_PROGRAMS)
    require_officer(participant, by)
    with transactions.atomic():
        # Whoever publishes or moves up claims people too, and comes before or after.
        claims.claim(people=[participant.pk])
        participant.refresh_from_db()
        if participant.merged_into_id is not None:
            raise checks.merged()
        _require_no_stay(participant)
        for each in [participant, *mergers.former(participant)]:
            applications.leave(participant=each, by=by, now=now)
            traces.forget(each)
            _clear(each, now)
            _clear_decisions(each)
            each.history.all().delete()
            each.mergers.update(content=None)
        audit.record(
            by=by, action=AuditAction.PARTICIPANTS_ERASE, obj=participant, now=now
        )
        events.emit(
            kind=EventKind.PARTICIPANT_ERASED,
            obj=participant,
            institutions=_who_knows(participant),
            now=now,
        )
    return participant


def _who_knows(participant):
    """Return the institutions that hold a copy: who registered, nominated or hosted."""
    sent = participant.applications.values_list("nominated_by", flat=True)
    stays = Placement.objects.filter(
        application__participant=participant, state__in=HOSTED_PLACEMENT_STATES
    )
    hosts = stays.values_list("slot__host", flat=True)
    own = [participant.registered_by_id, participant.home_institution_id]
    return [*own, *sent, *hosts]


def _require_no_stay(participant):
    """Refuse while places stand: who is abroad has to be found and helped."""
    if rights.standing(participant).exists():
        raise Refusal(
            "person-placed",
            _("The person has a place; withdraw it first, or wait for its end."),
            kind=RefusalKind.CONFLICT,
        )


def _clear(person, now):
    person.code = f"erased-{person.pk.hex[:16]}"
    person.given_name, person.family_name, person.email = GONE, "", ""
    # The year alone stays, because statistics of age groups need no more.
    person.birth_date = date(person.birth_date.year, 1, 1)
    person.regency = None
    person.nik, person.nik_hash, person.disability = "", "", Disability.NONE
    person.passport, person.passport_hash, person.nik_is_doubtful = None, "", False
    person.joined, person.linked = "", ""
    person.erased_at, person.erase_on = person.erased_at or now, None
    person.skip_history_when_saving = True
    person.save()
    del person.skip_history_when_saving
    person.skill_claims.all().delete()
    person.language_certificates.all().delete()
    person.availabilities.all().delete()
    person.education.all().delete()
    person.employment.all().delete()
    person.facts.all().delete()


def _clear_decisions(person):
    """Take off what hosts, coordinators and senders wrote in their own words."""
    own = {"application__participant": person}
    person.applications.update(note="")
    HostRating.objects.filter(**own).exclude(reason="").update(reason=GONE)
    Pin.objects.filter(**own).update(reason=GONE)
    Placement.objects.filter(**own).update(reason="")
    of_stays = {"placement__application__participant": person}
    PlacementEvent.objects.filter(**of_stays).update(reason="")
    PlacementChange.objects.filter(**of_stays).update(reason=GONE, answer="")
    PlaceCondition.objects.filter(**of_stays).exclude(reason="").update(reason=GONE)


def _person(person):
    fields = (
        "code",
        "given_name",
        "family_name",
        "birth_date",
        "sex",
        "kkni",
        "isced_f",
        "email",
        "nik",
        "passport",
        "disability",
    )
    return {name: getattr(person, name) for name in fields} | {
        "citizenship": person.citizenship_id,
        "province": str(person.province or ""),
        "regency": str(person.regency or ""),
        "home_institution": str(person.home_institution),
        "registered_by": str(person.registered_by),
    }


def _consent(row):
    return {
        "purpose": row.get_purpose_display(),
        "country": str(row.country or ""),
        "given_on": row.given_on,
        "evidence": row.evidence,
        "withdrawn_at": row.withdrawn_at,
    }


def _application(application):
    return {
        "id": application.pk,
        "intake": str(application.intake),
        "state": application.get_state_display(),
        "nominated_by": str(application.nominated_by or ""),
        "merit_score": application.merit_score,
        "carry_over_points": application.carry_over_points,
        "submitted_at": application.submitted_at,
        "note": application.note,
        "preferences": [str(each) for each in application.preferences.all()],
        "ratings": _rows(
            application.host_ratings.all(), "slot__code", "score", "is_veto", "reason"
        ),
        "pins": _rows(
            application.pins.all(),
            *("slot__code", "pathway__code", "kind", "reason", "until"),
        ),
        "placements": [_placement(each) for each in application.placements.all()],
        "waiting_places": _rows(
            application.reserve_entries.all(), "slot__code", "position", "is_open"
        ),
    }


def _placement(placement):
    return {
        "id": placement.pk,
        "slot": str(placement.slot),
        "state": placement.get_state_display(),
        "starts_on": placement.starts_on,
        "ends_on": placement.ends_on,
        "offered_at": placement.offered_at,
        "reason": placement.reason,
        "changes": _rows(
            placement.changes.all(),
            "state",
            "slot__code",
            "starts_on",
            "ends_on",
            "side",
            "proposed_at",
            "reason",
            "ended_at",
            "answer",
        ),
        "conditions": _rows(
            placement.conditions.all(),
            "condition",
            "due_on",
            "state",
            "settled_at",
            "reason",
        ),
        "steps": _rows(
            placement.events.all(), "from_state", "to_state", "at", "on", "by", "reason"
        ),
        "funding": _rows(
            placement.funding_lines.all(),
            "category__code",
            "source__code",
            "fiscal_year",
            "amount",
        ),
        "transcript": _rows(
            placement.skills_achieved.all(), "skill__code", "level", "evidence"
        ),
    }


def _changes(person):
    """Return earlier versions of the record, with who changed it when."""
    return _rows(
        person.history.all(),
        "history_date",
        "history_user__username",
        "given_name",
        "family_name",
        "birth_date",
        "email",
        "code",
    )


def _processing(person, unseal):
    """Return who did what with the person's rows, from the audit trail."""
    ids = [person.pk, *person.applications.values_list("pk", flat=True)]
    ids += Placement.objects.filter(application__participant=person).values_list(
        "pk", flat=True
    )
    entries = AuditEvent.objects.filter(object_id__in=[str(pk) for pk in ids])
    return [
        {
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action,
            "what": str(words_of(entry.action)),
            "thing": entry.object_type,
            "reason": unseal(entry.data.get("reason", "")),
        }
        for entry in entries.order_by("sequence")
    ]


def _rows(queryset, *fields):
    return list(queryset.values(*fields))
