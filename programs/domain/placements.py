"""Placements: offered, answered, confirmed, lived through.

The sender answers for the person and reports the departure; the host confirms and
reports the rest; the program's coordinators may do either in their place.
"""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from programs import costing
from programs.audit_actions import AuditAction
from programs.choices import BEFORE_DEPARTURE, ApplicationState, PlacementState
from programs.days import day_of
from programs.event_kinds import EventKind
from programs.models import Application, Placement, PlacementEvent, Slot
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import (
    audit,
    awaited,
    bulk,
    claims,
    events,
    notices,
    states,
    transactions,
    transfers,
)
from .actors import SYSTEM, ThePerson, name_of, require_party
from .stay_days import day_of_step

LEFT_AS = {
    PlacementState.DECLINED: ApplicationState.WITHDRAWN,
    PlacementState.EXPIRED: ApplicationState.UNPLACED,
    PlacementState.REJECTED: ApplicationState.UNPLACED,
    PlacementState.LAPSED: ApplicationState.UNPLACED,
}
"""What becomes of the application when its placement is called off."""
IN_HISTORY = (
    PlacementState.COMPLETED,
    PlacementState.ENDED_EARLY,
    PlacementState.NO_SHOW,
)
"""Ends of a stay that conditions of other places ask for."""


def offer_many(*, placements, funding=(), by, now):
    """Offer places to people: the one way a published plan becomes decisions.

    Parameters
    ----------
    placements: unsaved ``Placement`` rows with their slot and application.
    funding: unsaved ``FundingLine`` rows of these placements.

    Raises
    ------
    Refusal: a host's country has no basis of transfer, where one is asked for.
    """
    with transactions.atomic():
        if settings.TRANSFER_BASIS:
            hosts = {placement.slot.country_id for placement in placements}
            transfers.require_basis(hosts, on=day_of(now))
        bulk.create(placements)
        bulk.create(funding)
        awaited.note(placements)
        _note_events(placements, "", by=by, now=now)
        people = {row.application_id for row in placements}
        mark_applications(ids=people, to=ApplicationState.PLACED)
        entries = [(row, {"slot": str(row.slot_id)}) for row in placements]
        if entries:
            audit.record_many(
                by=by, action=AuditAction.PLACEMENTS_OFFER, entries=entries, now=now
            )
            events.emit_many(
                kind=EventKind.PLACEMENT_OFFERED,
                entries=with_parties(placements),
                now=now,
            )
    return placements


@transactions.verb
def accept(*, placement, by, now, expected_version=None, reason=""):
    """Accept an offer, for the person or as the person, before it expires."""
    require_sender_or_person(placement, by)
    if now > placement.expires_at:
        raise Refusal(
            "offer-expired",
            _("The offer expired; ask the coordinator for a new one."),
            kind=RefusalKind.CONFLICT,
        )
    return _step(placement, PlacementState.ACCEPTED, by, now, expected_version, reason)


@transactions.verb
def decline(*, placement, by, now, expected_version=None, reason=""):
    """Give the place back, up to the departure; the seat and the money are free."""
    require_sender_or_person(placement, by)
    return _call_off(
        placement, PlacementState.DECLINED, by, now, expected_version, reason
    )


@transactions.verb
def confirm(*, placement, by, now, expected_version=None, reason=""):
    """Confirm as the host that the person may come."""
    require_host(placement, by)
    return _step(placement, PlacementState.CONFIRMED, by, now, expected_version, reason)


@transactions.verb
def reject(*, placement, by, now, expected_version=None, reason=""):
    """Reject the person as the host, with a reason that can be shown."""
    require_host(placement, by)
    require_reason(reason)
    return _call_off(
        placement, PlacementState.REJECTED, by, now, expected_version, reason
    )


@transactions.verb
def depart(*, placement, by, now, expected_version=None, reason="", on=None):
    """Report that the person has left, today or on another day that is over.

    Whose place is conditional has to meet its conditions before.
    """
    require_sender(placement, by)
    awaited.require_firm(placement)
    to = PlacementState.DEPARTED
    on = day_of_step(placement, to, on=on, now=now)
    return _step(placement, to, by, now, expected_version, reason, on)


@transactions.verb
def arrive(*, placement, by, now, expected_version=None, reason="", on=None):
    """Report that the person has arrived; not before the departure."""
    require_host(placement, by)
    to = PlacementState.ARRIVED
    on = day_of_step(placement, to, on=on, now=now)
    return _step(placement, to, by, now, expected_version, reason, on)


@transactions.verb
def complete(*, placement, by, now, expected_version=None, reason="", on=None):
    """Report that the stay is completed; not before its first day."""
    require_host(placement, by)
    to = PlacementState.COMPLETED
    on = day_of_step(placement, to, on=on, now=now)
    return _step(placement, to, by, now, expected_version, reason, on)


@transactions.verb
def end_early(*, placement, by, now, expected_version=None, reason="", on=None):
    """Report on which day the stay ended early, its last one, and why."""
    require_host(placement, by)
    require_reason(reason)
    to = PlacementState.ENDED_EARLY
    on = day_of_step(placement, to, on=on, now=now)
    with transactions.atomic():
        # First what stays spent: freed in between, others could have taken it.
        _keep_spent(placement, on + timedelta(days=1))
        _step(placement, to, by, now, expected_version, reason, on)
        _free_later(placement, by, now, reason)
    return placement


@transactions.verb
def mark_no_show(*, placement, by, now, expected_version=None, reason="", on=None):
    """Report that the person did not come; not before the first day of the stay."""
    require_host(placement, by)
    to = PlacementState.NO_SHOW
    on = day_of_step(placement, to, on=on, now=now)
    with transactions.atomic():
        if placement.events.filter(to_state=PlacementState.DEPARTED).exists():
            # What is paid once, such as the journey, is spent.
            _keep_spent(placement, placement.starts_on)
        _step(placement, to, by, now, expected_version, reason, on)
        _free_later(placement, by, now, reason)
    return placement


def supersede_many(*, placements, by, now, reason):
    """Take back decisions that a later published plan replaces, all or none."""
    if not placements:
        return
    to = PlacementState.SUPERSEDED
    with transactions.atomic():
        left = states.move_many(placements, to, version=F("version") + 1, reason=reason)
        for state in sorted(set(left.values())):
            rows = [row for row in placements if left[row.pk] == state]
            _note_events(rows, state, by=by, now=now, reason=reason)
        audit.record_many(
            by=by,
            action=notices.ACTIONS["placement"][to],
            entries=[(row, {"from": left[row.pk], "to": to}) for row in placements],
            now=now,
        )
        events.emit_many(
            kind=notices.EVENTS["placement"][to],
            entries=with_parties(placements),
            now=now,
        )


def expire_due(*, now, by=SYSTEM):
    """Expire every offer whose time is over, and return those placements."""
    due = Placement.objects.filter(state=PlacementState.OFFERED, expires_at__lt=now)
    due = due.select_related("application", "slot__intake__program")
    return transactions.one_by_one(_expire, due, by, now)


@transactions.verb
def _expire(placement, by, now):
    return _call_off(placement, PlacementState.EXPIRED, by, now, None, "")


def lapse(*, placement, by, now):
    """Let a place lapse whose person did not meet a condition by its day.

    Within the transaction that has judged it; the seat and the money are free.
    """
    return _call_off(placement, PlacementState.LAPSED, by, now, None, "")


def _step(placement, to, by, now, expected_version, reason, on=None):
    """Make one step: check the version, move, write down, tell both parties."""
    with transactions.atomic():
        if expected_version is not None:
            _require_version(placement, expected_version)
        left = states.move(
            placement, to, version=F("version") + 1, reason=reason or F("reason")
        )
        _note_events([placement], left, by=by, now=now, reason=reason, on=on)
        if to in IN_HISTORY:
            awaited.look_again([placement.application.participant_id])
        day = {"on": on.isoformat()} if on else {}
        audit.record(
            by=by,
            action=notices.ACTIONS["placement"][to],
            obj=placement,
            data={"from": left, "to": to, **day},
            now=now,
        )
        events.emit_many(
            kind=notices.EVENTS["placement"][to],
            entries=with_parties([placement]),
            now=now,
        )
    return placement


def _keep_spent(placement, until):
    """Keep what fell due before a day committed; the rest of the money is free.

    A month that has begun is paid. What no cost rule explains any more counts whole.
    """
    slots = Slot.objects.filter(pk=placement.slot_id)
    origin = placement.application.participant.province_id
    days = {placement.slot_id: (placement.starts_on, placement.ends_on)}
    people = Application.objects.filter(pk=placement.application_id)
    costs = costing.load(slots=slots, days=days, people=people)
    met = costs.met(placement.slot_id, placement.application_id)
    shares = costs.spent(placement.slot_id, origin, until, met)
    for line in placement.funding_lines.all():
        share = shares.get((line.category_id, line.fiscal_year), Fraction(1))
        line.spent = _spent_of(line.amount, share)
        if line.foreign_amount is not None:
            line.foreign_spent = _spent_of(line.foreign_amount, share)
        line.save(update_fields=["spent", "foreign_spent"])


def _spent_of(amount, share):
    """Return the share of an amount, rounded up to whole units, never above it."""
    return min(amount, Decimal(ceil(Fraction(amount) * share)))


def _call_off(placement, to, by, now, expected_version, reason):
    """End a placement before it began, with the other steps of its pathway."""
    with transactions.atomic():
        claims.claim(people=[placement.application.participant_id])
        _step(placement, to, by, now, expected_version, reason)
        _free_later(placement, by, now, reason)
        mark_applications(ids=_without_place(placement), to=LEFT_AS[to])
    return placement


def _without_place(placement):
    """Return the application, unless an earlier step of its pathway has begun."""
    live = Placement.objects.live().filter(application=placement.application_id)
    return set() if live.exists() else {placement.application_id}


def _free_later(placement, by, now, reason):
    """Give back the other steps of the pathway that have not begun: seats and money.

    Nobody goes on who did not pass. The places wait for who is next on their lists.
    """
    if placement.pathway_id is None:
        return
    later = Placement.objects.filter(
        application=placement.application_id,
        pathway=placement.pathway_id,
        state__in=BEFORE_DEPARTURE,
    ).exclude(pk=placement.pk)
    for other in later:
        _step(other, PlacementState.DECLINED, by, now, None, reason)


def mark_applications(*, ids, to, telling_at=None):
    """Move the applications that may take this state; others keep theirs.

    Parameters
    ----------
    telling_at: when their senders are told of it, or nothing where the event of a
        placement says it. Of one that is in that state already they hear nothing anew.
    """
    starts = [start for start, ends in states.APPLICATION_MOVES.items() if to in ends]
    told = []
    for batch in states.batches(sorted(ids)):
        rows = Application.objects.filter(pk__in=batch, state__in=starts)
        if telling_at is not None:
            news = rows.exclude(state=to).only("pk", "nominated_by")
            told += [(row, [row.nominated_by_id]) for row in news.order_by("pk")]
        rows.update(state=to)
    if told:
        kind = notices.EVENTS["application"][to]
        events.emit_many(kind=kind, entries=told, now=telling_at)


def _note_events(placements, left, *, by, now, reason="", on=None):
    bulk.create(
        [
            PlacementEvent(
                placement=row,
                from_state=left,
                to_state=row.state,
                at=now,
                on=on,
                by=name_of(by),
                reason=reason,
            )
            for row in placements
        ]
    )


def _require_version(placement, expected):
    """Refuse a step made to another version than the current one."""
    locked = Placement.objects.filter(pk=placement.pk, version=expected)
    if not locked.update(version=expected):
        raise states.changed_meanwhile()


def require_sender(placement, by):
    """Refuse anybody but who sends the person and the program's coordinators."""
    require_party(
        by,
        Permission.NOMINATE,
        institution_id=placement.application.nominated_by_id,
        program=placement.slot.intake.program,
    )


def require_sender_or_person(placement, by):
    """Refuse anybody but the person and who may act for the person."""
    own = isinstance(by, ThePerson) and by.application_id == placement.application_id
    if not own:
        require_sender(placement, by)


def require_host(placement, by):
    """Refuse anybody but the host and the program's coordinators."""
    require_party(
        by,
        Permission.RATE,
        institution_id=placement.slot.host_id,
        program=placement.slot.intake.program,
    )


def require_reason(reason):
    """Refuse a step without a reason, where the other side has to know it."""
    if not reason.strip():
        raise Refusal(
            "reason-missing",
            _("Give a reason; it is shown to the sender."),
            field="reason",
        )


def with_parties(placements):
    """Return (placement, institutions that a change of it concerns) for each.

    The sender, the host, and the institution the person is at home in.
    """
    homes = {}
    for some in states.batches([row.application_id for row in placements]):
        rows = Application.objects.filter(pk__in=some)
        homes.update(rows.values_list("pk", "participant__home_institution"))
    return [
        (
            row,
            [
                row.application.nominated_by_id,
                row.slot.host_id,
                homes[row.application_id],
            ],
        )
        for row in placements
    ]
