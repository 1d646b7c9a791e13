"""Slots with what they require, prefer, teach and use, one slot a row."""

from programs.audit_actions import AuditAction
from programs.choices import Cefr, ImportKind, IntakeState, RequirementKind, SlotState
from programs.domain import audit
from programs.models import Intake, ResourceUse, SkillRequirement, Slot
from programs.transfer.columns import Code, Column, Day, Listing, OneOf, Pattern, Whole
from programs.transfer.messages import CellError

from . import papers
from .base import Kind, chunks

SKILLS = {
    "required_skills": RequirementKind.REQUIRED,
    "preferred_skills": RequirementKind.PREFERRED,
    "taught_skills": RequirementKind.TAUGHT,
}
FOREIGN = {
    "intake": "intake",
    "host": "institution",
    "country": "country",
    "route": "immigrationroute",
    "agreement": "agreement",
}
EDITABLE = (IntakeState.DRAFT, IntakeState.OPEN, IntakeState.CLOSED)
LANGUAGE = {"pattern": r"[a-z]{2,3}(-[A-Za-z0-9]+)*", "hint": "en, ja, zh"}


class Slots(Kind):
    """Slots, found again by their code."""

    name = ImportKind.SLOTS
    model = Slot
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
        Pattern("taught_language", **LANGUAGE),
        OneOf("taught_cefr", choices=tuple(Cefr.values)),
        Code("route", what="immigrationroute"),
        Code("agreement", what="agreement"),
        OneOf("state", choices=tuple(SlotState.values)),
        *(Listing(name, least=2, most=2, example="AI-PYT:2") for name in SKILLS),
        Listing("resources", least=2, most=2, example="asrama-penang:1"),
        Column("note", limit=2000),
    )
    PLAIN = (
        "role_title_en", "role_title_id", "city", "starts_on", "ends_on",
        "capacity_min", "capacity_max", "work_language", "min_cefr", "min_kkni",
        "isced_fields", "taught_language", "taught_cefr", "state", "note",
    )  # fmt: skip

    def prepare(self, rows):
        self.intakes = Intake.objects.in_bulk(field_name="code")
        self.mine = self.lookups.own(Intake)
        self.read_skill = pair_reader(self.lookups["skill"], "skill", 4)
        self.read_use = pair_reader(
            self.lookups["sharedresource"], "shared resource", 1_000_000
        )

    def check(self, row):
        for name in SKILLS:
            papers.settle(row, name, self.read_skill, lambda entry: entry[0])
        papers.settle(row, "resources", self.read_use, lambda entry: entry[0])
        values = row.values
        if "state" in values and not values["state"]:
            values["state"] = SlotState.OPEN.value
        intake = self.intakes.get(values.get("intake"))
        if intake and not row.failed("intake") and intake.pk not in self.mine:
            row.refuse("intake", "not-yours", what=self.lookups.label("intake"))
        start, end = values.get("starts_on"), values.get("ends_on")
        if start and end and end <= start:
            row.refuse("ends_on", "order", other="starts_on")
        low, high = values.get("capacity_min"), values.get("capacity_max")
        if low is not None and high is not None and high < low:
            row.refuse("capacity_max", "at-least", other="capacity_min")
        taught = [values.get("taught_language"), values.get("taught_cefr")]
        if any(taught) and not all(taught):
            empty, other = ("taught_cefr", "taught_language")[:: 1 if taught[0] else -1]
            row.refuse(empty, "together", other=other)

    def check_change(self, row, action):
        intake = self.intakes[row.values["intake"]]
        if intake.state not in EDITABLE:
            row.refuse("intake", "intake-running", state=intake.state)

    def current(self, keys, columns):
        found = {}
        for codes in chunks(code for (code,) in keys):
            for values in self._values(Slot.objects.filter(code__in=codes)):
                found[(values["code"],)] = values
        return found

    def _values(self, queryset):
        rows = queryset.select_related("intake", "host", "route", "agreement")
        rows = rows.prefetch_related(
            "skill_requirements__skill", "resource_uses__resource"
        )
        for slot in rows.order_by("code").iterator(chunk_size=500):
            values = {"code": slot.code, "country": slot.country_id}
            values |= {name: getattr(slot, name) for name in self.PLAIN}
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
                    (u.resource.code, str(u.amount)) for u in slot.resource_uses.all()
                )
            )
            yield values

    def create(self, rows, now):
        for row in rows:
            self._save(
                Slot(code=row.values["code"]), row, AuditAction.SLOTS_PROPOSE, now
            )

    def change(self, rows, now):
        by_code = {row.values["code"]: row for row in rows}
        for codes in chunks(by_code):
            for slot in Slot.objects.filter(code__in=codes):
                self._save(slot, by_code[slot.code], AuditAction.SLOTS_UPDATE, now)

    def _save(self, slot, row, action, now):
        """Slots are few: each is saved by itself, with history and an audit entry."""
        values = row.values
        for name in self.PLAIN:
            if name in values:
                setattr(slot, name, values[name])
        for name, what in FOREIGN.items():
            if name in values:
                pk = self.lookups[what][values[name]] if values[name] else None
                setattr(slot, f"{name}_id", pk)
        slot._history_user = self.by
        slot.save()
        self._write_lists(slot, values)
        audit.record(by=self.by, action=action, obj=slot, now=now)

    def _write_lists(self, slot, values):
        for name, kind in SKILLS.items():
            if name in values:
                slot.skill_requirements.filter(kind=kind).delete()
                SkillRequirement.objects.bulk_create(
                    SkillRequirement(
                        slot=slot,
                        skill_id=self.lookups["skill"][code],
                        kind=kind,
                        level=int(level),
                    )
                    for code, level in values[name]
                )
        if "resources" in values:
            slot.resource_uses.all().delete()
            ResourceUse.objects.bulk_create(
                ResourceUse(
                    slot=slot,
                    resource_id=self.lookups["sharedresource"][code],
                    amount=int(amount),
                )
                for code, amount in values["resources"]
            )

    def full(self, values):
        return (
            super().full(values)
            | {name: value for name, value in values.items() if value != ""}
            | ({} if values.get("state") else {"state": SlotState.OPEN.value})
        )

    def export_rows(self, queryset, *, private=False):
        yield from self._values(queryset)


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
