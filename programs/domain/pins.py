"""Pins: a coordinator's binding word on one person and one slot, with its reason."""

from django.utils.translation import gettext as _

from programs import eligibility
from programs.audit_actions import AuditAction
from programs.choices import PinKind
from programs.days import day_of
from programs.models import Pin
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audit, claims, transactions
from .actors import forbidden, runs_program
from .checks import save


@transactions.verb
def pin(*, application, slot, by, now, reason, until=None):
    """Give a person a slot whatever the plan would prefer; the place has to be usable.

    Parameters
    ----------
    until: the last day the pin binds; for ever unless given.
    """
    _require_decider(application, by)
    _require_usable(application, slot, now)
    with transactions.atomic():
        # Two who pin the last seat take turns here; the second one is refused.
        claims.claim(slots=[slot.pk], people=[application.participant_id])
        row = _put(application, slot, PinKind.PIN, by, now, reason, until)
        _require_seat(slot)
        _record(AuditAction.PINS_PIN, row, by, now)
    return row


@transactions.verb
def forbid(*, application, slot, by, now, reason, until=None):
    """Keep a person out of a slot."""
    _require_decider(application, by)
    with transactions.atomic():
        claims.claim(people=[application.participant_id])
        _require_not_there(application, slot)
        row = _put(application, slot, PinKind.FORBID, by, now, reason, until)
        _record(AuditAction.PINS_FORBID, row, by, now)
    return row


@transactions.verb
def remove(*, pin, by, now):
    """Take a pin back: the plan decides again."""
    _require_decider(pin.application, by)
    with transactions.atomic():
        _record(AuditAction.PINS_REMOVE, pin, by, now)
        pin.delete()


def _put(application, slot, kind, by, now, reason, until):
    """Write the pin of the pair, over the one it had."""
    if kind == PinKind.PIN:
        other = Pin.objects.filter(application=application, kind=kind).exclude(
            slot=slot
        )
        if pin := other.select_related("slot").first():
            raise Refusal(
                "already-pinned",
                _("This person is already pinned to “%(slot)s”; remove that pin first.")
                % {"slot": pin.slot},
                kind=RefusalKind.CONFLICT,
                slot=str(pin.slot_id),
            )
    row = Pin.objects.filter(application=application, slot=slot).first()
    row = row or Pin(application=application, slot=slot)
    row.kind, row.reason, row.until = kind, reason.strip(), until
    row.created_by_id, row.created_at = by.pk, now
    save(row)
    return row


def _require_decider(application, by):
    may = by.allows(Permission.PLAN) or runs_program(by, application.intake.program)
    if not (by.is_authenticated and by.is_active and may):
        raise forbidden(_("Only coordinators of the program and planners may do this."))


def _require_usable(application, slot, now):
    (verdict,) = eligibility.verdicts(
        application=application, slots=[slot], on=day_of(now, slot.intake)
    )
    if not verdict.placeable:
        raise Refusal(
            "not-eligible",
            _("This person cannot take the slot: %(reasons)s")
            % {"reasons": " ".join(map(eligibility.text, verdict.reasons))},
            kind=RefusalKind.CONFLICT,
            reasons=[reason.code for reason in verdict.reasons],
        )


def _require_not_there(application, slot):
    if application.placements.live().filter(slot=slot).exists():
        raise Refusal(
            "place-held",
            _("This person holds a place in “%(slot)s”; it has to be given back first.")
            % {"slot": slot},
            kind=RefusalKind.CONFLICT,
        )


def _require_seat(slot):
    pinned = Pin.objects.filter(slot=slot, kind=PinKind.PIN).count()
    if pinned > slot.capacity_max:
        raise Refusal(
            "no-seat",
            _("All %(seats)d seats of the slot are pinned already.")
            % {"seats": slot.capacity_max},
            kind=RefusalKind.CONFLICT,
        )


def _record(action, row, by, now):
    audit.record(
        by=by,
        action=action,
        obj=row,
        data={"application": str(row.application_id), "slot": str(row.slot_id)},
        now=now,
    )
