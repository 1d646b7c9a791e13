"""Slots: proposed by hosts, opened by coordinators, changed until the intake closes."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import ApplicationState, IntakeState, SlotState
from programs.event_kinds import EventKind
from programs.models import Application, SkillRequirement, Slot
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission, Role

from . import audit, events, notices, states
from .actors import forbidden, require_party, runs_program
from .checks import clean, in_order, save

STILL_OPEN = (IntakeState.DRAFT, IntakeState.OPEN)
RATED = (IntakeState.CLOSED, IntakeState.ALLOCATING)
PROPOSE = AuditAction.SLOTS_PROPOSE, EventKind.SLOT_PROPOSE
UPDATE = AuditAction.SLOTS_UPDATE, EventKind.SLOT_UPDATE
"""What each verb tells: the action for the trail, the event for partners."""


def propose(*, intake, by, now, host=None, requirements=(), **fields):
    """Propose a slot of the own institution; a coordinator opens it."""
    host_id = host.pk if host else _own_institution(by)
    slot = Slot(intake=intake, host_id=host_id, state=SlotState.PROPOSED, **fields)
    require_host(slot=slot, by=by)
    _require_open_intake(slot)
    _check(slot)
    with transaction.atomic():
        save(slot)
        _replace_requirements(slot, requirements)
        _note(PROPOSE, slot, by, now)
    return slot


def update(*, slot, by, now, requirements=None, **changes):
    """Change a slot until its intake closes."""
    require_host(slot=slot, by=by)
    _require_open_intake(slot)
    for name, value in changes.items():
        setattr(slot, name, value)
    _check(slot)
    with transaction.atomic():
        slot.save()
        if requirements is not None:
            _replace_requirements(slot, requirements)
        _note(UPDATE, slot, by, now, changed=sorted(changes))
    return slot


def open_(*, slot, by, now):
    """Open a proposed slot, as a coordinator of its program."""
    if not runs_program(by, slot.intake.program):
        raise forbidden(_("Only a coordinator of the program may do this."))
    return _move(slot, SlotState.OPEN, by, now)


def withdraw(*, slot, by, now):
    """Take a slot back, unless people hold places in it."""
    require_host(slot=slot, by=by)
    holding = slot.placements.live().count()
    if holding:
        raise Refusal(
            "slot-in-use",
            _("%(count)d people hold places in this slot; reject or move them first.")
            % {"count": holding},
            kind=RefusalKind.CONFLICT,
            count=holding,
        )
    return _move(slot, SlotState.WITHDRAWN, by, now)


def require_host(*, slot, by):
    """Return the slot; refuse anybody but its host and the program's coordinators."""
    require_party(
        by,
        Permission.RATE,
        institution_id=slot.host_id,
        program=slot.intake.program,
    )
    return slot


def candidates(*, slot):
    """Return who ranked the slot, once the intake is closed, with the rank."""
    return (
        Application.objects.filter(preferences__slot=slot, intake__state__in=RATED)
        .exclude(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
        .annotate(rank=F("preferences__rank"))
        .select_related("participant")
        .prefetch_related(
            "participant__skill_claims__skill", "participant__language_certificates"
        )
        .order_by("rank", "pk")
    )


def _own_institution(by):
    own = by.institution_ids(Role.PARTNER)
    if len(own) != 1:
        raise Refusal("host-missing", _("Say which institution hosts."), field="host")
    return own[0]


def _require_open_intake(slot):
    if slot.intake.state not in STILL_OPEN:
        raise Refusal(
            "intake-closed",
            _("The intake is closed; ask its coordinator for the change."),
            kind=RefusalKind.CONFLICT,
        )


def _check(slot):
    in_order(
        slot.starts_on,
        slot.ends_on,
        field="ends_on",
        message=_("The end has to be after the start."),
    )
    in_order(
        slot.capacity_min,
        slot.capacity_max,
        field="capacity_max",
        message=_("The most people cannot be fewer than the fewest."),
    )
    clean(slot)


def _replace_requirements(slot, requirements):
    keys = {(line["skill"], line["kind"]) for line in requirements}
    if len(keys) < len(requirements):
        raise Refusal(
            "listed-twice", _("A line is listed twice."), field="requirements"
        )
    slot.skill_requirements.all().delete()
    SkillRequirement.objects.bulk_create(
        [SkillRequirement(slot=slot, **line) for line in requirements]
    )


def _move(slot, to, by, now):
    with transaction.atomic():
        states.move(slot, to)
        told = notices.ACTIONS["slot"][to], notices.EVENTS["slot"][to]
        _note(told, slot, by, now)
    return slot


def _note(told, slot, by, now, **data):
    action, kind = told
    audit.record(by=by, action=action, obj=slot, data=data, now=now)
    events.emit(kind=kind, obj=slot, institutions=[slot.host_id], now=now)
