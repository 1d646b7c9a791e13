"""Changes of stays by consent: other days within the slot, or another slot of the host.

Sender, host or coordinator propose; who has not yet agreed answers, the sender for the
person. With both consents the stay is changed in one transaction, judged on what holds
at that moment. A proposal is tried the same way and taken back: what could not be
agreed to is refused at once.
"""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import CHANGING_PLACEMENT_STATES, ChangeSide, ChangeState
from programs.event_kinds import EventKind
from programs.models import FundingSource, Placement, PlacementChange, Slot
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission, Role

from . import (
    audit,
    awaited,
    checks,
    claims,
    events,
    stay_checks,
    stay_money,
    transactions,
)
from .actors import SYSTEM, forbidden, name_of, runs_program
from .placements import with_parties
from .states import changed_meanwhile

ANSWER_WITHIN = timedelta(days=14)
"""How long a proposed change waits for the other side."""
TOLD = {
    ChangeState.PROPOSED: (
        AuditAction.PLACEMENTS_CHANGE_PROPOSED,
        EventKind.PLACEMENT_CHANGE_PROPOSED,
    ),
    ChangeState.AGREED: (
        AuditAction.PLACEMENTS_CHANGE_AGREED,
        EventKind.PLACEMENT_CHANGE_AGREED,
    ),
    ChangeState.REFUSED: (
        AuditAction.PLACEMENTS_CHANGE_REFUSED,
        EventKind.PLACEMENT_CHANGE_REFUSED,
    ),
    ChangeState.WITHDRAWN: (
        AuditAction.PLACEMENTS_CHANGE_WITHDRAWN,
        EventKind.PLACEMENT_CHANGE_WITHDRAWN,
    ),
    ChangeState.LAPSED: (
        AuditAction.PLACEMENTS_CHANGE_LAPSED,
        EventKind.PLACEMENT_CHANGE_LAPSED,
    ),
}
"""What each state of a change tells: the action for the trail, the event."""


class Sides(NamedTuple):
    """For whom somebody speaks about a stay."""

    own: tuple
    is_coordinator: bool


@transactions.verb
def propose(*, placement, by, now, reason, starts_on=None, ends_on=None, slot=None):
    """Propose other days for a stay, or another slot of its host.

    Parameters
    ----------
    starts_on, ends_on: the first day, and the day after the last one; what is left out
        stays as it is, in another slot as that slot has it.
    slot: another slot of the same host; the same one unless given.
    reason: why; the other side reads it.

    Raises
    ------
    Refusal: it cannot be, or another change of this stay waits for its answer.
    """
    sides = require_sides(placement, by)
    _require_reason(reason)
    target = slot or placement.slot
    current = placement if target.pk == placement.slot_id else target
    said = sides.own
    change = PlacementChange(
        placement=placement,
        slot=target,
        starts_on=starts_on or current.starts_on,
        ends_on=ends_on or current.ends_on,
        old_slot=placement.slot,
        old_starts_on=placement.starts_on,
        old_ends_on=placement.ends_on,
        reason=reason.strip(),
        side=said[0] if said else ChangeSide.COORDINATOR,
        proposed_by=name_of(by),
        proposed_at=now,
        answer_by=now + ANSWER_WITHIN,
        sender_agreed_at=now if ChangeSide.SENDER in said else None,
        host_agreed_at=now if ChangeSide.HOST in said else None,
    )
    with transactions.atomic():
        _claim(change)
        if placement.changes.filter(state=ChangeState.PROPOSED).exists():
            raise _is_open()
        _try(change, now, sides)
        checks.clean(change)
        change.save()
        _tell(change, by, now)
        if not change.waits_for:
            _carry_out(change, by, now, sides)
    return change


@transactions.verb
def agree(*, change, by, now, side=""):
    """Agree to a change for a side; with the consent of both it is carried out.

    Parameters
    ----------
    side: for whom a coordinator answers; a partner answers for itself.

    Raises
    ------
    Refusal: it is no longer open, or cannot be any more.
    """
    sides = require_sides(change.placement, by)
    answering = _answering(change, sides, side)
    with transactions.atomic():
        _claim(change)
        _require_open(change, now)
        said = {f"{each}_agreed_at": now for each in answering}
        PlacementChange.objects.filter(pk=change.pk).update(**said)
        change.refresh_from_db()
        if change.waits_for:
            audit.record(
                by=by,
                action=AuditAction.PLACEMENTS_CHANGE_CONSENTED,
                obj=change.placement,
                data={"change": str(change.pk), "sides": sorted(answering)},
                now=now,
            )
        else:
            _carry_out(change, by, now, sides, answering)
    return change


@transactions.verb
def refuse(*, change, by, now, reason, side=""):
    """Refuse a change for a side that has not agreed; the stay remains as it is."""
    answering = _answering(change, require_sides(change.placement, by), side)
    _require_reason(reason)
    with transactions.atomic():
        _require_open(change, now)
        _end(change, ChangeState.REFUSED, by, now, reason.strip(), answering)
    return change


@transactions.verb
def withdraw(*, change, by, now):
    """Take back a change that is not yet agreed, as the side that proposed it."""
    sides = require_sides(change.placement, by)
    if not sides.is_coordinator and change.side not in sides.own:
        raise forbidden(_("Only who proposed a change takes it back."))
    with transactions.atomic():
        _require_open(change, now)
        _end(change, ChangeState.WITHDRAWN, by, now)
    return change


def lapse_due(*, now, by=SYSTEM):
    """Let open changes lapse that nobody answered, or whose stay allows none any more.

    Returns them.
    """
    due = PlacementChange.objects.filter(state=ChangeState.PROPOSED)
    due = due.filter(
        Q(answer_by__lt=now) | ~Q(placement__state__in=CHANGING_PLACEMENT_STATES)
    )
    due = due.select_related("placement__application", "placement__slot__intake")
    return transactions.one_by_one(_lapse, due, by, now)


@transactions.verb
def _lapse(change, by, now):
    with transactions.atomic():
        _end(change, ChangeState.LAPSED, by, now)


def require_sides(placement, by):
    """Return for whom the actor speaks; refuse who is not concerned."""
    application = placement.application
    institutions = {
        ChangeSide.SENDER: (application.nominated_by_id, Permission.NOMINATE),
        ChangeSide.HOST: (placement.slot.host_id, Permission.RATE),
    }
    if not (by.is_authenticated and by.is_active):
        raise forbidden(_("Your role does not allow this."))
    works_for = by.institution_ids(Role.PARTNER)
    own = tuple(
        side
        for side, (institution, permission) in institutions.items()
        if institution in works_for and by.allows(permission)
    )
    is_coordinator = runs_program(by, placement.slot.intake.program)
    if not (own or is_coordinator):
        raise forbidden(_("Only the institution concerned may do this."))
    return Sides(own, is_coordinator)


def _answering(change, sides, side):
    """Return the sides that the actor answers for; refuse who has no answer to give."""
    if not sides.own and not side:
        raise Refusal(
            "side-missing",
            _("Say for whom you answer: the sender or the host."),
            field="side",
        )
    if side and side not in sides.own and not sides.is_coordinator:
        raise forbidden(_("You cannot answer for the other side."))
    answering = {ChangeSide(side)} if side else set(sides.own)
    if change.state == ChangeState.PROPOSED and not answering & {*change.waits_for}:
        raise Refusal(
            "already-agreed",
            _("This side has agreed already; the other one has to answer."),
            kind=RefusalKind.CONFLICT,
        )
    return answering


def _require_reason(reason):
    if not reason.strip():
        raise Refusal(
            "reason-missing",
            _("Give a reason; the other side reads it."),
            field="reason",
        )


def _claim(change):
    """Claim all that the change draws on, before it is read again."""
    slots = [change.slot, change.placement.slot]
    program = change.slot.intake.program_id
    payers = Q(funding_rules__program=program) | Q(institution=change.slot.host_id)
    resources = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    claims.claim(
        intakes=[change.slot.intake_id],
        slots=[slot.pk for slot in slots],
        agreements=[change.slot.agreement_id, change.placement.agreement_id],
        routes=[slot.route_id for slot in slots],
        resources=resources.values_list("resource_uses__resource", flat=True),
        people=[change.placement.application.participant_id],
        sources=FundingSource.objects.filter(payers).values_list("pk", flat=True),
    )
    change.placement.refresh_from_db(fields=STAY)


STAY = ("state", "version", "slot", "agreement", "own_starts_on", "own_ends_on")
"""What a change reads of a stay, and what it writes but for the state."""


def _try(change, now, sides):
    """Carry a change out and take it back: seats, caps, stays and money are refused."""
    with transaction.atomic():
        _change_stay(change, now, sides)
        transaction.set_rollback(True)
    change.placement.refresh_from_db(fields=STAY)


def _carry_out(change, by, now, sides, answering=()):
    _change_stay(change, now, sides)
    _end(change, ChangeState.AGREED, by, now, answering=answering)


def _change_stay(change, now, sides):
    """Move the stay to its new days and slot, and book its money anew."""
    placement, slot = change.placement, change.slot
    # Why rules forbid something is the person's: sender and coordinators read it.
    tells_why = sides.is_coordinator or ChangeSide.SENDER in sides.own
    stay_checks.require_possible(change, now=now, tells_why=tells_why)
    booked = stay_money.book(change)
    is_moved = slot.pk != placement.slot_id
    is_as_slot = (change.starts_on, change.ends_on) == (slot.starts_on, slot.ends_on)
    # What is given back comes first: the same money may pay for the stay as it will be.
    placement.funding_lines.filter(pk__in=booked.gone).delete()
    same = Placement.objects.filter(pk=placement.pk, version=placement.version)
    if not same.update(
        slot=slot,
        agreement=slot.agreement_id if is_moved else placement.agreement_id,
        own_starts_on=None if is_as_slot else change.starts_on,
        own_ends_on=None if is_as_slot else change.ends_on,
        version=F("version") + 1,
    ):
        raise changed_meanwhile()
    placement.funding_lines.bulk_create(booked.new)
    placement.refresh_from_db(fields=STAY)
    awaited.renew(placement)


def _require_open(change, now):
    if change.answer_by < now:
        raise Refusal(
            "change-lapsed",
            _("Nobody answered this change in time; propose it again."),
            kind=RefusalKind.CONFLICT,
        )
    if not PlacementChange.objects.filter(
        pk=change.pk, state=ChangeState.PROPOSED
    ).exists():
        raise _is_settled()


def _end(change, to, by, now, answer="", answering=()):
    """Settle an open change by one conditional update, and tell of it."""
    still = PlacementChange.objects.filter(pk=change.pk, state=ChangeState.PROPOSED)
    if not still.update(state=to, ended_at=now, answer=answer):
        raise _is_settled()
    change.state, change.ended_at, change.answer = to, now, answer
    _tell(change, by, now, answering)


def _tell(change, by, now, answering=()):
    action, kind = TOLD[ChangeState(change.state)]
    said = {"sides": sorted(answering)} if answering else {}
    audit.record(
        by=by,
        action=action,
        obj=change.placement,
        data={
            "change": str(change.pk),
            "starts_on": change.starts_on.isoformat(),
            "ends_on": change.ends_on.isoformat(),
            "slot": str(change.slot_id),
            **said,
        },
        now=now,
    )
    events.emit_many(kind=kind, entries=with_parties([change.placement]), now=now)


def _is_settled():
    return Refusal(
        "change-settled",
        _("This change is settled already; read the placement again."),
        kind=RefusalKind.CONFLICT,
    )


def _is_open():
    return Refusal(
        "change-open",
        _(
            "Another change of this stay waits for its answer. Answer it or take it "
            "back first."
        ),
        kind=RefusalKind.CONFLICT,
    )
