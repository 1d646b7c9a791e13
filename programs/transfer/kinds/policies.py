"""Quotas, payers, fee waivers and pins of groups, each with its one line: for whom."""

from programs.choices import (
    Basis,
    ImportKind,
    InstitutionKind,
    PinKind,
    PrioritySector,
    QuotaAttribute,
    QuotaKind,
    QuotaMeasure,
    Sex,
)
from programs.conditions.tokens import LONGEST
from programs.domain import policies
from programs.models import (
    FeeWaiver,
    FundingRule,
    GroupPin,
    ProfileCondition,
    Program,
    Quota,
    Region,
    Slot,
)
from programs.models.money import LONGEST_CONDITION
from programs.roles import Permission
from programs.transfer.columns import (
    Amount,
    Code,
    Column,
    Condition,
    Day,
    Listing,
    OneOf,
    Pattern,
    Whole,
    YesNo,
)
from programs.transfer.rows import Action

from . import places, regions
from .base import Kind, chunks

CODE = {"pattern": r"[-a-zA-Z0-9_]{1,50}", "hint": "kuota-3t"}
CODES = "apbn|lpdp"


class PolicyKind(Kind):
    """Rows of policy, found again by several columns, and written by one verb."""

    plain = ()
    codes = {}
    """{column: lookup} of cells that name another row by its code."""
    lists = {}
    """{column: lookup} of cells that name several."""
    related = ()
    """What the keepers of a row and its values follow."""

    def check(self, row):
        for name, what in self.codes.items():
            if what in self.lookups.VERSIONED and row.values.get(name):
                row.values[name] = self.lookups.full_code(what, row.values[name])
        for name, what in self.lists.items():
            entries = row.values.get(name, ())
            if len(set(entries)) < len(entries):
                row.refuse(name, "twice", what=self.lookups.label(what))
            elif not all(code in self.lookups[what] for (code,) in entries):
                row.refuse(name, "unknown", what=self.lookups.label(what))

    def current(self, keys, columns):
        wanted, values_by_key, self.stored = set(keys), {}, {}
        for existing in self.rows(self.model.objects.all()):
            values = self.values_of(existing)
            key = self.key_of(values)
            if key in wanted:
                values_by_key[key], self.stored[key] = values, existing
        return values_by_key

    def rows(self, queryset):
        """Return rows with what ``values_of`` follows, in the order of a file."""
        rows = queryset.select_related(*self.related).prefetch_related(*self.lists)
        return rows.order_by(*self.order)

    def values_of(self, row):
        """Return the values of an existing row."""
        values = {name: getattr(row, name) for name in self.plain}
        for name in self.codes:
            values[name] = self.code_of(name, row)
        for name in self.lists:
            values[name] = tuple(
                sorted((one.code,) for one in getattr(row, name).all())
            )
        return values

    def code_of(self, name, row):
        """Return how a cell names what the row points to."""
        other = getattr(row, name)
        return other.code if other else ""

    def found(self, name, code):
        """Return the primary key of what a cell names."""
        return self.lookups[self.codes[name]][code] if code else None

    def build(self, rows):
        for row in rows:
            is_new = row.action is Action.NEW
            made = self.model() if is_new else self.stored[self.key_of(row.values)]
            for name, value in row.changes.items():
                self.put(made, name, value)
            lists = {
                name: {self.lookups[what][code] for (code,) in row.changes[name]}
                for name, what in self.lists.items()
                if name in row.changes
            }
            fields = () if is_new else tuple(set(row.changes) - set(lists))
            self.complete(made)
            row.entry = policies.Entry(made, fields, lists)

    def put(self, made, name, value):
        """Set what a cell says of a row."""
        if name in self.codes:
            setattr(made, f"{name}_id", self.found(name, value))
        elif name not in self.lists:
            setattr(made, name, value)

    def complete(self, made):
        """Give a row that was made the rows that its keepers are asked by."""

    def problems(self, entries):
        return policies.problems(entries, by=self.by)

    def create(self, entries, now):
        policies.add_many(entries=entries, by=self.by, now=now)

    def change(self, entries, now):
        policies.change_many(entries=entries, by=self.by, now=now)

    def export_rows(self, queryset, *, private=False):
        for row in self.rows(queryset):
            yield self.values_of(row)


class OfProgram(PolicyKind):
    """Rows of a program, or of an intake of one."""

    owner = ("program", "program")

    def prepare(self, rows):
        self.programs = Program.objects.in_bulk()

    def complete(self, made):
        if made.program_id:
            made.program = self.programs[made.program_id]


class Quotas(OfProgram):
    """Quotas, found again by their code."""

    name = ImportKind.QUOTAS
    provinces = "province"
    model = Quota
    plain = (
        "code", "name_en", "name_id", "attribute", "sex", "institution_kind",
        "condition", "kind", "measure", "value", "base_part", "base_whole",
        "is_hard", "price",
    )  # fmt: skip
    codes = {
        "program": "program",
        "intake": "intake",
        "region_list": "regionlist",
        "institution": "institution",
        "host_country": "country",
    }
    related = ("program", "intake__program", "region_list", "institution")
    order = ("code",)
    columns = (
        Pattern("code", required=True, **CODE),
        Column("name_en", required=True),
        Column("name_id", required=True),
        Code("program", what="program"),
        Code("intake", what="intake"),
        OneOf("attribute", required=True, choices=tuple(QuotaAttribute.values)),
        Code("region_list", what="regionlist"),
        *regions.pair("province"),
        OneOf("sex", choices=tuple(Sex.values)),
        Code("institution", what="institution"),
        OneOf("institution_kind", choices=tuple(InstitutionKind.values)),
        Code("host_country", what="country"),
        Condition("condition", limit=LONGEST),
        OneOf("kind", required=True, choices=tuple(QuotaKind.values)),
        OneOf("measure", required=True, choices=tuple(QuotaMeasure.values)),
        Amount("value", required=True, most=10**7 - 1),
        Whole("base_part", most=2**40),
        Whole("base_whole", most=2**40),
        YesNo("is_hard"),
        Whole("price"),
    )

    def check(self, row):
        regions.settle(row, "province", self.lookups.regions)
        if row.values.get("price", 0) is None:
            row.values.pop("price")
        super().check(row)
        self._check_share(row)

    def _check_share(self, row):
        """Refuse a value beside a base table that makes it another."""
        names = ("measure", "value", "base_part", "base_whole")
        if row.is_good and all(name in row.values for name in names):
            said = Quota(**{name: row.values[name] for name in names})
            for refusal in policies.of_share(said):
                row.refuse(refusal.field, "refused", why=str(refusal))

    def full(self, values):
        usual = {"province": "", "price": Quota._meta.get_field("price").default}
        return super().full(usual | values)

    def values_of(self, row):
        return super().values_of(row) | {"province": row.province_id or ""}

    def code_of(self, name, row):
        if name == "host_country":
            return row.host_country_id or ""
        if name == "region_list":
            return row.region_list.full_code if row.region_list else ""
        return super().code_of(name, row)

    def put(self, made, name, value):
        if name == "province":
            made.province_id = value or None
        else:
            super().put(made, name, value)

    def prepare(self, rows):
        super().prepare(rows)
        self.intakes = self.lookups.intakes

    def complete(self, made):
        super().complete(made)
        if made.intake_id:
            made.intake = self.intakes[made.intake_id]

    def export_rows(self, queryset, *, private=False):
        known = Region.objects.in_bulk()
        for values in super().export_rows(queryset):
            yield values | regions.write(values["province"], "province", known)


class FundingRules(OfProgram):
    """Who may pay, found again by program, category, payers and for whom.

    What changes is the share; a payer is taken off on the desk.
    """

    name = ImportKind.FUNDING_RULES
    permissions = (Permission.IMPORT_DATA, Permission.MANAGE_MONEY)
    model = FundingRule
    key = ("program", "category", "host_pays", "sources", "condition")
    plain = ("percent", "host_pays", "condition")
    codes = {"program": "program", "category": "costcategory"}
    lists = {"sources": "fundingsource"}
    related = ("program", "category")
    order = ("program__code", "category", "condition", "-percent", "pk")
    columns = (
        Code("program", required=True, what="program"),
        Code("category", required=True, what="costcategory"),
        Amount("percent", required=True, most=100),
        YesNo("host_pays"),
        Listing("sources", example=CODES),
        Condition("condition", limit=LONGEST_CONDITION),
    )

    def check(self, row):
        values = {"host_pays": False, "sources": (), "condition": ""}
        row.values = values | row.values
        super().check(row)

    def key_text(self, key):
        program, category, host_pays, sources, condition = key
        payers = ["host"] * host_pays + [code for (code,) in sources]
        return "/".join(filter(None, (program, category, "+".join(payers), condition)))


class GroupPins(OfProgram):
    """Pins and prohibitions of groups, found again by their code."""

    name = ImportKind.GROUP_PINS
    permissions = (Permission.IMPORT_DATA, Permission.PLAN)
    model = GroupPin
    plain = ("code", "name_en", "name_id", "kind", "condition", "reason", "until")
    codes = {"program": "program", "intake": "intake"}
    related = ("program", "intake__program", "slot__intake__program", "slot__host")
    order = ("code",)
    columns = (
        Pattern("code", required=True, **CODE),
        Column("name_en", required=True),
        Column("name_id", required=True),
        OneOf("kind", required=True, choices=tuple(PinKind.values)),
        Condition("condition", required=True, limit=LONGEST),
        Code("program", what="program"),
        Code("intake", what="intake"),
        Column("slot", limit=120),
        Column("reason", required=True, limit=2000),
        Day("until"),
    )

    def prepare(self, rows):
        super().prepare(rows)
        self.intakes = self.lookups.intakes
        codes, slots = (
            {row.values.get("slot", "").rpartition("/")[2] for row in rows},
            [],
        )
        for some in chunks(codes - {""}):
            known = Slot.objects.visible_to(self.by).filter(code__in=some)
            slots += known.select_related("intake__program", "host")
        self.places = places.Places(slots)
        self.slots = {slot.full_code: slot for slot in slots}

    def check(self, row):
        super().check(row)
        if given := row.values.get("slot"):
            found = self.places.find(given)
            if not found:
                row.refuse("slot", "unknown", what=str(Slot._meta.verbose_name))
            row.values["slot"] = places.settle(row, "slot", found) or given

    def values_of(self, row):
        return super().values_of(row) | {"slot": row.slot.full_code if row.slot else ""}

    def put(self, made, name, value):
        if name == "slot":
            made.slot = self.slots[value] if value else None
        else:
            super().put(made, name, value)

    def complete(self, made):
        super().complete(made)
        if made.intake_id:
            made.intake = self.intakes[made.intake_id]


class ProfilePoints(PolicyKind):
    """Further conditions of objective profiles, found again by profile and code."""

    name = ImportKind.PROFILE_POINTS
    permissions = (Permission.MANAGE_USERS,)
    model = ProfileCondition
    owner = ("profile", "profile")
    key = ("profile", "code")
    plain = ("code", "condition", "points")
    codes = {"profile": "profile"}
    related = ("profile",)
    order = ("profile__code", "profile__version", "code")
    columns = (
        Code("profile", required=True, what="profile"),
        Pattern("code", required=True, **CODE),
        Condition("condition", required=True, limit=LONGEST),
        Whole("points", required=True),
    )

    def code_of(self, name, row):
        return row.profile.full_code


class FeeWaivers(PolicyKind):
    """What workers may not be charged, found again by its code."""

    name = ImportKind.FEE_WAIVERS
    permissions = (Permission.MANAGE_USERS,)
    model = FeeWaiver
    owner = ("code", "country")
    plain = (
        "code", "sector", "valid_from", "valid_to", "legal_reference", "condition",
        "basis", "source",
    )  # fmt: skip
    codes = {"destination": "country"}
    lists = {"categories": "costcategory"}
    related = ("destination",)
    order = ("code",)
    columns = (
        Pattern("code", required=True, **CODE),
        Code("destination", required=True, what="country"),
        OneOf("sector", choices=tuple(PrioritySector.values)),
        Day("valid_from", required=True),
        Day("valid_to"),
        Listing("categories", required=True, example="visa|airfare"),
        Column("legal_reference", required=True),
        Condition("condition", limit=LONGEST_CONDITION),
        OneOf("basis", choices=tuple(Basis.values)),
        Column("source", limit=300),
    )

    def check(self, row):
        if not row.values.get("basis", "x"):
            row.values["basis"] = Basis.SOURCED.value
        super().check(row)

    def full(self, values):
        return super().full({"basis": Basis.SOURCED.value} | values)
