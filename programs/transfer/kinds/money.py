"""Cost rules and budgets: what places cost, and what there is to pay them with."""

from django.utils.translation import gettext_lazy as _

from programs.choices import Basis, CostFormula, ImportKind
from programs.domain import money
from programs.models import BudgetLine, CostRule, Program, Region, Slot
from programs.models.money import LONGEST_CONDITION
from programs.roles import Permission
from programs.transfer.columns import (
    Amount,
    Code,
    Column,
    Condition,
    OneOf,
    Pattern,
    Whole,
)

from . import places, regions
from .base import Kind, chunks

CURRENCY = {"pattern": "[A-Z]{3}", "hint": "IDR"}


ORDER = (
    "program__code", "slot__code", "slot__host__code", "category", "origin", "formula",
    "condition",
)  # fmt: skip


class MoneyKind(Kind):
    """Rows that are found again by several columns."""

    plain = ()

    def values_of(self, row):
        """Return the values of an existing row."""
        raise NotImplementedError

    def foreign(self, values):
        """Return {field: primary key or row} of what the values point to."""
        raise NotImplementedError

    def rows(self):
        """Return every row, with what ``values_of`` and the domain follow."""
        raise NotImplementedError

    def current(self, keys, columns):
        wanted, values_by_key, self.known = set(keys), {}, {}
        for existing in self.rows():
            values = self.values_of(existing)
            key = self.key_of(values)
            if key in wanted:
                values_by_key[key], self.known[key] = values, existing
        return values_by_key

    def build(self, rows):
        for row in rows:
            known = self.known.get(self.key_of(row.values))
            row.entry = self._entry(known or self.model(), row)

    def _entry(self, made, row):
        is_new = made._state.adding
        for name in self.plain:
            if name in row.changes:
                setattr(made, name, row.changes[name])
        if is_new:
            for name, what in self.foreign(row.values).items():
                setattr(made, name, what)
        changed = () if is_new else tuple(n for n in self.plain if n in row.changes)
        return money.Entry(made, changed)

    def problems(self, entries):
        return money.problems(entries, by=self.by)

    def create(self, entries, now):
        money.add_many(entries=entries, by=self.by, now=now)

    def change(self, entries, now):
        money.change_many(entries=entries, by=self.by, now=now)


class CostRules(MoneyKind):
    """Cost rules, found again by program or slot, category, origin, formula, condition.

    A category may have two formulas at once (a lump in the first month, a sum a month),
    so another formula in a file is another rule and never a change of one.
    """

    name = ImportKind.COST_RULES
    provinces = "origin"
    key = ("program", "slot", "category", "origin", "formula", "condition")
    model = CostRule
    owner = ("program", "program")
    plain = ("formula", "amount", "currency", "condition", "basis", "source")
    columns = (
        Code("program", what="program"),
        Column("slot", limit=120),
        Code("category", required=True, what="costcategory"),
        OneOf("formula", required=True, choices=tuple(CostFormula.values)),
        Amount("amount", required=True),
        Pattern("currency", required=True, **CURRENCY),
        *regions.pair("origin", or_regency=True),
        Condition("condition", limit=LONGEST_CONDITION),
        OneOf("basis", choices=tuple(Basis.values)),
        Column("source", limit=300),
    )

    def prepare(self, rows):
        self.programs = Program.objects.in_bulk(field_name="code")
        for row in rows:
            row.values.setdefault("program", "")
            row.values.setdefault("slot", "")
        codes, slots = {row.values["slot"].rpartition("/")[2] for row in rows}, []
        for some in chunks(codes - {""}):
            known = Slot.objects.visible_to(self.by).filter(code__in=some)
            slots += known.select_related("intake__program", "host")
        self.places = places.Places(slots)
        self.slots = {slot.full_code: slot for slot in slots}

    def check(self, row):
        regions.settle(row, "origin", self.lookups.regions_and_regencies)
        values = row.values
        values.setdefault("origin", "")
        values.setdefault("condition", "")
        if not values.get("basis", "x"):
            values["basis"] = Basis.ASSUMED.value
        self._find_slot(row)
        if bool(values["program"]) == bool(values["slot"]):
            row.refuse("program", "either", first="program", second="slot")

    def _find_slot(self, row):
        given = row.values["slot"]
        found = self.places.find(given)
        if given and not found:
            row.refuse("slot", "unknown", what=str(_("slot")))
        row.values["slot"] = places.settle(row, "slot", found) or given

    def full(self, values):
        return {
            "basis": Basis.ASSUMED.value,
            "source": "",
            "origin": "",
            "condition": "",
        } | values

    def rows(self):
        rows = CostRule.objects.select_related(
            "program", "slot__intake__program", "slot__host"
        )
        return rows.iterator()

    def values_of(self, row):
        return {
            "program": row.program.code if row.program else "",
            "slot": row.slot.full_code if row.slot else "",
            "category": row.category_id,
            "origin": row.origin_id or "",
        } | {name: getattr(row, name) for name in self.plain}

    def foreign(self, values):
        return {
            "program": self.programs.get(values["program"]),
            "slot": self.slots.get(values["slot"]),
            "category_id": values["category"],
            "origin_id": values["origin"] or None,
        }

    def export_rows(self, queryset, *, private=False):
        known = Region.objects.in_bulk()
        rows = queryset.select_related("program", "slot__host")
        for row in rows.order_by(*ORDER):
            values = self.values_of(row)
            yield values | regions.write(values["origin"], "origin", known)


class Budgets(MoneyKind):
    """Budget lines, found again by source, year and category."""

    name = ImportKind.BUDGETS
    key = ("source", "fiscal_year", "category")
    permissions = (Permission.MANAGE_MONEY,)
    model = BudgetLine
    owner = ("source", "fundingsource")
    plain = ("fiscal_year", "amount", "currency")
    columns = (
        Code("source", required=True, what="fundingsource"),
        Whole("fiscal_year", required=True, least=2000, most=2100),
        Code("category", what="costcategory"),
        Amount("amount", most=10**17),
        Pattern("currency", required=True, **CURRENCY),
    )

    def prepare(self, rows):
        for row in rows:
            row.values.setdefault("category", "")

    def rows(self):
        return BudgetLine.objects.select_related("source").iterator()

    def values_of(self, row):
        return {
            "source": row.source.code,
            "category": row.category_id or "",
        } | {name: getattr(row, name) for name in self.plain}

    def foreign(self, values):
        return {
            "source_id": self.lookups["fundingsource"][values["source"]],
            "category_id": values["category"] or None,
        }

    def export_rows(self, queryset, *, private=False):
        rows = queryset.select_related("source")
        for row in rows.order_by("source__code", "fiscal_year", "category"):
            yield self.values_of(row)
