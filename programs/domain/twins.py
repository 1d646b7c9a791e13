"""Registrations of one human: found, shown to officers, and judged by them.

Nothing is merged and nothing is lost: each institution keeps the person it registered.
What officers say can be taken back, and partners are told nothing of it.
"""

import unicodedata
from collections import defaultdict

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.models import Participant
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audit, checks, claims, humans, sealing, transactions
from .actors import require
from .officers import require_officer

SHOWN = ("registered_by", "home_institution", "citizenship")


def doubles(by):
    """Return the groups of registrations that are one human, seen by an officer."""
    rows = _seen(by).exclude(human_key="")
    several = rows.order_by().values("human_key").annotate(n=Count("pk", distinct=True))
    found = defaultdict(list)
    for row in _rows(
        rows.filter(human_key__in=several.filter(n__gt=1).values("human_key"))
    ):
        found[row.human_key].append(row)
    return sorted(found.values(), key=lambda group: group[0].code)


def likely(by):
    """Return groups that have one name and birth date, and are not known to be one.

    Where two have different NIKs they are two: namesakes born on one day.
    """
    fields = ("pk", "given_name", "family_name", "birth_date", "human_key", "nik_hash")
    alike = defaultdict(list)
    for pk, given, family, born, human, nik in (
        _seen(by).order_by().values_list(*fields).distinct()
    ):
        alike[plain_name(f"{given} {family}"), born].append((pk, human or pk, nik))
    chosen = [
        [pk for pk, _human, _nik in group]
        for group in alike.values()
        if len({human for _pk, human, _nik in group}) > 1
        and len({nik for _pk, _human, nik in group} - {""}) < 2
    ]
    rows = {
        row.pk: row
        for row in _rows(_seen(by).filter(pk__in=[p for g in chosen for p in g]))
    }
    groups = [sorted((rows[pk] for pk in group), key=_code) for group in chosen]
    return sorted(groups, key=lambda group: group[0].code)


def doubtful(by):
    """Return people whose NIK holds a birth date that nobody confirmed."""
    return list(_rows(_seen(by).filter(nik_is_doubtful=True)))


def plain_name(name):
    """Return a name as it is compared: letters alone, without accents or case."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


@transactions.verb
def confirm(*, participant, by, reason, now):
    """Confirm that a NIK is the person's, although it holds another birth date.

    Raises
    ------
    Refusal: no officer, no reason, or there is nothing to confirm.
    """
    require_officer(participant, by)
    _require_reason(reason)
    with transactions.atomic():
        claims.claim(people=[participant.pk])
        rows = Participant.objects.filter(pk=participant.pk, nik_is_doubtful=True)
        if not rows.update(nik_is_doubtful=False):
            raise Refusal(
                "nothing-to-confirm",
                _("The NIK of this person is not in doubt."),
                kind=RefusalKind.CONFLICT,
            )
        _note(AuditAction.PARTICIPANTS_CONFIRM_NIK, [participant], by, reason, now)


@transactions.verb
def join(*, people, by, reason, now):
    """Say that registrations are one human: one stay, one place, one amount of money.

    Raises
    ------
    Refusal: no officer, no reason, fewer than two, or their NIKs are of two people.
    """
    people = _held_by_officer(people, by, reason)
    if len({person.nik_hash for person in people} - {""}) > 1:
        raise Refusal(
            "two-niks",
            _("Their NIKs differ, so they are two people; correct a wrong NIK first."),
            kind=RefusalKind.CONFLICT,
        )
    with transactions.atomic():
        ids = [person.pk for person in people]
        claims.claim(people=ids)
        word = min(person.joined or person.pk.hex for person in people)
        for person in people:
            person.joined = word
        humans.hold(people)
        Participant.objects.filter(pk__in=ids).update(joined=word)
        humans.link(people)
        _note(AuditAction.PARTICIPANTS_JOIN, people, by, reason, now)


@transactions.verb
def part(*, people, by, reason, now):
    """Take back an officer's word that registrations are one human.

    Those with the same NIK or passport stay one.
    """
    people = _held_by_officer(people, by, reason)
    with transactions.atomic():
        ids = [person.pk for person in people]
        claims.claim(people=ids)
        before = {person.human_key for person in people}
        humans.hold(people)
        Participant.objects.filter(pk__in=ids).update(joined="")
        # Those that became part of one of them stay with it.
        for person in Participant.objects.filter(pk__in=ids, former__isnull=False):
            own = Participant.objects.filter(Q(pk=person.pk) | Q(merged_into=person))
            own.update(joined=person.pk.hex)
        humans.link(Participant.objects.filter(pk__in=ids), before=before)
        _note(AuditAction.PARTICIPANTS_PART, people, by, reason, now)


def _held_by_officer(people, by, reason):
    _require_reason(reason)
    people = list(Participant.objects.filter(pk__in=[each.pk for each in people]))
    for person in people:
        require_officer(person, by)
        if person.merged_into_id:
            raise checks.merged()
    if len(people) < 2:
        raise Refusal("one-alone", _("Choose at least two registrations."))
    return people


def _require_reason(reason):
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why."), field="reason")


def _note(action, people, by, reason, now):
    sealed = sealing.seal_each({person.pk for person in people}, reason.strip()[:200])
    entries = [(person, {"reason": sealed[person.pk]}) for person in people]
    audit.record_many(by=by, action=action, entries=entries, now=now)


def _seen(by):
    require(by, Permission.REVEAL_PERSON)
    rows = Participant.objects.visible_to(by)
    return rows.filter(erased_at__isnull=True, merged_into__isnull=True)


def _rows(people):
    people = people.defer("nik", "passport", "disability").select_related(*SHOWN)
    return people.order_by("code", "pk").distinct()


def _code(person):
    return person.code, person.pk
