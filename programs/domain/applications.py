"""Applications: sent with ranked wishes while the intake is open, and taken back."""

from django.db import transaction
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import (
    ApplicationState,
    IntakeState,
    PlacementState,
    SlotState,
)
from programs.days import is_open_on
from programs.event_kinds import EventKind
from programs.models import Application, Preference, Slot
from programs.refusals import Refusal, RefusalKind

from . import audit, events, placements, states
from .actors import require_sender
from .checks import save

SUBMIT = AuditAction.APPLICATIONS_SUBMIT, EventKind.APPLICATION_SUBMIT
SET_PREFERENCES = (
    AuditAction.APPLICATIONS_SET_PREFERENCES,
    EventKind.APPLICATION_SET_PREFERENCES,
)
WITHDRAW = AuditAction.APPLICATIONS_WITHDRAW, EventKind.APPLICATION_WITHDRAW
"""What each verb tells: the action for the trail, the event for partners."""


def submit(
    *,
    participant,
    intake,
    by,
    now,
    preferences=(),
    note="",
    nominated_by=None,
    **fields,
):
    """Apply to an intake for a person, with slots or pathways, first wish first.

    Somebody who is not yet eligible is accepted: what is missing may still be reached
    by the start, and ``eligibility.verdicts`` says what it is.
    """
    application = Application(
        participant=participant,
        intake=intake,
        nominated_by_id=nominated_by.pk
        if nominated_by
        else participant.registered_by_id,
        state=ApplicationState.SUBMITTED,
        submitted_at=now,
        note=note,
        **fields,
    )
    require_sender(application, by)
    _require_open(intake, now)
    _require_first(application)
    _check_wishes(intake, preferences)
    with transaction.atomic():
        save(application)
        _write_wishes(application, preferences)
        _note(SUBMIT, application, by, now)
    return application


def set_preferences(*, application, preferences, by, now):
    """Replace the ranked wishes while the intake is open."""
    require_sender(application, by)
    _require_open(application.intake, now)
    _require_alive(application)
    _check_wishes(application.intake, preferences)
    with transaction.atomic():
        application.preferences.all().delete()
        _write_wishes(application, preferences)
        _note(SET_PREFERENCES, application, by, now)
    return application


def withdraw(*, application, by, now, reason=""):
    """Take an application back; places that have not begun are given back with it."""
    require_sender(application, by)
    with transaction.atomic():
        held = application.placements.live().select_related("slot__intake__program")
        placement = held.first()
        if placement is None:
            states.move(application, ApplicationState.WITHDRAWN)
        else:
            # The other steps of a pathway, and the application itself, follow.
            _require_not_begun(held)
            placements.decline(placement=placement, by=by, now=now, reason=reason)
            application.refresh_from_db()
        _note(WITHDRAW, application, by, now)
    return application


def _require_not_begun(held):
    for placement in held:
        if not states.may_move("placement", placement.state, PlacementState.DECLINED):
            raise Refusal(
                "stay-begun",
                _("The stay has begun; the host can end it early."),
                kind=RefusalKind.CONFLICT,
            )


def _require_open(intake, now):
    if intake.state != IntakeState.OPEN or not is_open_on(intake, now):
        raise Refusal(
            "intake-not-open",
            _("Applications are taken from %(first)s to %(last)s; it is %(state)s.")
            % {
                "first": intake.opens_on.isoformat(),
                "last": intake.closes_on.isoformat(),
                "state": intake.get_state_display(),
            },
            kind=RefusalKind.CONFLICT,
            field="intake",
        )


def _require_first(application):
    same = Application.objects.filter(
        participant=application.participant, intake=application.intake
    )
    if same.exists():
        raise Refusal(
            "already-nominated",
            _("This person has an application to this intake."),
            kind=RefusalKind.CONFLICT,
            field="participant",
        )


def _require_alive(application):
    if application.state == ApplicationState.WITHDRAWN:
        raise Refusal(
            "withdrawn",
            _("The application was withdrawn."),
            kind=RefusalKind.CONFLICT,
        )


def _check_wishes(intake, wishes):
    """Refuse too many wishes, and wishes that are not of this intake."""
    if len(wishes) > intake.max_choices:
        raise Refusal(
            "too-many-choices",
            _("At most %(most)d choices are allowed here, not %(given)d.")
            % {"most": intake.max_choices, "given": len(wishes)},
            field="preferences",
        )
    for wish in wishes:
        is_closed = isinstance(wish, Slot) and wish.state != SlotState.OPEN
        if wish.intake_id != intake.pk or is_closed:
            raise Refusal(
                "not-in-intake",
                _("“%(wish)s” is not open in this intake.") % {"wish": wish.code},
                field="preferences",
            )


def _write_wishes(application, wishes):
    Preference.objects.bulk_create(
        [
            Preference(
                application=application,
                rank=rank,
                **{"slot" if isinstance(wish, Slot) else "pathway": wish},
            )
            for rank, wish in enumerate(wishes, start=1)
        ]
    )


def _note(told, application, by, now):
    action, kind = told
    audit.record(
        by=by,
        action=action,
        obj=application,
        data={"intake": str(application.intake_id)},
        now=now,
    )
    events.emit(
        kind=kind,
        obj=application,
        institutions=[application.nominated_by_id],
        now=now,
    )
