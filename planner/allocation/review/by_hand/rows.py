"""A plan made by hand, read: a file of people and slots, row by row.

People and slots are named as every other file names them: a person by the code and,
where several institutions gave the same one, by the institution; a place by the code
of the slot (HOST/CODE where several hosts use it) or of the pathway. An empty place
means that the person gets none.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from planner.models import AllocationRun, LimitKey, LimitKind
from programs.models import Application, Pathway, Slot, slot_names
from programs.transfer import sheets
from programs.transfer.columns import Code, Column
from programs.transfer.lookups import Lookups
from programs.transfer.rows import Row, read_rows

COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("participant", required=True, limit=40),
        Code("registered_by", what="institution"),
        Code("intake", what="intake"),
        Column("slot", limit=120),
    )
}
"""The columns of the file; without ``slot`` it would say nothing."""
NOWHERE = ""
"""In place of a slot: the row says that the person gets none."""


class Planned(NamedTuple):
    """Somebody whom the run plans for, by the names that files use."""

    application: UUID
    participant: UUID
    code: str
    registered_by: str
    intake: str
    team: UUID | None

    @property
    def name(self) -> str:
        """What a sentence calls the person: the code, and who gave it."""
        return f"{self.registered_by}/{self.code}"


@dataclass
class HandPlan:
    """A plan as a file has it.

    ``places`` are {application: names of slots}, ``bad`` rows that could not be read
    and are no part of it, ``nowhere`` how many rows give somebody no place on purpose.
    """

    places: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    rows: int = 0
    nowhere: int = 0
    bad: list[Row] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def planned_for(run: AllocationRun) -> dict[UUID, Planned]:
    """Return whom a run plans for, placed or not, in a constant number of queries."""
    ids = {
        *run.proposals.values_list("application_id", flat=True),
        *run.unplaced.values_list("application_id", flat=True),
    }
    rows = Application.objects.filter(intake__in=run.intakes.values("pk")).values_list(
        "pk",
        "participant_id",
        "participant__code",
        "participant__registered_by__code",
        "intake__code",
        "team_id",
    )
    return {row[0]: Planned(*row) for row in rows.order_by("pk") if row[0] in ids}


def places_of(run: AllocationRun, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return {what a file calls it: names of slots} of the places a run plans for.

    A slot is called HOST/CODE, and by its code alone where no other has it.

    Parameters
    ----------
    run: the run. names: of the limits in its problem.
    """
    keys = [
        LimitKey.parse(each) for each in names if each.startswith(f"{LimitKind.SEATS}:")
    ]
    own = Slot.objects.filter(intake__in=run.intakes.values("pk"))
    there = Slot.objects.named(key.code for key in keys)
    slots = list((own | there).select_related("host"))
    uses = Counter(slot.code for slot in slots)
    named = {slot.full_code: (slot.name,) for slot in slots}
    named |= {slot.code: (slot.name,) for slot in slots if uses[slot.code] == 1}
    steps: dict[str, list[str]] = defaultdict(list)
    pathways = Pathway.objects.filter(intake__in=run.intakes.values("pk"))
    for code, slot in pathways.order_by("code", "steps__position").values_list(
        "code", slot_names.at("steps__slot__")
    ):
        steps[code].append(slot)
    whole = {code: tuple(slots) for code, slots in steps.items() if all(slots)}
    return whole | named


def read(
    content: bytes,
    *,
    by: Any,
    run: AllocationRun,
    planned: Mapping[UUID, Planned],
    places: Mapping[str, tuple[str, ...]],
) -> HandPlan:
    """Read a file of people and places.

    Parameters
    ----------
    content: the bytes of a CSV or XLSX file. by: whoever brings it. run: the run it is
    compared with. planned, places: whom and what that run plans for.

    Raises
    ------
    Refusal: the file as a whole cannot be read, in one sentence.
    """
    sheet, piece = sheets.whole(content, COLUMNS, one_of=[("slot",)])
    rows = read_rows(sheet, piece, COLUMNS, Lookups(by))
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    plan = HandPlan(rows=len(rows), ignored=sheet.ignored, notes=sheet.notes)
    by_code: dict[str, list[Planned]] = defaultdict(list)
    for each in planned.values():
        by_code[each.code].append(each)
    for row in rows:
        person = _person(row, by_code, run)
        codes = _codes(row, places, run)
        if person and row.is_good:
            _take(row, found[person.application], codes)
            plan.nowhere += not codes and row.is_good
    plan.bad = [row for row in rows if not row.is_good]
    plan.places = {
        pk: tuple(code for code in codes if code != NOWHERE)
        for pk, codes in found.items()
        if codes and set(codes) != {NOWHERE}
    }
    return plan


def _person(
    row: Row, by_code: Mapping[str, list[Planned]], run: AllocationRun
) -> Planned | None:
    """Return whom a row is about, or refuse it."""
    if row.failed("participant", "registered_by", "intake"):
        return None
    same = by_code.get(row.values["participant"], [])
    wanted = [
        each
        for each in same
        if row.values.get("registered_by") in ("", None, each.registered_by)
        and row.values.get("intake") in ("", None, each.intake)
    ]
    if not wanted:
        row.refuse("participant", "not-planned", run=run.number)
        return None
    givers = sorted({each.registered_by for each in wanted})
    if len(givers) > 1:
        row.refuse("participant", "several-have-it", institutions=", ".join(givers))
        return None
    if len(wanted) > 1:
        intakes = ", ".join(each.intake for each in wanted)
        row.refuse("intake", "several-intakes", intakes=intakes)
        return None
    return wanted[0]


def _codes(
    row: Row, places: Mapping[str, tuple[str, ...]], run: AllocationRun
) -> tuple[str, ...]:
    """Return the slots that a row names, none for an empty cell, or refuse it."""
    if row.failed("slot") or not row.values["slot"]:
        return ()
    given = row.values["slot"]
    if given not in places:
        several = sorted(each for each in places if each.endswith(f"/{given}"))
        if several:
            row.refuse("slot", "several-slots", codes=", ".join(several))
            return ()
        row.refuse("slot", "no-place-of-run", run=run.number)
        return ()
    return places[given]


def _take(row: Row, found: dict[str, int], codes: tuple[str, ...]) -> None:
    """Add a row to what is known of its person, or refuse what was said before."""
    same = [found[code] for code in (*codes, NOWHERE) if code in found]
    if not codes:
        same = list(found.values())
    if same:
        row.refuse("", "key-in-file", row=same[0])
        return
    found |= dict.fromkeys(codes or (NOWHERE,), row.number)
