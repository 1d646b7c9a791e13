"""Slots with what they require, prefer, teach and use, one slot a row."""

from programs.choices import Cefr, ImportKind, RequirementKind, SlotState, UsedBy
from programs.domain import slot_checks, slots
from programs.models import Intake, Region, ResourceUse, SkillRequirement, Slot
from programs.transfer.columns import (
    Code,
    Column,
    Condition,
    Day,
    Listing,
    OneOf,
    Pattern,
    Whole,
)
from programs.transfer.messages import CellError
from programs.transfer.rows import Action

from . import papers, regions
from .base import Kind, chunks

SKILLS = {
    "required_skills": RequirementKind.REQUIRED,
    "preferred_skills": RequirementKind.PREFERRED,
    "taught_skills": RequirementKind.TAUGHT,
}
FOREIGN = {
    "host": "institution",
    "country": "country",
    "route": "immigrationroute",
    "agreement": "agreement",
}
LANGUAGE = {"pattern": r"[a-z]{2,3}(-[A-Za-z0-9]+)*", "hint": "en, ja, zh"}


class Slots(Kind):
    """Slots, found again by host and code: a code is its host's own."""

    name = ImportKind.SLOTS
    model = Slot
    key = ("code", "host")
    owner = ("intake", "intake")
    provinces = "province"
    columns = (
        Pattern(
            "code", required=True, pattern=r"[-a-zA-Z0-9_]{1,60}", hint="MY-ATP-01"
        ),
        Code("intake", required=True, what="intake"),
        Code("host", required=True, what="institution"),
        Column("role_title_en", required=True),
        Column("role_title_id", required=True),
        Column("city", required=True, limit=100),
        Code("country", required=True, what="country"),
        *regions.pair("province"),
        Day("starts_on", required=True),
        Day("ends_on", required=True),
        Whole("capacity_min", required=True, most=100_000),
        Whole("capacity_max", required=True, least=1, most=100_000),
        Pattern("work_language", required=True, **LANGUAGE),
        OneOf("min_cefr", choices=tuple(Cefr.values)),
        Whole("min_kkni", least=1, most=9),
        Pattern(
            "isced_fields",
            pattern=r"(0\d|10)\d{0,2}(,(0\d|10)\d{0,2})*",
            hint="0714,0613",
            limit=100,
        ),
        Condition("condition", limit=2000),
        Pattern("taught_language", **LANGUAGE),
        OneOf("taught_cefr", choices=tuple(Cefr.values)),
        Code("route", what="immigrationroute"),
        Code("agreement", what="agreement"),
        OneOf("state", choices=tuple(SlotState.values)),
        *(Listing(name, least=2, most=2, example="AI-PYT:2") for name in SKILLS),
        Listing("resources", least=2, most=3, example="asrama-penang:1"),
        Column("note", limit=2000),
    )
    PLAIN = (
        "role_title_en", "role_title_id", "city", "starts_on", "ends_on",
        "capacity_min", "capacity_max", "work_language", "min_cefr", "min_kkni",
        "isced_fields", "condition", "taught_language", "taught_cefr", "note",
    )  # fmt: skip

    def prepare(self, rows):
        self.intakes = Intake.objects.select_related("program").in_bulk(
            field_name="code"
        )
        self.read_skill = pair_reader(self.lookups["skill"], "skill", 4)
        self.read_use = use_reader(
            pair_reader(self.lookups["sharedresource"], "shared resource", 1_000_000)
        )

    def check(self, row):
        for name in SKILLS:
            papers.settle(row, name, self.read_skill, lambda entry: entry[0])
        papers.settle(row, "resources", self.read_use, lambda entry: entry[0])
        regions.settle(row, "province", self.lookups.regions)
        values = row.values
        if not values.get("state"):  # an empty cell leaves the state alone
            values.pop("state", None)

    def current(self, keys, columns):
        values_by_key = {}
        for codes in chunks({code for code, _host in keys}):
            for values in self._values(Slot.objects.filter(code__in=codes)):
                values_by_key[self.key_of(values)] = values
        self.stored = values_by_key
        return values_by_key

    def _values(self, queryset):
        rows = queryset.select_related("intake", "host", "route", "agreement")
        rows = rows.prefetch_related(
            "skill_requirements__skill", "resource_uses__resource"
        )
        for slot in rows.order_by("code", "host__code").iterator(chunk_size=1000):
            values = {"code": slot.code, "country": slot.country_id}
            values["province"] = slot.province_id or ""
            values |= {name: getattr(slot, name) for name in (*self.PLAIN, "state")}
            for name in ("intake", "host", "route", "agreement"):
                other = getattr(slot, name)
                values[name] = other.code if other else ""
            for name, kind in SKILLS.items():
                values[name] = tuple(
                    sorted(
                        (need.skill.code, str(need.level))
                        for need in slot.skill_requirements.all()
                        if need.kind == kind
                    )
                )
            values["resources"] = tuple(
                sorted(
                    (u.resource.code, str(u.amount), *told_users(u))
                    for u in slot.resource_uses.all()
                )
            )
            yield values

    def build(self, rows):
        known = {}
        codes = [row.values["code"] for row in rows if row.action is Action.CHANGED]
        for some in chunks(codes):
            slots = Slot.objects.filter(code__in=some)
            slots = slots.select_related("intake__program", "host")
            known |= {(slot.code, slot.host.code): slot for slot in slots}
        for row in rows:
            found = known.get(self.key_of(row.values))
            row.entry = self._entry(found or Slot(code=row.values["code"]), row)

    def _entry(self, slot, row):
        values, is_new = row.changes, slot._state.adding
        for name in self.PLAIN:
            if name in values:
                setattr(slot, name, values[name])
        for name, what in FOREIGN.items():
            if name in values:
                pk = self.lookups[what][values[name]] if values[name] else None
                setattr(slot, f"{name}_id", pk)
        if "province" in values:
            slot.province_id = values["province"] or None
        if "intake" in values:
            slot.intake = self.intakes[values["intake"]]
        fields = (*self.PLAIN, *FOREIGN, "province", "intake")
        changed = () if is_new else tuple(name for name in fields if name in values)
        return slots.Entry(
            slot,
            changed,
            self._requirements(slot, row) if set(SKILLS) & set(values) else None,
            self._uses(slot, values["resources"]) if "resources" in values else None,
            SlotState(values["state"]) if "state" in values else None,
            self.reason,
        )

    def _requirements(self, slot, row):
        """Return all lines; those of kinds that the file lacks are as they were."""
        lines = self.stored.get(self.key_of(row.values), {}) | row.values
        return [
            SkillRequirement(
                slot=slot,
                skill_id=self.lookups["skill"][code],
                kind=kind,
                level=int(level),
            )
            for name, kind in SKILLS.items()
            for code, level in lines.get(name, ())
        ]

    def _uses(self, slot, entries):
        return [
            ResourceUse(
                slot=slot,
                resource_id=self.lookups["sharedresource"][code],
                amount=int(amount),
                used_by=UsedBy(*users) if users else UsedBy.PERSON,
            )
            for code, amount, *users in entries
        ]

    def problems(self, entries):
        return slot_checks.problems(entries, by=self.by)

    def create(self, entries, now):
        slots.propose_many(entries=entries, by=self.by, now=now)

    def change(self, entries, now):
        slots.change_many(entries=entries, by=self.by, now=now)

    def full(self, values):
        return (
            super().full(values)
            | {name: value for name, value in values.items() if value != ""}
            | ({} if values.get("state") else {"state": SlotState.OPEN.value})
        )

    def export_rows(self, queryset, *, private=False):
        known = Region.objects.provinces().in_bulk()
        for values in self._values(queryset):
            yield values | regions.write(values["province"], "province", known)


def pair_reader(known, what, most):
    """Return a reader of (code, whole number from 1)."""

    def read(parts):
        code, number = parts
        if code not in known:
            raise CellError("unknown", what=what)
        if not number.isdigit() or not 1 <= int(number) <= most:
            raise CellError("range", least=1, most=most)
        return code, str(int(number))

    return read


def use_reader(read_pair):
    """Return a reader of (code, amount), and who uses it unless each person does."""

    def read(parts):
        pair, users = read_pair(parts[:2]), parts[2:]
        if users and users[0] not in UsedBy.values:
            raise CellError("choice", choices=", ".join(UsedBy.values))
        return pair if users in ((), (UsedBy.PERSON.value,)) else (*pair, *users)

    return read


def told_users(use):
    """Return who uses a resource as a file says it: nothing for each person."""
    return () if use.used_by == UsedBy.PERSON else (str(use.used_by),)
