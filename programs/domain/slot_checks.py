"""What stands in the way of a slot, one or a file of them.

Each check yields its refusals with the place of the entry; none writes anything.
"""

from datetime import timedelta
from functools import partial
from itertools import chain

from django.db.models import Count
from django.utils.translation import gettext as _

from programs import formats
from programs.choices import IntakeState, SlotState
from programs.models import Placement, Region, ResourceUse, SkillRequirement, Slot
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import bulk, checks, clashes, conditions, promised, states, transactions
from .actors import forbidden, require_party, runs_program

STILL_OPEN = (IntakeState.DRAFT, IntakeState.OPEN)
"""States of an intake in which hosts propose and change their slots."""
BEFORE_PLANNING = (*STILL_OPEN, IntakeState.CLOSED)
"""States of an intake in which a coordinator adds slots as well."""
OVER = (IntakeState.COMPLETED, IntakeState.CANCELLED)
"""States of an intake in which nobody changes its slots any more."""
HOME = "ID"
"""The country whose provinces a slot may name."""


def require_host(*, slot, by):
    """Return the slot; refuse anybody but its host and the program's coordinators."""
    require_party(
        by,
        Permission.RATE,
        institution_id=slot.host_id,
        program=slot.intake.program,
    )
    return slot


def problems(entries, *, by):
    """Return {place: refusals} of entries that may not be written as they are.

    Asks the database a number of questions that does not grow within a thousand rows.
    """
    new = [place for place, entry in enumerate(entries) if entry.is_new]
    return checks.gather(
        _of_hosts(entries, by),
        _of_intakes(entries, by),
        _of_rows(entries),
        _of_provinces(entries),
        _of_conditions(entries, by),
        (
            (new[place], refusal)
            for place, refusal in checks.of_codes(
                [entries[at].slot for at in new], within=["host_id"]
            )
        ),
        _of_moves(entries),
        of_opening(entries, by),
        of_seats(entries),
        _of_own_days(entries),
        _of_limits(entries),
        of_promised(entries, by),
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


def replace_lists(entries):
    """Write the lists of slots that have new ones."""
    for model, name in (
        (SkillRequirement, "requirements"),
        (ResourceUse, "resources"),
    ):
        lists = [(entry.slot, getattr(entry, name)) for entry in entries]
        bulk.replace(model, "slot", lists)


def is_changed(entry):
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
        if entry.is_new or is_changed(entry):
            for refusal in of_intake(entry.slot, by=by, is_new=entry.is_new):
                yield place, refusal


def _of_rows(entries):
    for place, entry in enumerate(entries):
        if not (entry.is_new or is_changed(entry)):
            continue
        for refusal in of_dates_and_seats(entry.slot):
            yield place, refusal
        for refusal in checks.of_fields(entry.slot):
            yield place, refusal
        for name, key_of in KEYS.items():
            rows = getattr(entry, name) or ()
            for refusal in checks.of_lines(name, rows, key_of):
                yield place, refusal


def _of_provinces(entries):
    """Yield refusals of provinces abroad, and of regions that are no provinces."""
    asked = [
        (place, entry.slot)
        for place, entry in enumerate(entries)
        if entry.slot.province_id
        and (entry.is_new or {"province", "country"} & set(entry.changed))
    ]
    provinces = Region.objects.provinces().values_list("pk", flat=True)
    known = set(provinces) if asked else ()
    for place, slot in asked:
        if slot.country_id != HOME:
            yield (
                place,
                Refusal(
                    "province-abroad",
                    _("Only a slot in Indonesia has a province; leave it empty."),
                    field="province",
                ),
            )
        elif slot.province_id not in known:
            yield (
                place,
                Refusal(
                    "not-a-province",
                    _("This is a regency or city; choose its province."),
                    field="province",
                ),
            )


def _of_conditions(entries, by):
    """Yield refusals of conditions; hosts do not choose by what is confidential."""
    written = [
        (place, entry.slot)
        for place, entry in enumerate(entries)
        if entry.is_new or "condition" in entry.changed
    ]
    refused = set()
    for place, refusal in conditions.of_rows(written):
        refused.add(place)
        yield place, refusal
    for place, entry in enumerate(entries):
        is_concerned = entry.is_new or clashes.OF_SLOT & set(entry.changed)
        if is_concerned and place not in refused:
            for refusal in clashes.of_slot(entry.slot):
                yield place, refusal
    for place, slot in written:
        if not runs_program(by, slot.intake.program):
            for refusal in conditions.of_private(slot):
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


def of_opening(entries, by):
    for place, entry in enumerate(entries):
        opens = entry.to == SlotState.OPEN and entry.slot.state != SlotState.OPEN
        if opens and not runs_program(by, entry.slot.intake.program):
            yield (
                place,
                forbidden(_("Only a coordinator of the program may do this.")),
            )


def of_seats(entries):
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


def _of_own_days(entries):
    """Yield refusals of days that leave a stay with days of its own outside."""
    moved = {
        entry.slot.pk: (place, entry.slot)
        for place, entry in enumerate(entries)
        if {"starts_on", "ends_on"} & set(entry.changed) and not entry.is_new
    }
    told = set()
    for some in states.batches(moved, bulk.BATCH):
        rows = Placement.objects.live().filter(
            slot__in=some, own_starts_on__isnull=False
        )
        for pk, first, after in rows.values_list(
            "slot_id", "own_starts_on", "own_ends_on"
        ):
            place, slot = moved[pk]
            if pk not in told and not slot.starts_on <= first < after <= slot.ends_on:
                told.add(pk)
                yield place, _stay_outside(first, after)


def _stay_outside(first, after):
    return Refusal(
        "stay-outside",
        _(
            "Sender and host agreed on a stay from %(first)s to %(last)s here; the "
            "slot has to last as long."
        )
        % {"first": formats.day(first), "last": formats.day(after - timedelta(days=1))},
        kind=RefusalKind.CONFLICT,
        field="ends_on",
    )


MOVES = ("route", "country", "starts_on", "ends_on")
"""What of a slot moves the stays in it."""


def _of_limits(entries):
    """Yield what the database refuses of slots whose people would be moved.

    They are tried out one after the other and taken back: a cap of a route, an
    agreement or somebody's other stay may have no room there.
    """
    moved = {
        place: [name for name in MOVES if name in entry.changed]
        for place, entry in enumerate(entries)
        if not entry.is_new and set(MOVES) & set(entry.changed)
    }
    held = _held([entries[place].slot.pk for place in moved])
    tried = {
        place: partial(_write, entries[place].slot, names)
        for place, names in moved.items()
        if entries[place].slot.pk in held
    }
    for place, refusal in transactions.tried(tried).items() if tried else ():
        refusal.field = moved[place][0]
        yield place, refusal


def _write(slot, names):
    """Write some fields of a slot for a moment, without history, trail or events."""
    values = {name: getattr(slot, name) for name in names}
    Slot.objects.filter(pk=slot.pk).update(**values)


RULES = frozenset(
    {
        *("starts_on", "ends_on", "country", "province", "host", "route", "agreement"),
        *("work_language", "min_cefr", "min_kkni", "isced_fields", "condition"),
        *("taught_language", "taught_cefr"),
    }
)
"""What of a slot people may pass or not; other fields keep nobody out."""


def of_promised(entries, by):
    """Yield the refusal of changed rules that would keep out who has a place already.

    The changes are tried out together and taken back; a reason lets them pass. Who may
    see the people's names reads them.
    """
    tried = {
        entry.slot.pk: place
        for place, entry in enumerate(entries)
        if not entry.is_new
        and not entry.reason.strip()
        and (RULES & set(entry.changed) or entry.requirements is not None)
    }
    if not tried:
        return
    some = [entries[place] for place in tried.values()]
    out = promised.kept_out(tried, lambda: _try_out(some))
    visible = promised.seen(chain.from_iterable(out.values()), by) if out else set()
    for pk, rows in out.items():
        yield tried[pk], promised.refusal(rows, visible)


def _try_out(entries):
    """Write changed rules for a moment."""
    for entry in entries:
        if names := [name for name in entry.changed if name in RULES]:
            _write(entry.slot, names)
    replace_lists(entries)


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
