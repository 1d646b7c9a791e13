"""Cost rules and budgets: what places cost, and what there is to pay them with."""

from programs.audit_actions import AuditAction
from programs.choices import Basis, CostFormula, ImportKind
from programs.domain import audit
from programs.models import BudgetLine, CostRule, Program, Region, Slot
from programs.roles import Permission
from programs.transfer.columns import Amount, Code, Column, OneOf, Pattern, Whole

from . import regions
from .base import Kind

CURRENCY = {"pattern": "[A-Z]{3}", "hint": "IDR"}


ORDER = "program__code", "slot__code", "category", "origin", "formula"


class MoneyKind(Kind):
    """Rows that are few, saved one by one with history and an audit entry."""

    plain = ()

    def values_of(self, found):
        """Return the values of an existing row."""
        raise NotImplementedError

    def foreign(self, values):
        """Return attributes of the model that point to other rows."""
        raise NotImplementedError

    def rows(self):
        """Return every row, with what ``values_of`` follows."""
        raise NotImplementedError

    def current(self, keys, columns):
        wanted, found = set(keys), {}
        for existing in self.rows():
            values = self.values_of(existing)
            if self.key_of(values) in wanted:
                found[self.key_of(values)] = values
        return found

    def create(self, rows, now):
        for row in rows:
            self._save(self.model(), row, self.added, now)

    def change(self, rows, now):
        wanted = {self.key_of(row.values): row for row in rows}
        for existing in self.rows():
            row = wanted.get(self.key_of(self.values_of(existing)))
            if row:
                self._save(existing, row, self.changed, now)

    def _save(self, made, row, action, now):
        for name in self.plain:
            if name in row.values:
                setattr(made, name, row.values[name])
        for name, pk in self.foreign(row.values).items():
            setattr(made, name, pk)
        made._history_user = self.by
        made.save()
        audit.record(by=self.by, action=action, obj=made, now=now)


class CostRules(MoneyKind):
    """Cost rules, found again by program or slot, category, origin and formula.

    A category may have two formulas at once (a lump in the first month, a sum a month),
    so another formula in a file is another rule and never a change of one.
    """

    name = ImportKind.COST_RULES
    added, changed = AuditAction.COST_RULES_ADD, AuditAction.COST_RULES_CHANGE
    key = ("program", "slot", "category", "origin", "formula")
    model = CostRule
    plain = ("formula", "amount", "currency", "basis", "source")
    columns = (
        Code("program", what="program"),
        Code("slot", what="slot"),
        Code("category", required=True, what="costcategory"),
        OneOf("formula", required=True, choices=tuple(CostFormula.values)),
        Amount("amount", required=True),
        Pattern("currency", required=True, **CURRENCY),
        *regions.pair("origin"),
        OneOf("basis", choices=tuple(Basis.values)),
        Column("source", limit=300),
    )

    def prepare(self, rows):
        self.mine = self.lookups.own(Program)
        self.owners = dict(Slot.objects.values_list("code", "intake__program_id"))
        for row in rows:
            row.values.setdefault("program", "")
            row.values.setdefault("slot", "")

    def check(self, row):
        regions.settle(row, "origin", self.lookups.regions)
        values = row.values
        values.setdefault("origin", "")
        if not values.get("basis", "x"):
            values["basis"] = Basis.ASSUMED.value
        if bool(values["program"]) == bool(values["slot"]):
            row.refuse("program", "either", first="program", second="slot")
        elif not row.failed("program", "slot"):
            program = self.lookups["program"].get(values["program"]) or self.owners.get(
                values["slot"]
            )
            if program not in self.mine:
                column = "program" if values["program"] else "slot"
                row.refuse(column, "not-yours", what=self.lookups.label("program"))

    def full(self, values):
        return {"basis": Basis.ASSUMED.value, "source": "", "origin": ""} | values

    def rows(self):
        return CostRule.objects.select_related("program", "slot").iterator()

    def values_of(self, found):
        return {
            "program": found.program.code if found.program else "",
            "slot": found.slot.code if found.slot else "",
            "category": found.category_id,
            "origin": found.origin_id or "",
        } | {name: getattr(found, name) for name in self.plain}

    def foreign(self, values):
        return {
            "program_id": self.lookups["program"].get(values["program"]),
            "slot_id": self.lookups["slot"].get(values["slot"]),
            "category_id": values["category"],
            "origin_id": values["origin"] or None,
        }

    def notes(self, rows):
        return [note for note in [regions.clash_note(rows, "origin")] if note]

    def export_rows(self, queryset, *, private=False):
        provinces = Region.objects.provinces().in_bulk()
        rows = queryset.select_related("program", "slot")
        for found in rows.order_by(*ORDER):
            values = self.values_of(found)
            yield values | regions.write(values["origin"], "origin", provinces)


class Budgets(MoneyKind):
    """Budget lines, found again by source, year and category."""

    name = ImportKind.BUDGETS
    added, changed = AuditAction.BUDGETS_ADD, AuditAction.BUDGETS_CHANGE
    key = ("source", "fiscal_year", "category")
    permission = Permission.MANAGE_MONEY
    model = BudgetLine
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

    def values_of(self, found):
        return {
            "source": found.source.code,
            "category": found.category_id or "",
        } | {name: getattr(found, name) for name in self.plain}

    def foreign(self, values):
        return {
            "source_id": self.lookups["fundingsource"][values["source"]],
            "category_id": values["category"] or None,
        }

    def export_rows(self, queryset, *, private=False):
        rows = queryset.select_related("source")
        for found in rows.order_by("source__code", "fiscal_year", "category"):
            yield self.values_of(found)
