"""Free places, and who could take them: suggested by the planner, decided by a person.

Declining, rejecting, expiring, withdrawing and moving to another slot leave a free
place and nothing else: they are quick, and anybody may do them. A worker comes by (see
searching.py), judges the waiting list on the data of that moment and writes one
suggestion for each place; an offer is made when a person confirms it, after everything
was judged once more.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from planner.allocation.problem.reading import Unbuildable
from planner.allocation.problem.snapshot import Snapshot
from planner.models import AllocationRun, MoveUp, MoveUpState, PublishedIntake
from planner.models.moves_up import SETTLED
from programs.audit_actions import AuditAction
from programs.choices import ChangeState, PlacementState
from programs.days import day_of
from programs.domain import audit, transactions
from programs.domain.actors import SYSTEM, Actor, require, require_institution
from programs.models import (
    Placement,
    PlacementChange,
    PlacementEvent,
    ReserveEntry,
    Slot,
)
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import reserves, shares
from .reserves import Candidate

FREED = (
    PlacementState.DECLINED,
    PlacementState.EXPIRED,
    PlacementState.REJECTED,
    PlacementState.LAPSED,
)
"""Ends of a placement that leave its place to somebody else."""
SETTLED_AS = {
    MoveUpState.CONFIRMED: AuditAction.RESERVES_CONFIRMED,
    MoveUpState.DISMISSED: AuditAction.RESERVES_DISMISSED,
    MoveUpState.OUTDATED: AuditAction.RESERVES_OUTDATED,
}
"""What the trail says of a suggestion that became this."""


def suggest(
    run: AllocationRun,
    *,
    now: datetime,
    step: Callable[..., object] = lambda seconds=None: None,
) -> int:
    """Suggest somebody for each free place of a plan, each beside the others.

    Any number of callers may do so at the same time: a place has one suggestion.
    Returns how many people were suggested.

    Parameters
    ----------
    step: called between the parts, and with ``seconds=0`` inside the transaction of
        each suggestion: whoever raises there writes nothing.
    """
    freed = free_places(run, now)
    if not freed:
        return 0
    try:
        today = reserves.take_again(run, step=step)
    except Unbuildable:  # everybody who waited has withdrawn
        for free in freed:
            write(free, None, now, step)
        return 0
    return sum(suggest_all(run, freed, today, now, step))


class Free(NamedTuple):
    """A free place: the slot, and the placement that ended or moved away."""

    slot: Slot
    placement: Placement


def free_places(run: AllocationRun, now: datetime) -> list[Free]:
    """Return the free places of a plan that somebody waits for, by slot."""
    of_run = PublishedIntake.objects.filter(is_live=True, publication__run=run)
    intakes = of_run.values("intake")
    ended = ended_without_suggestion(now).filter(slot__intake__in=intakes)
    moved = moved_without_suggestion(now).filter(old_slot__intake__in=intakes)
    free = [Free(placement.slot, placement) for placement in ended]
    free += [Free(change.old_slot, change.placement) for change in moved]
    return sorted(free, key=lambda each: (each.slot.code, each.placement.pk))


def without_suggestion(now: datetime) -> QuerySet[Slot]:
    """Return the slots with a free place that somebody waits for."""
    ended = ended_without_suggestion(now).order_by().values("slot")
    moved = moved_without_suggestion(now).order_by().values("old_slot")
    return Slot.objects.filter(Q(pk__in=ended) | Q(pk__in=moved))


def moved_without_suggestion(now: datetime) -> QuerySet[PlacementChange]:
    """Return the stays that moved out of a slot of a plan that somebody waits for."""
    settled = MoveUp.objects.filter(
        freed=OuterRef("placement"), slot=OuterRef("old_slot"), state__in=SETTLED
    )
    queue = ReserveEntry.objects.filter(slot=OuterRef("old_slot"), is_open=True)
    since = PublishedIntake.objects.filter(
        intake=OuterRef("old_slot__intake"), is_live=True
    ).values("publication__published_at")
    return (
        PlacementChange.objects.filter(
            ~Exists(settled),
            Exists(queue),
            state=ChangeState.AGREED,
            ended_at__gte=Subquery(since),
            old_slot__starts_on__gt=day_of(now),
        )
        .exclude(old_slot=F("slot"))
        .exclude(old_slot=F("placement__slot"))
        .select_related("old_slot", "placement")
    )


def ended_without_suggestion(now: datetime) -> QuerySet[Placement]:
    """Return the ended placements of plans in force whose place somebody waits for."""
    settled = MoveUp.objects.filter(
        freed=OuterRef("pk"), slot=OuterRef("slot"), state__in=SETTLED
    )
    queue = ReserveEntry.objects.filter(slot=OuterRef("slot"), is_open=True)
    # What ended before the plan in force was known to it.
    since = PublishedIntake.objects.filter(
        intake=OuterRef("placement__slot__intake"), is_live=True
    ).values("publication__published_at")
    ends = PlacementEvent.objects.filter(
        placement=OuterRef("pk"), to_state__in=FREED, at__gte=Subquery(since)
    )
    return (
        Placement.objects.filter(
            ~Exists(settled),
            Exists(queue),
            Exists(ends),
            state__in=FREED,
            slot__starts_on__gt=day_of(now),
        )
        .select_related("slot")
        .order_by("slot__code", "pk")
    )


def suggest_all(
    run: AllocationRun,
    freed: list[Free],
    today: Snapshot,
    now: datetime,
    step: Callable[..., object],
) -> Iterator[bool]:
    """Yield whether somebody was suggested, for one free place after the other."""
    intakes = list(run.intakes.all())
    open_now = MoveUp.objects.open().filter(slot__intake__in=intakes)
    open_now = list(
        open_now.select_related(
            "slot", "application__participant__home_institution", "application__intake"
        )
    )
    places = {row.application_id: [row.slot_id] for row in open_now}
    taken = [(row.application, row.slot) for row in open_now]
    weighed = shares.of_intakes(intakes)
    for free in freed:
        before = free.placement.moves_up.filter(slot=free.slot)
        passed = set(before.values_list("application", flat=True))
        entries = [
            entry
            for entry in reserves.waiting(free.slot)
            if entry.application_id not in passed | places.keys()
        ]
        candidates = reserves.judge(
            free.slot, entries, today, places, weighed=weighed, taken=taken
        )
        candidate = reserves.best(candidates)
        is_ours = write(free, candidate, now, step)
        if is_ours and candidate is not None:
            places[candidate.entry.application_id] = [free.slot.pk]
            taken.append((candidate.entry.application, free.slot))
        yield is_ours and candidate is not None


def write(
    free: Free,
    candidate: Candidate | None,
    now: datetime,
    step: Callable[..., object],
) -> bool:
    """Write a suggestion down, unless somebody else has; return whether it is ours."""
    entry = candidate.entry if candidate else None
    with transactions.atomic():
        step(seconds=0)
        rows = MoveUp.objects.bulk_create(
            [
                MoveUp(
                    freed=free.placement,
                    slot=free.slot,
                    application=entry and entry.application,
                    position=entry and entry.position,
                    state=MoveUpState.OPEN if entry else MoveUpState.NOBODY,
                    suggested_at=now,
                )
            ],
            ignore_conflicts=True,
        )
        own = MoveUp.objects.filter(pk=rows[0].pk).first()
        if own is not None and entry is not None:
            data = {"slot": free.slot.name, "position": entry.position}
            audit.record(
                by=SYSTEM,
                action=AuditAction.RESERVES_SUGGEST,
                obj=own,
                data=data,
                now=now,
            )
    return own is not None


@transactions.verb
def confirm(suggestion: MoveUp, *, by: Actor, now: datetime) -> Placement:
    """Offer the free place to the person suggested; return the placement.

    Raises
    ------
    Refusal: somebody else decided it, or the person can no longer take the place. The
    next person is then suggested by itself.
    """
    require_decider(suggestion, by)
    try:
        with transactions.atomic():
            reserves.claim(suggestion.slot)
            settle(suggestion, MoveUpState.CONFIRMED, by=by, now=now)
            entries = [
                entry
                for entry in reserves.waiting(suggestion.slot)
                if entry.application_id == suggestion.application_id
            ]
            return reserves.offer_next(suggestion.slot, entries, by=by, now=now)
    except Refusal as refusal:
        if refusal.code == "nobody-moves-up":
            settle(
                suggestion, MoveUpState.OUTDATED, by=by, now=now, reason=str(refusal)
            )
        raise
    finally:
        suggestion.refresh_from_db()


@transactions.verb
def dismiss(suggestion: MoveUp, *, reason: str, by: Actor, now: datetime) -> MoveUp:
    """Pass somebody over, with a reason; the next person is suggested by itself."""
    require_decider(suggestion, by)
    if not reason.strip():
        raise Refusal(
            "reason-missing",
            _("Give a reason: somebody who waited is passed over."),
            field="reason",
        )
    settle(suggestion, MoveUpState.DISMISSED, by=by, now=now, reason=reason)
    suggestion.refresh_from_db()
    return suggestion


def require_decider(suggestion: MoveUp, by: Actor) -> None:
    """Refuse anybody but planners and the coordinators of the program."""
    if by.is_authenticated and by.allows(Permission.PLAN):
        require(by, Permission.PLAN)
        return
    require(by, Permission.MANAGE_PROGRAMS)
    require_institution(by, suggestion.slot.intake.program.owner_id)


def settle(
    suggestion: MoveUp,
    state: MoveUpState,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """Move an open suggestion to a state, with its audit entry, or refuse."""
    with transactions.atomic():
        moved = MoveUp.objects.open().filter(pk=suggestion.pk)
        if not moved.update(
            state=state,
            decided_by=by if by.pk else None,
            decided_at=now,
            reason=reason,
        ):
            raise Refusal(
                "already-decided",
                _("Somebody else has decided this suggestion already."),
                kind=RefusalKind.CONFLICT,
            )
        data = {"slot": suggestion.slot.name, "position": suggestion.position}
        audit.record(
            by=by, action=SETTLED_AS[state], obj=suggestion, data=data, now=now
        )
