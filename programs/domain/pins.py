"""Pins: a coordinator's binding word on one person and one slot or pathway."""

from django.db.models import Q
from django.utils.translation import gettext as _

from programs import eligibility
from programs.audit_actions import AuditAction
from programs.choices import PinKind
from programs.days import day_of
from programs.models import Pin, Slot
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audit, claims, teams, transactions
from .actors import forbidden, runs_program
from .checks import save


@transactions.verb
def pin(*, application, by, now, reason, slot=None, pathway=None, until=None):
    """Give a person a place whatever the plan would prefer; it has to be usable.

    Parameters
    ----------
    slot, pathway: one of them; a pathway gives all of its steps.
    until: the last day the pin binds; for ever unless given.
    """
    _require_decider(application, by)
    place = _one_of(slot, pathway)
    if pathway and application.team_id:
        raise Refusal(
            "team-takes-no-pathway",
            _("Members of a team go together to one slot; a team takes no pathway."),
            kind=RefusalKind.CONFLICT,
            field="pathway",
        )
    _require_usable(application, place, now)
    _require_together(application, slot)
    slots = _slots_of(place)
    with transactions.atomic():
        # Two who pin the last seat take turns here; the second one is refused.
        seats = [each.pk for each in slots]
        claims.claim(slots=seats, people=[application.participant_id])
        row = _put(application, place, PinKind.PIN, by, now, reason, until)
        for each in slots:
            _require_seat(each)
        _record(AuditAction.PINS_PIN, row, by, now)
    return row


@transactions.verb
def forbid(*, application, by, now, reason, slot=None, pathway=None, until=None):
    """Keep a person out of a slot, or out of a pathway as a whole."""
    _require_decider(application, by)
    place = _one_of(slot, pathway)
    with transactions.atomic():
        claims.claim(people=[application.participant_id])
        _require_not_there(application, place)
        row = _put(application, place, PinKind.FORBID, by, now, reason, until)
        _record(AuditAction.PINS_FORBID, row, by, now)
    return row


@transactions.verb
def remove(*, pin, by, now):
    """Take a pin back: the plan decides again."""
    _require_decider(pin.application, by)
    with transactions.atomic():
        _record(AuditAction.PINS_REMOVE, pin, by, now)
        pin.delete()


def _one_of(slot, pathway):
    """Return the slot or the pathway; refuse none and both."""
    if (slot is None) == (pathway is None):
        raise Refusal(
            "slot-or-pathway",
            _("Choose a slot or a pathway, one of them."),
            field="slot",
        )
    return slot or pathway


def _kind_of(place):
    """Return {column of the pin: the place}."""
    return {place._meta.model_name: place}


def _slots_of(place):
    """Return the slots whose seats a place takes."""
    if isinstance(place, Slot):
        return [place]
    steps = place.steps.select_related("slot").order_by("position")
    return [step.slot for step in steps]


def _put(application, place, kind, by, now, reason, until):
    """Write the pin of the pair, over the one it had."""
    own = _kind_of(place)
    if kind == PinKind.PIN:
        others = Pin.objects.filter(application=application, kind=kind)
        others = others.exclude(**own).select_related("slot", "pathway")
        if pin := others.first():
            raise Refusal(
                "already-pinned",
                _("This person is already pinned to “%(slot)s”; remove that pin first.")
                % {"slot": pin.place},
                kind=RefusalKind.CONFLICT,
                slot=str(pin.place.pk),
            )
    row = Pin.objects.filter(application=application, **own).first()
    row = row or Pin(application=application, **own)
    row.kind, row.reason, row.until = kind, reason.strip(), until
    row.created_by_id, row.created_at = by.pk, now
    save(row)
    return row


def _require_decider(application, by):
    may = by.allows(Permission.PLAN) or runs_program(by, application.intake.program)
    if not (by.is_authenticated and by.is_active and may):
        raise forbidden(_("Only coordinators of the program and planners may do this."))


def _require_usable(application, place, now):
    is_slot = isinstance(place, Slot)
    if not is_slot and place.intake_id != application.intake_id:
        raise Refusal(
            "not-eligible",
            _("This pathway begins in another intake than the one applied for."),
            kind=RefusalKind.CONFLICT,
            field="pathway",
        )
    (verdict,) = eligibility.verdicts(
        application=application,
        slots=[place] if is_slot else [],
        pathways=[] if is_slot else [place],
        on=day_of(now, place.intake),
    )
    if not verdict.placeable:
        told = _("This person cannot take the slot: %(reasons)s")
        if not is_slot:
            told = _("This person cannot take the pathway: %(reasons)s")
        raise Refusal(
            "not-eligible",
            told % {"reasons": " ".join(map(eligibility.text, verdict.reasons))},
            kind=RefusalKind.CONFLICT,
            reasons=[reason.code for reason in verdict.reasons],
        )


def _require_together(application, slot):
    """Refuse where another member of the team is pinned to another slot."""
    if application.team_id is None:
        return
    mates = application.team.applications.exclude(pk=application.pk)
    if teams.pins_of(mates).exclude(slot=slot).exists():
        raise teams.pinned_apart()


def _require_not_there(application, place):
    if application.placements.live().filter(**_kind_of(place)).exists():
        raise Refusal(
            "place-held",
            _("This person holds a place in “%(slot)s”; it has to be given back first.")
            % {"slot": place},
            kind=RefusalKind.CONFLICT,
        )


def _require_seat(slot):
    """Count who is pinned to the slot, and to pathways that pass it."""
    through = Q(slot=slot) | Q(pathway__in=slot.pathway_steps.values("pathway"))
    pinned = Pin.objects.filter(through, kind=PinKind.PIN).count()
    if pinned > slot.capacity_max:
        raise Refusal(
            "no-seat",
            _("All %(seats)d seats of “%(slot)s” are pinned already.")
            % {"seats": slot.capacity_max, "slot": slot},
            kind=RefusalKind.CONFLICT,
        )


def _record(action, row, by, now):
    place = {name: str(each.pk) for name, each in _kind_of(row.place).items()}
    audit.record(
        by=by,
        action=action,
        obj=row,
        data={"application": str(row.application_id), **place},
        now=now,
    )
