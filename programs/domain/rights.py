"""What a person may ask for about the own data, answered by a human in time."""

from datetime import timedelta

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.models import Participant, RightsRequest
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audit, transactions
from .actors import name_of, require

TIME = timedelta(hours=3 * 24)
"""Three times 24 hours from the request (Law 27/2022)."""


@transactions.verb
def receive(*, participant, kind, words, by, now):
    """Note a request the moment it came in; its clock starts."""
    _require_officer(participant, by)
    row = RightsRequest(
        participant=participant,
        kind=kind,
        words=words.strip(),
        received_at=now,
        due_at=now + TIME,
        received_by=name_of(by),
    )
    row.full_clean()
    with transactions.atomic():
        row.save(force_insert=True)
        _note(AuditAction.RIGHTS_RECEIVE, row, by, now)
    return row


@transactions.verb
def answer(*, request, words, by, now):
    """Answer a request in a human's words; what follows from it was done before."""
    _require_officer(request.participant, by)
    if not words.strip():
        raise Refusal(
            "answer-missing",
            _("Write what was done, or why it was not; the person reads it."),
            field="words",
        )
    with transactions.atomic():
        open_ = RightsRequest.objects.filter(pk=request.pk, answered_at__isnull=True)
        signature = {"answered_at": now, "answered_by": name_of(by)}
        if not open_.update(answer=words.strip(), **signature):
            raise Refusal(
                "answered-already",
                _("Somebody has answered this request already."),
                kind=RefusalKind.CONFLICT,
            )
        _note(AuditAction.RIGHTS_ANSWER, request, by, now, late=now > request.due_at)
    request.refresh_from_db()
    return request


def waiting(by):
    """Return requests that wait for an answer of the officer, the next due first."""
    people = Participant.objects.visible_to(by)
    return RightsRequest.objects.filter(
        answered_at__isnull=True, participant__in=people
    ).order_by("due_at")


def _require_officer(participant, by):
    require(by, Permission.REVEAL_PERSON)
    if not Participant.objects.visible_to(by).filter(pk=participant.pk).exists():
        raise Refusal(
            "not-found", _("There is no such person."), kind=RefusalKind.FORBIDDEN
        )


def _note(action, row, by, now, **facts):
    data = {"kind": row.kind, "request": str(row.pk), **facts}
    audit.record(by=by, action=action, obj=row.participant, data=data, now=now)
