"""Whether a stay may be on other days, or in another slot of its host."""

from collections import Counter
from datetime import timedelta

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from programs import eligibility, formats
from programs.choices import (
    CHANGING_PLACEMENT_STATES,
    PlacementState,
    SlotState,
)
from programs.days import day_of
from programs.models import Application, Placement, ReserveEntry, Slot
from programs.refusals import Refusal, RefusalKind

from . import transfers
from .shared_resources import most_used

BEFORE_DEPARTURE = (PlacementState.ACCEPTED, PlacementState.CONFIRMED)
OUTLIVED = {"already_placed", "other_intake"}
"""Rules with a promise of their own, or that a stay in its intake keeps by itself."""
OF_DECISION = OUTLIVED | {"slot_closed", "agreement_not_in_force"}
"""Rules that a decision outlives while the stay remains in its slot."""


def require_possible(change, *, now, tells_why):
    """Refuse a change that the stay, the slot, the rules or what is shared forbid.

    Seats, caps, other stays of the person and money are refused where they are written.

    Parameters
    ----------
    change: with its placement and slot, read under their claims.
    tells_why: whether the reasons of the rules, which are the person's, are told.
    """
    placement, slot = change.placement, change.slot
    _require_state(placement)
    days = change.starts_on, change.ends_on
    is_moved = slot.pk != placement.slot_id
    if not is_moved and days == (placement.starts_on, placement.ends_on):
        raise Refusal(
            "nothing-changes",
            _("These are the days and the slot of the stay already."),
        )
    _require_days(change, today=day_of(now, slot.intake))
    has_left = placement.state not in BEFORE_DEPARTURE
    if has_left and (is_moved or change.starts_on != placement.starts_on):
        raise _conflict(
            "stay-begun",
            _("The person has left for the stay: only its end can be changed."),
        )
    if is_moved:
        _require_slot(placement, slot, now)
        _require_resources(placement, slot)
    if not has_left:
        on = day_of(now, slot.intake) if is_moved else None
        _require_eligible(placement, slot, days, on=on, tells_why=tells_why)


def _require_state(placement):
    if placement.state not in CHANGING_PLACEMENT_STATES:
        raise Refusal(
            "placement-state",
            _(
                "The placement is “%(state)s”. A stay is changed from its acceptance "
                "until its end."
            )
            % {"state": placement.get_state_display()},
            kind=RefusalKind.CONFLICT,
            state=str(placement.state),
        )


def _require_days(change, *, today):
    """Refuse days outside of the slot's, and days that are over."""
    slot, stay = change.slot, change.placement
    if change.ends_on <= change.starts_on:
        raise Refusal(
            "out-of-order", _("The end has to be after the start."), field="ends_on"
        )
    for field in ("starts_on", "ends_on"):
        day = getattr(change, field)
        if not slot.starts_on <= day <= slot.ends_on:
            raise Refusal(
                "outside-slot",
                _(
                    "The slot is offered from %(first)s to %(last)s; the stay lies "
                    "within. The host may offer another slot."
                )
                % {
                    "first": formats.day(slot.starts_on),
                    "last": formats.day(slot.ends_on - timedelta(days=1)),
                },
                field=field,
                first=slot.starts_on.isoformat(),
                after=slot.ends_on.isoformat(),
            )
    is_over = {
        "starts_on": change.starts_on != stay.starts_on and change.starts_on < today,
        "ends_on": change.ends_on != stay.ends_on and change.ends_on <= today,
    }
    for field, is_past in is_over.items():
        if is_past:
            raise Refusal(
                "day-over",
                _(
                    "This day is over. A stay that ended is reported as completed or "
                    "as ended early."
                ),
                field=field,
            )


def _require_slot(placement, slot, now):
    """Refuse a slot that the stay cannot move to by consent of two institutions."""
    own = placement.slot
    if slot.host_id != own.host_id or slot.intake_id != own.intake_id:
        raise _conflict(
            "other-host",
            _("A stay moves to another slot of the same host in the same intake."),
            field="slot",
        )
    if slot.country_id != own.country_id:
        raise _conflict(
            "other-country",
            _("Quotas count countries: a stay moves within its country."),
            field="slot",
        )
    if slot.state != SlotState.OPEN:
        raise _conflict("slot-closed", _("This slot is not open."), field="slot")
    if placement.pathway_id is not None:
        raise _conflict(
            "step-of-pathway",
            _("A step of a pathway stays in its slot: the next one builds on it."),
            field="slot",
        )
    if placement.application.team_id is not None:
        raise _conflict(
            "in-a-team",
            _("A team stays together: nobody of it moves alone."),
            field="slot",
        )
    if ReserveEntry.objects.filter(slot=slot, is_open=True).exists():
        raise _conflict(
            "others-wait",
            _("Others wait for a place in this slot; a free one goes to them."),
            field="slot",
        )
    if settings.TRANSFER_BASIS:
        transfers.require_basis({slot.country_id}, on=day_of(now))


def _require_resources(placement, slot):
    """Refuse a slot whose shared resources have no room, as plans count them."""
    for use in slot.resource_uses.select_related("resource"):
        resource = use.resource
        uses = list(resource.uses.select_related("slot"))
        held = Counter(
            Placement.objects.live()
            .filter(slot__in=[each.slot_id for each in uses])
            .exclude(pk=placement.pk)
            .values_list("slot_id", flat=True)
        )
        held[slot.pk] += 1
        if most_used(resource.kind, uses, held, slot) > resource.capacity:
            raise _conflict(
                "resource-full",
                _("“%(resource)s” has no room for one more in this slot.")
                % {"resource": resource},
                field="slot",
            )


def _require_eligible(placement, slot, days, *, on, tells_why):
    is_moved = slot.pk != placement.slot_id
    reasons = why_not(
        placement.application_id,
        slot.pk,
        days,
        on=on,
        pathway=placement.pathway_id,
        outlived=OUTLIVED if is_moved else OF_DECISION,
    )
    if not reasons:
        return
    if not tells_why:
        raise _conflict(
            "not-eligible",
            _("The rules do not allow this person such a stay; ask the coordinator."),
        )
    raise _conflict(
        "not-eligible",
        _("The rules do not allow this stay: %(why)s")
        % {"why": " ".join(eligibility.text(reason) for reason in reasons)},
        reasons=[reason.as_dict() for reason in reasons],
    )


def why_not(application, slot, days, *, on=None, pathway=None, outlived=OF_DECISION):
    """Return the reasons that stand against a person's stay on these days.

    Parameters
    ----------
    application, slot, pathway: ids. days: the first day and the day after the last.
    on: the day of the judgement; the intake's decision day unless given.
    outlived: codes of rules that are not asked.
    """
    facts = eligibility.load(
        applications=Application.objects.filter(pk=application),
        slots=Slot.objects.filter(pk=slot),
        on=on,
        days={slot: days},
    )
    if not len(facts.people):
        return []
    column = facts.column_of[slot]
    if pathway is not None:
        steps = facts.pathways.get(pathway, ())
        column = next((at for at in steps if facts.slots.slot[at] == slot), column)
    [reasons] = eligibility.explain(facts, np.array([0]), np.array([column]))
    return [
        reason
        for reason in reasons
        if reason.severity > eligibility.WARN and reason.code not in outlived
    ]


def _conflict(code, message, **facts):
    return Refusal(code, message, kind=RefusalKind.CONFLICT, **facts)
