"""Slots: proposed by hosts, opened by coordinators, changed until the intake closes.

One slot or a file of them: the same checks, moves, trail and events.
"""

from dataclasses import dataclass
from functools import partial

from django.db.models import F
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import ApplicationState, IntakeState, SlotState
from programs.event_kinds import EventKind
from programs.models import Application, SkillRequirement, Slot, slot_names
from programs.refusals import Refusal
from programs.roles import Role

from . import (
    audiences,
    audit,
    bulk,
    checks,
    claims,
    events,
    notices,
    states,
    transactions,
)
from .slot_checks import (
    HOME,
    is_changed,
    of_opening,
    of_seats,
    problems,
    replace_lists,
    require_host,
)

RATED = (IntakeState.CLOSED, IntakeState.ALLOCATING)
PROPOSE = AuditAction.SLOTS_PROPOSE, EventKind.SLOT_PROPOSE
UPDATE = AuditAction.SLOTS_UPDATE, EventKind.SLOT_UPDATE
"""What each verb tells: the action for the trail, the event for partners."""


@dataclass
class Entry:
    """A slot as it is to be.

    Parameters
    ----------
    slot: a new row, or one that was read and changed in memory; with its intake and
        the intake's program. Its state is left alone, see ``to``.
    changed: names of the fields of a known slot that change.
    requirements, resources: unsaved rows in the place of those there are; ``None``
        leaves them alone.
    to: the state to move on to; ``None`` leaves the state alone.
    reason: why its rules change, where somebody with a place would no longer pass.
    """

    slot: Slot
    changed: tuple = ()
    requirements: list | None = None
    resources: list | None = None
    to: SlotState | None = None
    reason: str = ""

    @property
    def is_new(self):
        """Whether the slot does not exist yet."""
        return self.slot._state.adding


@transactions.verb
def propose(*, intake, by, now, host=None, requirements=(), **fields):
    """Propose a slot of the own institution; a coordinator opens it."""
    host_id = host.pk if host else _own_institution(by)
    slot = Slot(intake=intake, host_id=host_id, **fields)
    entry = Entry(slot, requirements=_requirements(slot, requirements))
    propose_many(entries=[entry], by=by, now=now)
    return slot


def propose_many(*, entries, by, now):
    """Propose slots, all or none; those with a state ``to`` are moved on at once.

    Raises
    ------
    Refusal: the first that ``problems`` finds.
    """
    for entry in entries:
        entry.slot.state = SlotState.PROPOSED
    checks.require(problems(entries, by=by))
    slots = [entry.slot for entry in entries]
    with transactions.atomic():
        _insert(slots, by, now)
        replace_lists(entries)
        _note(PROPOSE, [(slot, None) for slot in slots], now=now, by=by)
        _move_on(entries, by, now)
    return slots


def province_of(host):
    """Return the code of the province a host lies in, None abroad or unless known.

    Parameters
    ----------
    host: an institution, with its region.
    """
    region = host.region if host.country_id == HOME else None
    return (region.parent_id or region.pk) if region else None


@transactions.verb
def update(*, slot, by, now, requirements=None, reason="", **changes):
    """Change a slot until its intake closes; coordinators also after that.

    Parameters
    ----------
    reason: why, where somebody with an offer or a place would no longer pass; the
        trail keeps it.
    """
    for name, value in changes.items():
        setattr(slot, name, value)
    wanted = None if requirements is None else _requirements(slot, requirements)
    change_many(
        entries=[Entry(slot, tuple(changes), requirements=wanted, reason=reason)],
        by=by,
        now=now,
    )
    return slot


def change_many(*, entries, by, now):
    """Change slots, all or none; those with a state ``to`` are moved as well.

    Raises
    ------
    Refusal: the first that ``problems`` finds.
    """
    checks.require(problems(entries, by=by))
    changed = [entry for entry in entries if is_changed(entry)]
    with transactions.atomic():
        # Whoever offers places in these slots comes after.
        claims.claim(slots=[entry.slot.pk for entry in entries])
        checks.require(checks.gather(of_seats(entries)))
        changes = [(entry.slot, entry.changed) for entry in changed]
        bulk.overwrite(changes, by=by, now=now)
        replace_lists(entries)
        told = [(entry.slot, _facts(entry.changed, entry.reason)) for entry in changed]
        _note(UPDATE, told, now=now, by=by)
        _move_on(entries, by, now)
    return [entry.slot for entry in entries]


def tell(slot, *, changed, by, now, reason=""):
    """Write trail and events of what a form of the desk has saved.

    Parameters
    ----------
    changed: names of the fields and lists that changed; ``None`` of a new slot, which
        a coordinator proposes and opens at once.
    reason: why, where somebody with a place would no longer pass.
    """
    if changed is not None:
        _note(UPDATE, [(slot, _facts(changed, reason))], by=by, now=now)
        return
    _note(PROPOSE, [(slot, None)], by=by, now=now)
    if slot.state != SlotState.PROPOSED:
        _note(_told(slot.state), [(slot, None)], by=by, now=now)


@transactions.verb
def open_(*, slot, by, now):
    """Open a proposed slot, as a coordinator of its program."""
    require_opener(slot=slot, by=by)
    return _move(slot, SlotState.OPEN, by, now)


def require_opener(*, slot, by):
    """Refuse anybody but the program's coordinators."""
    checks.require(checks.gather(of_opening([Entry(slot, to=SlotState.OPEN)], by)))


@transactions.verb
def withdraw(*, slot, by, now):
    """Take a slot back, unless people hold places in it."""
    require_host(slot=slot, by=by)
    entries = [Entry(slot, to=SlotState.WITHDRAWN)]
    with transactions.atomic():
        claims.claim(slots=[slot.pk])
        checks.require(checks.gather(of_seats(entries)))
        return _move(slot, SlotState.WITHDRAWN, by, now)


def candidates(*, slot):
    """Return who ranked the slot, once the intake is closed, with the rank."""
    return (
        Application.objects.filter(preferences__slot=slot, intake__state__in=RATED)
        .exclude(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
        .unrestricted()
        .annotate(rank=F("preferences__rank"))
        .select_related("participant")
        .prefetch_related(
            "participant__skill_claims__skill", "participant__language_certificates"
        )
        .order_by("rank", "pk")
    )


def _insert(slots, by, now):
    """Insert slots; a name in plans that another took meanwhile is given anew."""
    write = partial(bulk.insert, slots, by=by, now=now)
    slot_names.insert(slots, write, refused=Refusal)


def _own_institution(by):
    own = by.institution_ids(Role.PARTNER)
    if len(own) != 1:
        raise Refusal("host-missing", _("Say which institution hosts."), field="host")
    return own[0]


def _requirements(slot, lines):
    return [SkillRequirement(slot=slot, **line) for line in lines]


def _facts(changed, reason):
    """Return what the trail says of a change, with the reason where one was given."""
    facts = {"changed": sorted(changed)}
    return facts | {"reason": reason.strip()} if reason.strip() else facts


def _move_on(entries, by, now):
    """Move slots to the states they are to have, a step for each state."""
    for to in SlotState:
        rows = [each.slot for each in entries if each.to == to != each.slot.state]
        if rows:
            states.move_many(rows, to)
            _note(_told(to), [(row, None) for row in rows], by=by, now=now)


def _move(slot, to, by, now):
    with transactions.atomic():
        states.move(slot, to)
        _note(_told(to), [(slot, None)], by=by, now=now)
    return slot


def _told(to):
    return notices.ACTIONS["slot"][to], notices.EVENTS["slot"][to]


def _note(told, entries, *, by, now):
    if not entries:
        return
    action, kind = told
    audit.record_many(by=by, action=action, entries=entries, now=now)
    wished = audiences.senders_by_slot([slot.pk for slot, _data in entries])
    concerned = [
        (slot, [slot.host_id, *wished.get(slot.pk, ())]) for slot, _data in entries
    ]
    events.emit_many(kind=kind, entries=concerned, now=now)
