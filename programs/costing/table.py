"""The cost table: per slot and province of origin, by category, year and payer."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from programs.choices import FundingSourceKind, ProgramKind, RateKind
from programs.models import BudgetLine, CostRule, FeeWaiver, FundingRule, FundingSource
from programs.reading import at_one_moment

from . import calendar
from .amounts import CENTS, rounded_split, to_units
from .lines import CostLine, Line, Share, Unpaid
from .rates import Rates
from .rules import in_force, whole

PLACE_FIELDS = (
    "intake__program_id",
    "intake__decide_by",
    "host_id",
    "starts_on",
    "ends_on",
    "country_id",
    "intake__program__kind",
    "intake__program__priority_sector",
)


class Place(NamedTuple):
    """What the costs of a slot depend on, in the order of ``PLACE_FIELDS``."""

    program: UUID
    decide_by: date
    host: UUID
    starts_on: date
    ends_on: date
    country: str
    kind: str
    sector: str


def load(*, slots, on=None, kind=RateKind.PLANNING, shock=1):
    """Read what the slots cost and who may pay, in a constant number of queries.

    Parameters
    ----------
    slots: a queryset of slots.
    on: the date of the exchange rates; each intake's decision date unless given.
    kind: planning or stress rates.
    shock: factor on every foreign rate (1.10: the rupiah has lost a tenth).
    """
    with at_one_moment():
        return Costs(slots=slots, on=on, rates=Rates(kind=kind, shock=shock))


class Costs:
    """What a person from a province costs in a slot, by category, year and payers.

    ``budget_lines`` are the rows of all budget lines in the order of the names people
    use; ``budget`` maps their ids to what they hold in planning units.
    """

    def __init__(self, *, slots, on, rates):
        self._on, self._rates = on, rates
        rows = slots.values_list("pk", *PLACE_FIELDS)
        self._places = {pk: Place(*fields) for pk, *fields in rows}
        self._load_rules(slots)
        self._load_funding(slots)
        self._load_budget()
        self._waivers = [
            (waiver, {category.pk for category in waiver.categories.all()})
            for waiver in FeeWaiver.objects.prefetch_related("categories")
        ]
        self._memo = {}

    @property
    def places(self):
        """The ids of the slots in the table."""
        return self._places.keys()

    def lines(self, slot, origin=None):
        """Return the cost lines of a person from the province, payable or not."""
        return self._entry(slot, origin)[0]

    def unpaid(self, slot, origin=None):
        """Return what nobody may pay; nothing means that the place can be paid."""
        return self._entry(slot, origin)[1]

    def total(self, slot, origin=None):
        """Return what a person from the province costs altogether, exactly."""
        return sum(line.amount for line in self.lines(slot, origin))

    def spent(self, slot, origin, until):
        """Return {(category, year): share} of the costs that fell due before a day."""
        all_of_it = self._worth(slot, origin)
        part = self._worth(slot, origin, until)
        return {
            key: part.get(key, 0) / amount
            for key, amount in all_of_it.items()
            if amount
        }

    def _entry(self, slot, origin):
        program = self._places[slot].program
        origins = self._origins_of_slot.get(slot, self._none) | (
            self._origins_of_program.get(program, self._none)
        )
        # People from provinces without rules of their own cost the same everywhere.
        key = slot, origin if origin in origins else None
        if key not in self._memo:
            self._memo[key] = self._price(*key)
        return self._memo[key]

    def _price(self, slot, origin):
        """Return (cost lines, unpaid) of one slot and origin."""
        lines, unpaid = [], []
        for (category, year), parts in sorted(self._cents(slot, origin).items()):
            amount = sum(parts_of(parts))
            shares, waived = self._shares(slot, category, year, parts)
            lines.append(CostLine(category, year, amount, shares))
            if sum(share.amount for share in shares) != amount:
                unpaid.append(Unpaid(category, year, waived))
        return tuple(lines), tuple(unpaid)

    def _cents(self, slot, origin):
        """Return {(category, year): [(cents of a currency, its rate)]}, none zero.

        Rounded in the currency the cost is stated in, so that the years add up.
        """
        found = defaultdict(list)
        for (category, _currency, rate), due in self._due(slot, origin).items():
            years = sorted(due)
            cents = rounded_split([due[year] * CENTS for year in years])
            for year, amount in zip(years, cents, strict=True):
                if amount:
                    found[category, year].append((amount, rate))
        return found

    def _worth(self, slot, origin, until=None):
        """Return {(category, year): exact units} that fall due before a day."""
        worth = defaultdict(Fraction)
        for (category, _currency, rate), due in self._due(slot, origin, until).items():
            for year, amount in due.items():
                worth[category, year] += to_units(amount, rate)
        return worth

    def _due(self, slot, origin, until=None):
        """Return {(category, currency, its rate): {fiscal year: exact amount}}."""
        place = self._places[slot]
        rules = in_force(
            self._rules_of_slot.get(slot, ()),
            self._rules_of_program.get(place.program, ()),
        )
        due = defaultdict(lambda: defaultdict(Fraction))
        for rule in rules:
            if rule.origin_id not in (None, origin):
                continue
            rate = self._rates.on(rule.currency, self._on or place.decide_by)
            times = calendar.shares(rule.formula, place.starts_on, place.ends_on, until)
            for year, often in times.items():
                key = rule.category_id, rule.currency, rate
                due[key][year] += Fraction(rule.amount) * often
        return due

    def _shares(self, slot, category, year, parts):
        """Split an amount among the funding rules; what nobody pays is left out."""
        place = self._places[slot]
        rules = self._funding.get((place.program, category), [])
        percents = whole(percent for percent, *_rest in rules)
        rest = max(Fraction(100) - sum(percents), Fraction(0))
        amounts = split(parts, [*percents, rest])
        barred = self._barred(place, category)
        of_host = self._sources_of_host.get(place.host, self._none)
        shares, waived = [], False
        for part, (_percent, host_pays, sources) in zip(amounts, rules, strict=False):
            able = of_host if host_pays else sources
            payers = self._lines_of(able - barred, category, year)
            if part and payers:
                shares.append(Share(part, payers))
            elif part:
                waived = waived or bool(able & barred)
        return tuple(shares), waived

    def _barred(self, place, category):
        """Return the sources that may not pay, because the worker must not be charged.

        Other sources that share the cost still may: the waiver protects the worker.
        """
        where = {
            "country": place.country,
            "sector": place.sector,
            "day": place.starts_on,
        }
        if place.kind == ProgramKind.WORK_PLACEMENT:
            for waiver, categories in self._waivers:
                if category in categories and waiver.holds(**where):
                    return self._participants
        return self._none

    def _lines_of(self, sources, category, year):
        found = (
            line
            for source in sources
            for purpose in (category, None)
            if (line := self._line_of.get((source, year, purpose)))
        )
        return frozenset(found)

    def _load_rules(self, slots):
        programs = slots.values("intake__program_id")
        self._rules_of_slot, self._origins_of_slot = _by_owner(
            "slot_id", CostRule.objects.filter(slot__in=slots.values("pk"))
        )
        self._rules_of_program, self._origins_of_program = _by_owner(
            "program_id", CostRule.objects.filter(program__in=programs)
        )

    def _load_funding(self, slots):
        self._none = frozenset()
        self._funding = defaultdict(list)
        rules = (
            FundingRule.objects.filter(program__in=slots.values("intake__program_id"))
            .prefetch_related("sources")
            .order_by("program", "category", "-percent", "pk")
        )
        for rule in rules:
            sources = frozenset(source.pk for source in rule.sources.all())
            self._funding[rule.program_id, rule.category_id].append(
                (Fraction(rule.percent), rule.host_pays, sources)
            )

    def _load_budget(self):
        self._sources_of_host = defaultdict(frozenset)
        participants = set()
        sources = FundingSource.objects.values_list("pk", "kind", "institution_id")
        for pk, kind, institution in sources:
            if kind == FundingSourceKind.PARTICIPANT:
                participants.add(pk)
            elif institution:
                self._sources_of_host[institution] |= {pk}
        self._participants = frozenset(participants)
        self.budget, self._line_of = {}, {}
        self.budget_lines = list(
            BudgetLine.objects.select_related("source", "category").order_by(
                "source__code", "fiscal_year", "category_id"
            )
        )
        for line in self.budget_lines:
            self._line_of[line.source_id, line.fiscal_year, line.category_id] = line.pk
            self.budget[line.pk] = self._budget_line(line)

    def _budget_line(self, line):
        place = line.source_id, line.fiscal_year, line.category_id
        if line.amount is None:  # without a limit there is nothing to compare
            return Line(*place, None, "IDR", Fraction(1))
        day = self._on or max(
            (place.decide_by for place in self._places.values()), default=None
        )
        rate = self._rates.on(line.currency, day)
        return Line(*place, to_units(line.amount, rate), line.currency, rate)


class Rule(NamedTuple):
    """A cost rule as the table needs it."""

    category_id: str
    formula: str
    amount: Decimal
    currency: str
    origin_id: str | None


def parts_of(parts):
    """Return cents of several currencies as exact planning units."""
    return [to_units(Fraction(cents, CENTS), rate) for cents, rate in parts]


def split(parts, percents):
    """Return the worth of each share of an amount; whole cents of each currency."""
    shares = [Fraction(0)] * len(percents)
    for cents, rate in parts:
        of_currency = rounded_split([cents * percent / 100 for percent in percents])
        for at, worth in enumerate(parts_of((c, rate) for c in of_currency)):
            shares[at] += worth
    return shares


def _by_owner(owner, rules):
    """Return ({owner: [rule]}, {owner: provinces with own rules})."""
    table, origins = defaultdict(list), defaultdict(set)
    fields = (owner, "category_id", "formula", "amount", "currency", "origin_id")
    for pk, *values in rules.order_by("pk").values_list(*fields):
        rule = Rule(*values)
        table[pk].append(rule)
        if rule.origin_id:
            origins[pk].add(rule.origin_id)
    return table, origins
