"""What a person may ask for about the own data, answered by a human in time."""

from datetime import timedelta

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import LIVE_PLACEMENT_STATES, RightsKind, RightsOutcome
from programs.event_kinds import EventKind
from programs.models import Participant, Placement, RightsRequest, User
from programs.refusals import Refusal, RefusalKind

from . import audit, checks, claims, events, sealing, transactions
from .actors import is_the_person, name_of
from .officers import keep_known, require_officer, require_officer_or_sender

TIME = timedelta(hours=3 * 24)
"""Three times 24 hours from the request (Law 27/2022)."""


@transactions.verb
def receive(*, participant, kind, words, by, now, application=None):
    """Note a request the moment it came in; its clock starts.

    Parameters
    ----------
    application: what an objection is about; one of the person's own.
    """
    if not is_the_person(by, participant.pk):
        require_officer_or_sender(participant, by)
    if application is not None and application.participant_id != participant.pk:
        raise Refusal(
            "not-own",
            _("This is the application of somebody else."),
            field="application",
        )
    if kind == RightsKind.OBJECTION and application is None:
        raise Refusal(
            "application-missing",
            _("Say which application the objection is about."),
            field="application",
        )
    row = RightsRequest(
        participant=participant,
        kind=kind,
        words=words.strip(),
        application=application,
        received_at=now,
        due_at=now + TIME,
        received_by=name_of(by),
    )
    row.full_clean()
    with transactions.atomic():
        keep_known(participant)
        row.save(force_insert=True)
        _note(AuditAction.RIGHTS_RECEIVE, row, by, now)
    return row


@transactions.verb
def answer(*, request, words, by, now, outcome=RightsOutcome.GRANTED):
    """Answer a request in a human's words; what follows from it was done before.

    Raises
    ------
    Refusal: no words, not a human, or answered already.
    """
    require_officer(request.participant, by)
    if not isinstance(by, User):
        raise Refusal(
            "not-a-human",
            _("A human answers a request; sign in with an account of your own."),
            kind=RefusalKind.FORBIDDEN,
        )
    if not words.strip():
        raise Refusal(
            "answer-missing",
            _("Write what was done, or why it was not; the person reads it."),
            field="words",
        )
    with transactions.atomic():
        open_ = RightsRequest.objects.filter(pk=request.pk, answered_at__isnull=True)
        signature = {
            "answered_at": now,
            "answered_by": name_of(by),
            "outcome": RightsOutcome(outcome),
        }
        if not open_.update(answer=words.strip(), **signature):
            raise Refusal(
                "answered-already",
                _("Somebody has answered this request already."),
                kind=RefusalKind.CONFLICT,
            )
        facts = {"late": now > request.due_at, "outcome": str(outcome)}
        _note(AuditAction.RIGHTS_ANSWER, request, by, now, **facts)
    request.refresh_from_db()
    return request


@transactions.verb
def restrict(*, participant, reason, by, now):
    """Keep a person's data and process them no more, until ``lift``.

    The person leaves the pool of every new plan, the waiting lists, the candidates
    that hosts see, and what hosts see of a stay that has not begun. A place that
    stands is not moved.

    Raises
    ------
    Refusal: no reason, or restricted already.
    """
    _require_reason(participant, reason, by)
    with transactions.atomic():
        _set(participant, before=False, since=now)
        _tell(AuditAction.RIGHTS_RESTRICT, participant, reason, by, now)
    return participant


@transactions.verb
def lift(*, participant, reason, by, now):
    """Process a person's data again."""
    _require_reason(participant, reason, by)
    with transactions.atomic():
        _set(participant, before=True, since=None)
        _tell(AuditAction.RIGHTS_LIFT, participant, reason, by, now)
    return participant


def standing(participant):
    """Return the places a person holds, which a restriction leaves as they are."""
    return Placement.objects.filter(
        application__participant=participant, state__in=LIVE_PLACEMENT_STATES
    ).exclude(state="completed")


def waiting(by):
    """Return requests that wait for an answer of the officer, the next due first."""
    people = Participant.objects.visible_to(by)
    return RightsRequest.objects.filter(
        answered_at__isnull=True, participant__in=people
    ).order_by("due_at")


def _require_reason(participant, reason, by):
    require_officer(participant, by)
    if participant.merged_into_id is not None:
        raise checks.merged()
    if not reason.strip():
        raise Refusal(
            "reason-missing",
            _("Say what the person asked for, or why it is lifted."),
            field="reason",
        )


def _set(participant, *, before, since):
    """Change whether a person is restricted, unless somebody has already."""
    claims.claim(people=[participant.pk])
    rows = Participant.objects.filter(pk=participant.pk)
    if not rows.filter(restricted_at__isnull=not before).update(restricted_at=since):
        raise Refusal(
            "restricted-already" if since else "not-restricted",
            _("The processing of the person's data is restricted already.")
            if since
            else _("The processing of the person's data is not restricted."),
            kind=RefusalKind.CONFLICT,
        )
    participant.restricted_at = since


def _tell(action, participant, reason, by, now):
    data = {"reason": sealing.seal(participant, reason.strip()[:200])}
    audit.record(by=by, action=action, obj=participant, data=data, now=now)
    events.emit(
        kind=EventKind.PARTICIPANT_UPDATED,
        obj=participant,
        institutions=[participant.registered_by_id],
        now=now,
    )


def _note(action, row, by, now, **facts):
    data = {"kind": row.kind, "request": str(row.pk), **facts}
    audit.record(by=by, action=action, obj=row.participant, data=data, now=now)
