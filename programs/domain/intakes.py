"""Intakes: opened for applications, closed, planned, decided, run."""

from django.utils.translation import gettext as _

from programs.choices import IntakeState
from programs.models import Placement, Slot
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audiences, audit, claims, events, notices, states, transactions
from .actors import SYSTEM, forbidden, runs_program


@transactions.verb
def open_(*, intake, by, now):
    """Take applications."""
    if not intake.slots.exists():
        raise Refusal(
            "no-slots",
            _("The intake has no slots; add at least one before opening it."),
            kind=RefusalKind.CONFLICT,
        )
    return _move(intake, IntakeState.OPEN, by, now)


@transactions.verb
def close(*, intake, by, now):
    """Take no more applications; hosts may rate candidates now."""
    return _move(intake, IntakeState.CLOSED, by, now)


@transactions.verb
def start_allocating(*, intake, by, now):
    """Let a planner prepare a plan."""
    return _move(intake, IntakeState.ALLOCATING, by, now)


@transactions.verb
def decide(*, intake, by, now):
    """Note that a plan was published."""
    return _move(intake, IntakeState.DECIDED, by, now)


def decide_many(*, intakes, by, now):
    """Note that one plan was published for all of these."""
    for intake in intakes:
        _require_manager(intake, by)
    with transactions.atomic():
        left = states.move_many(intakes, IntakeState.DECIDED)
        to = IntakeState.DECIDED
        audit.record_many(
            by=by,
            action=notices.ACTIONS["intake"][to],
            entries=[(each, {"from": left[each.pk], "to": to}) for each in intakes],
            now=now,
        )
        hosts = hosts_of(intakes)
        events.emit_many(
            kind=notices.EVENTS["intake"][to],
            entries=[(each, hosts[each.pk]) for each in intakes],
            now=now,
        )


def hosts_of(intakes):
    """Return {intake: the institutions that host its slots}."""
    hosts = {intake.pk: [] for intake in intakes}
    pairs = Slot.objects.filter(intake__in=intakes).order_by("intake", "host")
    for intake, host in pairs.values_list("intake", "host").distinct():
        hosts[intake].append(host)
    return hosts


@transactions.verb
def start(*, intake, by, now):
    """Note that the stays have begun."""
    return _move(intake, IntakeState.RUNNING, by, now)


@transactions.verb
def complete(*, intake, by, now):
    """Note that all stays are over."""
    return _move(intake, IntakeState.COMPLETED, by, now)


@transactions.verb
def cancel(*, intake, by, now, reason):
    """Call the intake off, unless people hold places in it."""
    if not reason.strip():
        raise Refusal("reason-missing", _("Give a reason."), field="reason")
    with transactions.atomic():
        claims.claim(intakes=[intake.pk])
        holding = Placement.objects.live().filter(slot__intake=intake).count()
        if holding:
            raise Refusal(
                "intake-in-use",
                _("%(count)d people hold places in this intake; move them first.")
                % {"count": holding},
                kind=RefusalKind.CONFLICT,
                count=holding,
            )
        return _move(intake, IntakeState.CANCELLED, by, now)


def _move(intake, to, by, now):
    _require_manager(intake, by)
    with transactions.atomic():
        left = states.move(intake, to)
        audit.record(
            by=by,
            action=notices.ACTIONS["intake"][to],
            obj=intake,
            data={"from": left, "to": to},
            now=now,
        )
        events.emit(
            kind=notices.EVENTS["intake"][to],
            obj=intake,
            institutions=_audience(intake, to),
            now=now,
        )
    return intake


def _audience(intake, to):
    """Return the hosts, and of senders those who nominated or, on opening, may."""
    hosts = list(intake.slots.values_list("host_id", flat=True))
    opens = to == IntakeState.OPEN
    senders = audiences.all_senders() if opens else audiences.senders_to(intake)
    return [*hosts, *senders]


def _require_manager(intake, by):
    """Refuse anybody but the program's coordinators and the planners."""
    if by is SYSTEM or by.allows(Permission.PLAN):
        return
    if not runs_program(by, intake.program):
        raise forbidden(_("Only a coordinator of the program may do this."))
