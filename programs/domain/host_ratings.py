"""What hosts think of candidates: a score, or a veto with its reason."""

from django.utils.translation import gettext as _

from programs import formats
from programs.audit_actions import AuditAction
from programs.choices import IntakeState
from programs.days import day_of
from programs.models import HostRating, Intake
from programs.refusals import Refusal, RefusalKind

from . import audit, claims, slot_checks, transactions
from .checks import clean

OPEN_FOR_RATINGS = (IntakeState.OPEN, IntakeState.CLOSED, IntakeState.ALLOCATING)


@transactions.verb
def rate(*, application, slot, by, now, score=None, veto_reason=""):
    """Score or veto a candidate of the own slot until the decision; the last counts."""
    slot_checks.require_host(slot=slot, by=by)
    _require_candidate(application, slot)
    with transactions.atomic():
        claims.keep(intakes=[slot.intake_id])
        claims.claim(people=[application.participant_id])
        _require_in_time(Intake.objects.get(pk=slot.intake_id), now)
        return _write(application, slot, score, veto_reason, by, now)


def _write(application, slot, score, veto_reason, by, now):
    rating = HostRating.objects.filter(application=application, slot=slot).first()
    rating = rating or HostRating(application=application, slot=slot)
    rating.score = score
    rating.is_veto = bool(veto_reason)
    rating.reason = veto_reason
    rating.rated_by_id = by.pk
    clean(rating)
    rating.save()
    audit.record(
        by=by,
        action=AuditAction.HOST_RATINGS_RATE,
        obj=rating,
        data={"application": str(application.pk), "veto": rating.is_veto},
        now=now,
    )
    return rating


def _require_in_time(intake, now):
    if intake.state not in OPEN_FOR_RATINGS or day_of(now, intake) > intake.decide_by:
        raise Refusal(
            "ratings-closed",
            _("Ratings closed on %(day)s.") % {"day": formats.day(intake.decide_by)},
            kind=RefusalKind.CONFLICT,
        )


def _require_candidate(application, slot):
    if application.intake_id != slot.intake_id:
        raise Refusal(
            "other-intake",
            _("This person did not apply to the intake of the slot."),
            field="nomination",
        )
