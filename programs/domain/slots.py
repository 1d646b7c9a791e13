"""Slots: proposed by hosts, opened by coordinators, changed until the intake closes.

One slot or a file of them: the same checks, moves, trail and events.
"""

from dataclasses import dataclass

from django.db.models import Count, F
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import ApplicationState, IntakeState, SlotState
from programs.event_kinds import EventKind
from programs.models import Application, Placement, ResourceUse, SkillRequirement, Slot
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission, Role

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
from .actors import forbidden, require_party, runs_program

STILL_OPEN = (IntakeState.DRAFT, IntakeState.OPEN)
"""States of an intake in which hosts propose and change their slots."""
BEFORE_PLANNING = (*STILL_OPEN, IntakeState.CLOSED)
"""States of an intake in which a coordinator adds slots as well."""
OVER = (IntakeState.COMPLETED, IntakeState.CANCELLED)
"""States of an intake in which nobody changes its slots any more."""
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
    """

    slot: Slot
    changed: tuple = ()
    requirements: list | None = None
    resources: list | None = None
    to: SlotState | None = None

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
        bulk.insert(slots, by=by, now=now)
        _replace_lists(entries)
        _note(PROPOSE, [(slot, None) for slot in slots], now=now, by=by)
        _move_on(entries, by, now)
    return slots


@transactions.verb
def update(*, slot, by, now, requirements=None, **changes):
    """Change a slot until its intake closes."""
    for name, value in changes.items():
        setattr(slot, name, value)
    wanted = None if requirements is None else _requirements(slot, requirements)
    change_many(
        entries=[Entry(slot, tuple(changes), requirements=wanted)], by=by, now=now
    )
    return slot


def change_many(*, entries, by, now):
    """Change slots, all or none; those with a state ``to`` are moved as well.

    Raises
    ------
    Refusal: the first that ``problems`` finds.
    """
    checks.require(problems(entries, by=by))
    changed = [entry for entry in entries if _is_changed(entry)]
    with transactions.atomic():
        # Whoever offers places in these slots comes after.
        claims.claim(slots=[entry.slot.pk for entry in entries])
        checks.require(checks.gather(_of_seats(entries)))
        changes = [(entry.slot, entry.changed) for entry in changed]
        bulk.overwrite(changes, by=by, now=now)
        _replace_lists(entries)
        told = [(entry.slot, {"changed": sorted(entry.changed)}) for entry in changed]
        _note(UPDATE, told, now=now, by=by)
        _move_on(entries, by, now)
    return [entry.slot for entry in entries]


def tell(slot, *, changed, by, now):
    """Write trail and events of what a form of the desk has saved.

    Parameters
    ----------
    changed: names of the fields and lists that changed; ``None`` of a new slot, which
        a coordinator proposes and opens at once.
    """
    if changed is not None:
        _note(UPDATE, [(slot, {"changed": changed})], by=by, now=now)
        return
    _note(PROPOSE, [(slot, None)], by=by, now=now)
    if slot.state != SlotState.PROPOSED:
        _note(_told(slot.state), [(slot, None)], by=by, now=now)


@transactions.verb
def open_(*, slot, by, now):
    """Open a proposed slot, as a coordinator of its program."""
    checks.require(checks.gather(_of_opening([Entry(slot, to=SlotState.OPEN)], by)))
    return _move(slot, SlotState.OPEN, by, now)


@transactions.verb
def withdraw(*, slot, by, now):
    """Take a slot back, unless people hold places in it."""
    require_host(slot=slot, by=by)
    entries = [Entry(slot, to=SlotState.WITHDRAWN)]
    with transactions.atomic():
        claims.claim(slots=[slot.pk])
        checks.require(checks.gather(_of_seats(entries)))
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
        .unrestricted()
        .annotate(rank=F("preferences__rank"))
        .select_related("participant")
        .prefetch_related(
            "participant__skill_claims__skill", "participant__language_certificates"
        )
        .order_by("rank", "pk")
    )


def problems(entries, *, by):
    """Return {place: refusals} of entries that may not be written as they are.

    Asks the database a number of questions that does not grow within a thousand rows.
    """
    new = [place for place, entry in enumerate(entries) if entry.is_new]
    return checks.gather(
        _of_hosts(entries, by),
        _of_intakes(entries, by),
        _of_rows(entries),
        (
            (new[place], refusal)
            for place, refusal in checks.of_codes([entries[at].slot for at in new])
        ),
        _of_moves(entries),
        _of_opening(entries, by),
        _of_seats(entries),
    )


def of_intake(slot, *, by, is_new=True):
    """Yield the refusal of an intake whose slots the actor may not write now."""
    coordinates = runs_program(by, slot.intake.program)
    state = slot.intake.state
    if coordinates and not is_new:
        is_open = state not in OVER
    else:
        is_open = state in (BEFORE_PLANNING if coordinates else STILL_OPEN)
    if not is_open:
        yield Refusal(
            "intake-closed",
            _("The intake is closed; ask its coordinator for the change."),
            kind=RefusalKind.CONFLICT,
            state=str(state),
        )


def of_dates_and_seats(slot):
    """Yield refusals of dates and numbers of seats that are the wrong way round."""
    yield from checks.of_order(
        slot.starts_on,
        slot.ends_on,
        field="ends_on",
        other="starts_on",
        message=_("The end has to be after the start."),
    )
    yield from checks.of_order(
        slot.capacity_min,
        slot.capacity_max,
        field="capacity_max",
        other="capacity_min",
        message=_("The most people cannot be fewer than the fewest."),
        may_be_equal=True,
    )
    if bool(slot.taught_language) != bool(slot.taught_cefr):
        empty, other = ("taught_cefr", "taught_language")
        if slot.taught_cefr:
            empty, other = other, empty
        yield Refusal(
            "together",
            _("A language taught and the level reached belong together."),
            field=empty,
            other=other,
        )


def _own_institution(by):
    own = by.institution_ids(Role.PARTNER)
    if len(own) != 1:
        raise Refusal("host-missing", _("Say which institution hosts."), field="host")
    return own[0]


def _is_changed(entry):
    lists = entry.requirements is not None or entry.resources is not None
    return bool(entry.changed) or lists


def _of_hosts(entries, by):
    """Yield a refusal of slots that are, or would become, somebody else's.

    A slot stays in its intake: people ranked it there.
    """
    stored = _stored(entries)
    for place, entry in enumerate(entries):
        slot = entry.slot
        for refusal in checks.refused(require_host, slot=slot, by=by):
            yield place, refusal
        if entry.is_new:
            continue
        intake_id, host_id, _state = stored[slot.pk]
        if intake_id != slot.intake_id:
            yield (
                place,
                Refusal(
                    "fixed",
                    _("A slot stays in its intake; withdraw it and propose another."),
                    field="intake",
                ),
            )
        elif host_id != slot.host_id and not runs_program(by, slot.intake.program):
            yield place, forbidden(_("Only the institution concerned may do this."))


def _of_intakes(entries, by):
    for place, entry in enumerate(entries):
        if entry.is_new or _is_changed(entry):
            for refusal in of_intake(entry.slot, by=by, is_new=entry.is_new):
                yield place, refusal


def _of_rows(entries):
    for place, entry in enumerate(entries):
        if not (entry.is_new or _is_changed(entry)):
            continue
        for refusal in of_dates_and_seats(entry.slot):
            yield place, refusal
        for refusal in checks.of_fields(entry.slot):
            yield place, refusal
        for name, key_of in KEYS.items():
            rows = getattr(entry, name) or ()
            for refusal in checks.of_lines(name, rows, key_of):
                yield place, refusal


KEYS = {
    "requirements": lambda row: (row.skill_id, row.kind),
    "resources": lambda row: row.resource_id,
}
"""What a line of each list is known by; it may be there once."""


def _of_moves(entries):
    """Yield a refusal of moves that the table of states does not have."""
    stored = _stored([entry for entry in entries if entry.to])
    for place, entry in enumerate(entries):
        if not entry.to:
            continue
        left = SlotState.PROPOSED if entry.is_new else stored[entry.slot.pk][2]
        if left != entry.to and not states.may_move("slot", left, entry.to):
            yield place, states.illegal(entry.slot, left, entry.to)


def _of_opening(entries, by):
    for place, entry in enumerate(entries):
        opens = entry.to == SlotState.OPEN and entry.slot.state != SlotState.OPEN
        if opens and not runs_program(by, entry.slot.intake.program):
            yield (
                place,
                forbidden(_("Only a coordinator of the program may do this.")),
            )


def _of_seats(entries):
    """Yield refusals of slots that would leave people without the place they hold."""
    known = [entry for entry in entries if not entry.is_new]
    held = _held([entry.slot.pk for entry in known])
    for place, entry in enumerate(entries):
        count = held.get(entry.slot.pk, 0)
        if count and entry.to == SlotState.WITHDRAWN:
            yield (
                place,
                Refusal(
                    "slot-in-use",
                    _(
                        "%(count)d people hold places in this slot; reject or move "
                        "them first."
                    )
                    % {"count": count},
                    kind=RefusalKind.CONFLICT,
                    count=count,
                ),
            )
        if count and entry.slot.capacity_max < count:
            yield (
                place,
                Refusal(
                    "seats-in-use",
                    _("%(count)d people hold places in this slot; it needs as many.")
                    % {"count": count},
                    kind=RefusalKind.CONFLICT,
                    field="capacity_max",
                    count=count,
                ),
            )


def _held(ids):
    """Return {slot: how many people hold a place in it}."""
    counts = {}
    for some in states.batches(ids, bulk.BATCH):
        rows = Placement.objects.live().filter(slot__in=some).order_by()
        counts.update(rows.values_list("slot").annotate(Count("pk")))
    return counts


def _stored(entries):
    """Return {slot: (intake, host, state)} as the database has them."""
    by_id = {}
    ids = [entry.slot.pk for entry in entries if not entry.is_new]
    for some in states.batches(ids, bulk.BATCH):
        rows = Slot.objects.filter(pk__in=some)
        for pk, *facts in rows.values_list("pk", "intake", "host", "state"):
            by_id[pk] = facts
    return by_id


def _requirements(slot, lines):
    return [SkillRequirement(slot=slot, **line) for line in lines]


def _replace_lists(entries):
    for model, name in (
        (SkillRequirement, "requirements"),
        (ResourceUse, "resources"),
    ):
        lists = [(entry.slot, getattr(entry, name)) for entry in entries]
        bulk.replace(model, "slot", lists)


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
