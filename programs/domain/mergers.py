"""Two registrations of one human become one, by an officer's word, and two again.

What the one that ends holds goes over to the one that goes on; what clashes is decided
by the officer, one by one. The old registration is left as a pointer without data, and
all it held is kept encrypted beside it until the person is erased. As long as nothing
else has happened to either, the merger can be undone.
"""

import json
import uuid

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import Disability
from programs.event_kinds import EventKind
from programs.models import (
    Application,
    AuditEvent,
    Merger,
    Participant,
    Placement,
)
from programs.refusals import Refusal, RefusalKind

from . import (
    applications,
    audit,
    awaited,
    checks,
    claims,
    events,
    humans,
    identities,
    merging,
    participants,
    sealing,
    transactions,
)
from .actors import name_of
from .merging import GONE, KEPT
from .officers import require_officer
from .traces import GONE as NOTHING

READINGS = (
    AuditAction.PARTICIPANTS_READ,
    AuditAction.PARTICIPANTS_REVEAL,
    AuditAction.PARTICIPANTS_EXPORT,
    AuditAction.PARTICIPANTS_FIND_BY_NIK,
)
"""What may happen to a registration without anything resting on it."""
BEFORE = (
    *(name for names in merging.COLUMNS.values() for name in names),
    *("restricted_at", "erase_on", "joined", "nik_is_doubtful"),
)
"""Columns of a person that a merger may change."""


@transactions.verb
def merge(*, kept, gone, choices, by, reason, now, is_agreed=False):
    """Move all that one registration of a human holds to another; return the merger.

    Parameters
    ----------
    kept, gone: the registration that goes on, and the one that ends.
    choices: {key of a clash: ``KEPT`` or ``GONE``}, one for each there is.
    is_agreed: whether both institutions have agreed, where two registered the person:
        the one whose registration ends reads the other's from now on.

    Raises
    ------
    Refusal: no officer, no reason, not one human, something is undecided, or an
    application that was not chosen holds a place.
    """
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why."), field="reason")
    with transactions.atomic():
        claims.claim(people=[kept.pk, gone.pk])
        kept, gone = (Participant.objects.get(pk=each.pk) for each in (kept, gone))
        require_mergeable(kept, gone, by)
        if kept.registered_by_id != gone.registered_by_id and not is_agreed:
            raise Refusal(
                "two-institutions",
                _(
                    "Two institutions registered this person, and neither knows of the "
                    "other. Merge only what both have agreed to, and say so."
                ),
                kind=RefusalKind.CONFLICT,
                field="is_agreed",
            )
        found = merging.compare(kept, gone)
        _require_decided(found, choices)
        humans.hold([kept, gone])
        merger = Merger(kept=kept, gone=gone, merged_at=now, merged_by=name_of(by))
        told = [kept.registered_by_id, *_who_knew(gone)]
        before = {"kept": _columns(kept), "gone": _columns(gone)}
        out, back = _sort(merger, found, choices)
        before["left_out"] = json.loads(serializers.serialize("json", out))
        before["joined"] = _join(kept, gone)
        for row in out:
            row._meta.model._base_manager.filter(pk=row.pk).delete()
        _exchange(merger, kept, gone)
        merger.content = json.dumps(before, cls=DjangoJSONEncoder)
        _fill(kept, gone, found, choices)
        merger.save(force_insert=True)
        awaited.look_again([kept.pk])
        _note(AuditAction.PARTICIPANTS_MERGE, merger, by, reason, now, told)
        applications.take_back(back, by=by, now=now)
    return merger


@transactions.verb
def undo(*, merger, by, reason, now):
    """Make two registrations of one again, as they were before.

    Raises
    ------
    Refusal: no officer, no reason, undone already, or something rests on it.
    """
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why."), field="reason")
    with transactions.atomic():
        claims.claim(people=[merger.kept_id, merger.gone_id])
        kept, gone = (
            Participant.objects.get(pk=pk) for pk in (merger.kept_id, merger.gone_id)
        )
        for person in (kept, gone):
            require_officer(person, by)
        in_force = Merger.objects.filter(pk=merger.pk, undone_at=None)
        merger = in_force.filter(content__isnull=False).first()
        if merger is None:
            raise Refusal(
                "not-merged",
                _("This merger was undone, or the person erased, already."),
                kind=RefusalKind.CONFLICT,
            )
        _require_untouched(merger, kept)
        humans.hold([kept, gone])
        keys = {kept.human_key, gone.human_key}
        before = json.loads(merger.content)
        _exchange(merger, kept, gone, is_undone=True)
        for each in serializers.deserialize("json", json.dumps(before["left_out"])):
            each.save(force_insert=True)
        for person, name in ((kept, "kept"), (gone, "gone")):
            _restore(person, before[name])
        for word, ids in before["joined"].items():
            Participant.objects.filter(pk__in=ids).update(joined=word)
        people = Participant.objects.filter(pk__in=[kept.pk, gone.pk])
        humans.link(people, before=keys)
        merger.undone_at, merger.undone_by, merger.content = now, name_of(by), None
        merger.save()
        told = [kept.registered_by_id, *_who_knew(gone)]
        awaited.look_again([kept.pk, gone.pk])
        _note(AuditAction.PARTICIPANTS_UNMERGE, merger, by, reason, now, told)
    return merger


def in_force(by):
    """Return the mergers that stand, the newest first, seen by an officer."""
    rows = (
        Merger.objects.visible_to(by)
        .filter(undone_at=None)
        .filter(content__isnull=False)
    )
    return rows.select_related("kept", "gone__registered_by").order_by("-merged_at")


def former(person):
    """Return all registrations that became part of a person's, those of those too."""
    found, ids = [], [person.pk]
    while ids:
        rows = list(Participant.objects.filter(merged_into__in=ids).order_by("pk"))
        found += rows
        ids = [row.pk for row in rows]
    return found


def require_mergeable(kept, gone, by):
    """Refuse two registrations that cannot become one.

    Raises
    ------
    Refusal: no officer, one registration alone, not one human by what is known, erased
    or merged already, or the officer does not see every application of both.
    """
    for person in (kept, gone):
        require_officer(person, by)
        if person.erased_at is not None:
            raise checks.erased()
        if person.merged_into_id is not None:
            raise checks.merged()
    if kept.pk == gone.pk or kept.human != gone.human:
        raise Refusal(
            "two-people",
            _(
                "These registrations are not known to be one human; say that they are "
                "first."
            ),
            kind=RefusalKind.CONFLICT,
        )
    if kept.nik_hash and gone.nik_hash and kept.nik_hash != gone.nik_hash:
        raise Refusal(
            "two-niks",
            _("Their NIKs differ, so they are two people; correct a wrong NIK first."),
            kind=RefusalKind.CONFLICT,
        )
    own = Application.objects.filter(participant__in=[kept, gone])
    if own.exclude(pk__in=Application.objects.visible_to(by).values("pk")).exists():
        raise Refusal(
            "not-all-seen",
            _(
                "The person has applied to programs that you do not run. Ask somebody "
                "who sees them all, a planner or an administrator."
            ),
            kind=RefusalKind.FORBIDDEN,
        )


def _require_decided(found, choices):
    """Refuse what is not decided, and a chosen application that gives up a place."""
    for clash in found.clashes:
        choice = choices.get(clash.key)
        if choice not in (KEPT, GONE):
            raise Refusal(
                "undecided",
                _("Decide which of the two counts: %(what)s.") % {"what": clash.what},
                field=clash.key,
            )
        if isinstance(clash.ours, Application):
            other = clash.theirs if choice == KEPT else clash.ours
            if merging.holds_place(other):
                raise Refusal(
                    "place-held",
                    _(
                        "The application to %(intake)s that you did not choose holds a "
                        "place; choose that one."
                    )
                    % {"intake": other.intake.code},
                    kind=RefusalKind.CONFLICT,
                    field=clash.key,
                )


def _sort(merger, found, choices):
    """Note in a merger which rows go where; return rows that go out, and applications
    that are taken back."""
    moves, out, back = {}, list(found.alike), []

    def move(row, to_kept):
        moves.setdefault(row._meta.label, []).append((str(row.pk), to_kept))

    for row in found.moves:
        move(row, True)
    for clash in found.clashes:
        is_theirs = choices[clash.key] == GONE
        if clash.key == merging.FREE:
            out += clash.ours if is_theirs else clash.theirs
            for row in clash.theirs if is_theirs else ():
                move(row, True)
        elif isinstance(clash.theirs, Application):
            back.append((clash.ours if is_theirs else clash.theirs).pk)
            if is_theirs:
                move(clash.theirs, True)
                move(clash.ours, False)
        elif isinstance(clash.theirs, merging.Consent):
            if is_theirs:
                move(clash.theirs, True)
        elif clash.theirs is not None:
            out.append(clash.ours if is_theirs else clash.theirs)
            if is_theirs:
                move(clash.theirs, True)
    merger.moves = moves
    waiting = Application.objects.filter(pk__in=back, state__in=applications.WAITING)
    return out, waiting


def _exchange(merger, kept, gone, *, is_undone=False):
    """Point the rows of a merger at the other registration.

    Two applications to one intake that change places have to pass each other: a person
    applies to an intake once. So one waits at a registration of nobody meanwhile.
    """
    parked = None
    for model, name in merging.relations():
        pairs = merger.moves.get(model._meta.label, ())
        rows = model._base_manager
        over = [pk for pk, to_kept in pairs if to_kept]
        back = [pk for pk, to_kept in pairs if not to_kept]
        if back and parked is None:
            parked = _parked(gone)
        rows.filter(pk__in=back).update(**{name: parked})
        rows.filter(pk__in=over).update(**{name: gone if is_undone else kept})
        rows.filter(pk__in=back).update(**{name: kept if is_undone else gone})
    if parked is not None:
        Participant.objects.filter(pk=parked.pk)._raw_delete(DEFAULT_DB_ALIAS)


def _parked(person):
    """Return a registration of nobody, within the transaction."""
    row = Participant(
        code=f"parked-{uuid.uuid4().hex[:16]}",
        given_name=NOTHING,
        birth_date=person.birth_date,
        citizenship_id=person.citizenship_id,
        home_institution_id=person.home_institution_id,
        registered_by_id=person.registered_by_id,
        kkni=person.kkni,
        isced_f=person.isced_f,
    )
    return Participant.objects.bulk_create([row])[0]


def _join(kept, gone):
    """Make both one human by an officer's word, so that they stay one without ids.

    Returns {word: ids} of the words there were.
    """
    word = kept.joined or gone.joined or gone.pk.hex
    rows = Participant.objects.filter(pk__in=[kept.pk, gone.pk])
    if gone.joined:
        rows |= Participant.objects.filter(joined=gone.joined)
    before = {}
    for pk, joined in rows.values_list("pk", "joined"):
        before.setdefault(joined, []).append(str(pk))
    rows.update(joined=word)
    kept.joined = gone.joined = word
    return before


def _columns(person):
    """Return the columns of a person as they are, ready for JSON."""
    return {
        name: getattr(person, Participant._meta.get_field(name).attname)
        for name in BEFORE
    }


def _fill(kept, gone, found, choices):
    """Empty the registration that ends, and give the other what it takes from it."""
    chosen = [key for key in merging.COLUMNS if choices.get(key) == GONE]
    clashing = {clash.key for clash in found.clashes}
    taken = {
        name: getattr(gone, Participant._meta.get_field(name).attname)
        for key in (*found.filled, *(key for key in chosen if key in clashing))
        for name in merging.COLUMNS[key]
    }
    restricted = [each for each in (kept.restricted_at, gone.restricted_at) if each]
    _empty(gone, kept)
    for name, value in taken.items():
        setattr(kept, Participant._meta.get_field(name).attname, value)
    kept.restricted_at = min(restricted, default=None)
    checks.require(
        checks.gather(
            identities.of_people([(0, participants.Entry(kept, tuple(taken)))]),
            ((0, refusal) for refusal in checks.of_fields(kept)),
        )
    )
    kept.save()
    humans.link([kept, gone], before={kept.human_key, gone.human_key})


def _empty(person, into):
    """Leave a registration as a pointer without data of its own; its history goes on
    to the other."""
    person.given_name, person.family_name, person.email = NOTHING, "", ""
    person.birth_date = person.birth_date.replace(month=1, day=1)
    person.regency = None
    person.nik, person.nik_hash, person.disability = "", "", Disability.NONE
    person.passport, person.passport_hash, person.nik_is_doubtful = None, "", False
    person.restricted_at = person.erase_on = None
    person.merged_into = into
    _save_quietly(person)


def _restore(person, before):
    for name, value in before.items():
        field = Participant._meta.get_field(name)
        setattr(person, field.attname, field.to_python(value))
    doubt = person.nik_is_doubtful
    person.merged_into = None
    entry = participants.Entry(person, ())
    checks.require(checks.gather(identities.of_people([(0, entry)])))
    person.nik_is_doubtful = doubt
    _save_quietly(person)


def _save_quietly(person):
    """Save without a version in the history: nobody has edited the person."""
    person.skip_history_when_saving = True
    try:
        person.save()
    finally:
        del person.skip_history_when_saving


def _require_untouched(merger, kept):
    """Refuse where something rests on a merger: nothing of that may be torn apart."""
    own = AuditEvent.objects.filter(
        action=AuditAction.PARTICIPANTS_MERGE,
        object_id__in=[str(merger.kept_id), str(merger.gone_id)],
        data__merger=str(merger.pk),
    ).order_by("-sequence")
    ids = {str(merger.kept_id), str(merger.gone_id)}
    people = [merger.kept_id, merger.gone_id]
    own_rows = {"application__participant__in": people}
    for rows in (
        Application.objects.filter(participant__in=people),
        Placement.objects.filter(**own_rows),
    ):
        ids |= {str(pk) for pk in rows.values_list("pk", flat=True)}
    later = AuditEvent.objects.filter(
        object_id__in=ids, sequence__gt=own.values("sequence")[:1]
    ).exclude(action__in=READINGS)
    moved = sum(
        model._base_manager.filter(
            pk__in=[pk for pk, to_kept in merger.moves.get(model._meta.label, ())]
        ).count()
        for model, _name in merging.relations()
    )
    is_whole = moved == sum(map(len, merger.moves.values()))
    if later.exists() or not is_whole or kept.merged_into_id is not None:
        raise Refusal(
            "merger-stands",
            _(
                "This merger cannot be undone any more: since then something happened "
                "to the person, an application or a place (%(count)s entries in the "
                "trail)."
            )
            % {"count": later.count()},
            kind=RefusalKind.CONFLICT,
        )


def _who_knew(gone):
    """Return the institutions that hold a copy of a registration."""
    sent = gone.applications.values_list("nominated_by", flat=True)
    return [gone.registered_by_id, gone.home_institution_id, *sent]


def _note(action, merger, by, reason, now, told):
    people = [merger.kept, merger.gone]
    sealed = sealing.seal_each({each.pk for each in people}, reason.strip()[:200])
    data = {"merger": str(merger.pk)}
    entries = [(each, data | {"reason": sealed[each.pk]}) for each in people]
    audit.record_many(by=by, action=action, entries=entries, now=now)
    kind = EventKind.PARTICIPANT_MERGED
    # Each learns of the registration it knows, and of no other.
    both = [(merger.kept, told[:1]), (merger.gone, told[1:])]
    events.emit_many(kind=kind, entries=both, now=now)
