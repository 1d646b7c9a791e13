"""What a place waits for: met, reopened, extended, waived, or not met in time.

A place is conditional while something is open that its person has to meet by a day.
What is recorded settles it: the worker looks at places whose people's data changed, and
at the others every few minutes. Where the day is over and the thing is not known to be
met, the place lapses, once, however many look: whoever looks claims the person, reads
again, and moves the row by a conditional update.
"""

from datetime import timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _

from programs import conditions, formats
from programs.audit_actions import AuditAction
from programs.choices import BEFORE_DEPARTURE, PlaceConditionState, PlacementState
from programs.days import day_of
from programs.eligibility.awaited import Standing
from programs.event_kinds import EventKind
from programs.models import Intake, PlaceCondition
from programs.refusals import Refusal, RefusalKind

from . import audit, claims, events, placements, transactions
from .actors import SYSTEM, forbidden, name_of, runs_program

AGAIN = timedelta(minutes=10)
"""After which what nobody changed is looked at again: time itself may mend it."""
MOST = 500
"""Conditions of places that one look takes."""
OPEN, MET = PlaceConditionState.OPEN, PlaceConditionState.MET
WAIVED, LAPSED = PlaceConditionState.WAIVED, PlaceConditionState.LAPSED
LEFT = {OPEN: MET, MET: OPEN, WAIVED: OPEN, LAPSED: OPEN}
"""From where a condition moves to a state."""
ACTIONS = {
    OPEN: AuditAction.PLACEMENTS_CONDITION_REOPENED,
    MET: AuditAction.PLACEMENTS_CONDITION_MET,
    WAIVED: AuditAction.PLACEMENTS_CONDITION_WAIVED,
}
"""What the trail says of it; that one lapsed, the placement's own step says."""
PLACE = "placement__application__participant", "placement__slot__intake__program"


@transactions.verb
def extend(*, condition, due_on, reason, by, now):
    """Let a place wait longer for something, as a coordinator of its program.

    Raises
    ------
    Refusal: no coordinator, no reason, not a later day before the stay begins, or it is
    settled.
    """
    _require_decider(condition, by, reason)
    placement, was = condition.placement, condition.due_on
    last = placement.starts_on - timedelta(days=1)
    if not max(was, day_of(now, placement.slot.intake)) < due_on <= last:
        raise Refusal(
            "condition-day",
            _(
                "The new day has to be to come, later than the old one, and before the "
                "stay begins: at the latest %(last)s."
            )
            % {"last": formats.day(last)},
            field="due_on",
        )
    with transactions.atomic():
        claims.claim(people=[placement.application.participant_id])
        still = PlaceCondition.objects.awaited().filter(pk=condition.pk, due_on=was)
        if not still.update(due_on=due_on, reason=_added(condition, reason)):
            raise _is_settled()
        condition.refresh_from_db()
        action = AuditAction.PLACEMENTS_CONDITION_EXTENDED
        _tell(condition, action, by, now, before=was.isoformat())
    return condition


@transactions.verb
def waive(*, condition, reason, by, now):
    """Ask for something no longer, as a coordinator: the place does not wait for it.

    Raises
    ------
    Refusal: no coordinator, no reason, or it is settled.
    """
    _require_decider(condition, by, reason)
    with transactions.atomic():
        claims.claim(people=[condition.placement.application.participant_id])
        reason = _added(condition, reason)
        if not _settle(condition, WAIVED, by, now, reason=reason):
            raise _is_settled()
    return condition


def look(*, now, by=SYSTEM):
    """Settle what was met, reopen what no longer is, and let lapse what is overdue.

    Any number of workers may look at the same time. Returns the placements that lapsed.
    """
    due = PlaceCondition.objects.filter(
        Q(looked_at__isnull=True) | Q(looked_at__lt=now - AGAIN),
        placement__state__in=BEFORE_DEPARTURE,
        state__in=(OPEN, MET),
    )
    first = F("looked_at").asc(nulls_first=True)
    rows = list(due.select_related(*PLACE).order_by(first, "pk")[:MOST])
    if rows:
        # First, so that what is recorded from here on has it looked at once more.
        some = PlaceCondition.objects.filter(pk__in=[row.pk for row in rows])
        some.update(looked_at=now)
        met = _met(rows)
        news = [row for row in rows if met[row.pk] != (row.state == MET)]
        transactions.one_by_one(_judge, news, by, now)
    return lapse_due(now=now, by=by)


def lapse_due(*, now, by=SYSTEM):
    """Let every place lapse whose person did not meet something by its day."""
    over = Q(pk__in=[])
    zones = Intake.objects.order_by().values_list("time_zone", flat=True).distinct()
    for zone in zones:
        day = day_of(now, Intake(time_zone=zone))
        over |= Q(placement__slot__intake__time_zone=zone, due_on__lt=day)
    rows = PlaceCondition.objects.awaited().filter(over).select_related(*PLACE)
    done = transactions.one_by_one(_lapse, rows.order_by("due_on", "pk"), by, now)
    places = [row.placement for row in done]
    return [row for row in places if row.state == PlacementState.LAPSED]


@transactions.verb
def _judge(condition, by, now):
    """Settle or reopen a condition as the data say that are there now."""
    with transactions.atomic():
        claims.claim(people=[condition.placement.application.participant_id])
        if _met([condition])[condition.pk]:
            _settle(condition, MET, by, now)
        elif not _is_over(condition, now):
            _settle(condition, OPEN, by, now)


@transactions.verb
def _lapse(condition, by, now):
    """Let a place lapse, unless what it waits for is met after all."""
    with transactions.atomic():
        claims.claim(people=[condition.placement.application.participant_id])
        # Somebody may have settled or extended it while we waited for the person.
        condition.refresh_from_db(fields=["state", "due_on"])
        if condition.state != OPEN or not _is_over(condition, now):
            raise _is_settled()
        if _met([condition])[condition.pk]:
            _settle(condition, MET, by, now)
        elif _settle(condition, LAPSED, by, now):
            placements.lapse(placement=condition.placement, by=by, now=now)


def _met(rows):
    """Return {id of a condition: whether its person meets it, as known now}."""
    nodes = {row.pk: conditions.read(row.condition).node for row in rows}
    standing = Standing([row.placement for row in rows], nodes.values())
    return {row.pk: standing.meets(row.placement, nodes[row.pk]) for row in rows}


def _is_over(condition, now):
    return condition.due_on < day_of(now, condition.placement.slot.intake)


def _settle(condition, to, by, now, reason=None):
    """Move a condition to a state, if it still waits; return whether it did."""
    still = PlaceCondition.objects.filter(
        pk=condition.pk, state=LEFT[to], placement__state__in=BEFORE_DEPARTURE
    )
    is_open = to == OPEN
    said = {} if reason is None else {"reason": reason}
    if not still.update(
        state=to,
        settled_at=None if is_open else now,
        settled_by="" if is_open else name_of(by),
        **said,
    ):
        return False
    condition.refresh_from_db()
    if to in ACTIONS:
        _tell(condition, ACTIONS[to], by, now)
    return True


def _tell(condition, action, by, now, **facts):
    """Write the trail, and tell sender, home institution and host; of what, nobody."""
    audit.record(
        by=by,
        action=action,
        obj=condition.placement,
        data={
            "condition": str(condition.pk),
            "due_on": condition.due_on.isoformat(),
            **facts,
        },
        now=now,
    )
    events.emit_many(
        kind=EventKind.PLACEMENT_CONDITION_CHANGED,
        entries=placements.with_parties([condition.placement]),
        now=now,
    )


def _require_decider(condition, by, reason):
    if not runs_program(by, condition.placement.slot.intake.program):
        raise forbidden(_("Only a coordinator of the program may do this."))
    if not reason.strip():
        raise Refusal(
            "reason-missing",
            _("Give a reason; it is kept with the place."),
            field="reason",
        )


def _added(condition, reason):
    """Return the reasons given so far, with a new one."""
    return "\n".join(filter(None, [condition.reason, reason.strip()]))


def _is_settled():
    return Refusal(
        "condition-settled",
        _("This is settled already; read the placement again."),
        kind=RefusalKind.CONFLICT,
    )
