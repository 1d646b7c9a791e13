"""The cost table: per slot and province of origin, by category, year and payer."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, KeysView, Mapping, Set
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from programs.choices import FundingSourceKind, ProgramKind, RateKind
from programs.models import (
    BudgetLine,
    CostRule,
    FeeWaiver,
    FundingRule,
    FundingSource,
    Slot,
)
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


Funding = dict[tuple[UUID, str], list[tuple[Fraction, bool, frozenset[UUID]]]]
"""(program, category) -> (percent, whether the host pays, sources), largest first."""
Days = Mapping[UUID, tuple[date, date]]
"""Slot -> the first day of a stay in it, and the day after its last."""
Entry = tuple[tuple[CostLine, ...], tuple[Unpaid, ...]]
Cents = list[tuple[int, Fraction]]
"""Cents of a currency, and its rate, of each currency."""


class Rule(NamedTuple):
    """A cost rule as the table needs it."""

    category_id: str
    formula: str
    amount: Decimal
    currency: str
    origin_id: str | None


class Year(NamedTuple):
    """What falls due in a fiscal year, a part for each funding rule.

    ``rest`` is what no funding rule is about.
    """

    number: int
    amount: Fraction
    parts: tuple[Fraction, ...]
    rest: Fraction


class Priced(NamedTuple):
    """What a category costs, but for people of some provinces."""

    entry: Entry
    origins: Set[str | None]


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


def load(
    *,
    slots: QuerySet[Slot],
    on: date | None = None,
    kind: str = RateKind.PLANNING,
    shock: Decimal | Fraction | int | str = 1,
    days: Days | None = None,
) -> "Costs":
    """Read what the slots cost and who may pay, in a constant number of queries.

    Parameters
    ----------
    slots: a queryset of slots.
    on: the date of the exchange rates; each intake's decision date unless given.
    kind: planning or stress rates.
    shock: factor on every foreign rate (1.10: the rupiah has lost a tenth).
    days: of a stay that does not last as long as its slot.
    """
    with at_one_moment():
        rates = Rates(kind=kind, shock=shock)
        return Costs(slots=slots, on=on, rates=rates, days=days or {})


class Costs:
    """What a person from a province costs in a slot, by category, year and payers.

    ``budget_lines`` are the rows of all budget lines in the order of the names people
    use; ``budget`` maps their ids to what they hold in planning units.
    """

    def __init__(
        self, *, slots: QuerySet[Slot], on: date | None, rates: Rates, days: Days
    ) -> None:
        self._on, self._rates = on, rates
        rows = slots.values_list("pk", *PLACE_FIELDS)
        self._places = {pk: Place(*fields) for pk, *fields in rows}
        for pk, (first, after) in days.items():
            place = self._places[pk]
            self._places[pk] = place._replace(starts_on=first, ends_on=after)
        self._load_rules(slots)
        self._load_funding(slots)
        self._load_budget()
        self._waivers = [
            (waiver, {category.pk for category in waiver.categories.all()})
            for waiver in FeeWaiver.objects.prefetch_related("categories")
        ]
        self._memo: dict[tuple[UUID, str | None], Entry] = {}
        self._memo_of_slot: dict[UUID, dict[str, Priced]] = {}
        self._memo_of_years: dict[Hashable, tuple[Year, ...]] = {}
        self._memo_of_category: dict[Hashable, Entry] = {}
        self._memo_of_rules: dict[UUID, dict[str, list[Rule]]] = {}

    @property
    def places(self) -> KeysView[UUID]:
        """The ids of the slots in the table."""
        return self._places.keys()

    def lines(self, slot: UUID, origin: str | None = None) -> tuple[CostLine, ...]:
        """Return the cost lines of a person from the province, payable or not."""
        return self._entry(slot, origin)[0]

    def unpaid(self, slot: UUID, origin: str | None = None) -> tuple[Unpaid, ...]:
        """Return what nobody may pay; nothing means that the place can be paid."""
        return self._entry(slot, origin)[1]

    def total(self, slot: UUID, origin: str | None = None) -> Fraction:
        """Return what a person from the province costs altogether, exactly."""
        return sum((line.amount for line in self.lines(slot, origin)), Fraction(0))

    def origins(self, slot: UUID) -> set[str]:
        """Return the provinces whose people cost something of their own there."""
        of_program = self._origins_of_program.get(self._places[slot].program, set())
        return self._origins_of_slot.get(slot, set()) | of_program

    def spent(
        self, slot: UUID, origin: str | None, until: date
    ) -> dict[tuple[str, int], Fraction]:
        """Return {(category, year): share} of the costs that fell due before a day."""
        return {
            (category, year): part.get(year, Fraction(0)) / amount
            for category in self._rules(slot)
            for part in [self._worth(slot, category, origin, until)]
            for year, amount in self._worth(slot, category, origin).items()
            if amount
        }

    def _entry(self, slot: UUID, origin: str | None) -> Entry:
        # People from provinces without rules of their own cost the same everywhere.
        key = slot, origin if origin in self.origins(slot) else None
        if key not in self._memo:
            self._memo[key] = self._price(*key)
        return self._memo[key]

    def _price(self, slot: UUID, origin: str | None) -> Entry:
        """Return (cost lines, unpaid) of one slot and origin."""
        lines: list[CostLine] = []
        unpaid: list[Unpaid] = []
        for category, priced in self._priced(slot).items():
            # Most categories cost the same wherever somebody comes from.
            more, nobody = priced.entry
            if origin in priced.origins:
                more, nobody = self._price_of_category(slot, category, origin)
            lines += more
            unpaid += nobody
        return tuple(lines), tuple(unpaid)

    def _priced(self, slot: UUID) -> dict[str, Priced]:
        """Return what each category costs somebody of no province in particular."""
        if slot not in self._memo_of_slot:
            self._memo_of_slot[slot] = {
                category: Priced(
                    self._price_of_category(slot, category, None),
                    {rule.origin_id for rule in rules} - {None},
                )
                for category, rules in self._rules(slot).items()
            }
        return self._memo_of_slot[slot]

    def _price_of_category(
        self, slot: UUID, category: str, origin: str | None
    ) -> Entry:
        """Return (cost lines, unpaid) of one category of one slot and origin.

        Many slots of a program have the same rules, dates and payers: they share it.
        """
        place = self._places[slot]
        rules = tuple(
            rule
            for rule in self._rules(slot)[category]
            if rule.origin_id in (None, origin)
        )
        dates = place.starts_on, place.ends_on, place.decide_by
        same = place.program, category, rules, dates
        if same not in self._memo_of_years:
            self._memo_of_years[same] = self._years(slot, category, origin)
        of_host = self._none
        if (place.program, category) in self._paid_by_host:
            of_host = self._sources_of_host.get(place.host, self._none)
        barred = self._barred(place, category)
        key = same, of_host, barred
        if key not in self._memo_of_category:
            self._memo_of_category[key] = self._paid(
                place.program, category, self._memo_of_years[same], of_host, barred
            )
        return self._memo_of_category[key]

    def _years(self, slot: UUID, category: str, origin: str | None) -> tuple[Year, ...]:
        """Return what falls due in each fiscal year, split among the funding rules."""
        percents = self._percents(self._places[slot].program, category)
        years = sorted(self._cents(slot, category, origin).items())
        return tuple(
            Year(number, sum(parts_of(cents), Fraction(0)), *split(cents, percents))
            for number, cents in years
        )

    def _paid(
        self,
        program: UUID,
        category: str,
        years: tuple[Year, ...],
        of_host: frozenset[UUID],
        barred: frozenset[UUID],
    ) -> Entry:
        """Return (cost lines, unpaid) of what falls due, with who may pay for it."""
        rules = self._funding.get((program, category), [])
        lines, unpaid = [], []
        for year in years:
            shares, is_short, waived = [], bool(year.rest), False
            for part, (_percent, host_pays, sources) in zip(
                year.parts, rules, strict=True
            ):
                able = of_host if host_pays else sources
                payers = self._lines_of(able - barred, category, year.number)
                if part and payers:
                    shares.append(Share(part, payers))
                elif part:
                    is_short, waived = True, waived or bool(able & barred)
            lines.append(CostLine(category, year.number, year.amount, tuple(shares)))
            if is_short:
                unpaid.append(Unpaid(category, year.number, waived))
        return tuple(lines), tuple(unpaid)

    def _percents(self, program: UUID, category: str) -> list[Fraction]:
        """Return the share of each funding rule, and what nobody pays, in per cent."""
        rules = self._funding.get((program, category), [])
        percents = whole(percent for percent, *_rest in rules)
        return [*percents, max(Fraction(100) - sum(percents), Fraction(0))]

    def _cents(self, slot: UUID, category: str, origin: str | None) -> dict[int, Cents]:
        """Return {fiscal year: cents of each currency} of a category, none zero.

        Rounded in the currency the cost is stated in, so that the years add up.
        """
        parts: dict[int, Cents] = defaultdict(list)
        for (_currency, rate), due in self._due(slot, category, origin).items():
            years = sorted(due)
            cents = rounded_split([due[year] * CENTS for year in years])
            for year, amount in zip(years, cents, strict=True):
                if amount:
                    parts[year].append((amount, rate))
        return parts

    def _worth(
        self, slot: UUID, category: str, origin: str | None, until: date | None = None
    ) -> dict[int, Fraction]:
        """Return {fiscal year: exact units} that fall due before a day."""
        worth: dict[int, Fraction] = defaultdict(Fraction)
        due = self._due(slot, category, origin, until)
        for (_currency, rate), amounts in due.items():
            for year, amount in amounts.items():
                worth[year] += to_units(amount, rate)
        return worth

    def _rules(self, slot: UUID) -> dict[str, list[Rule]]:
        """Return the rules in force for a slot, by category."""
        if slot not in self._memo_of_rules:
            rules: dict[str, list[Rule]] = defaultdict(list)
            shared = self._rules_of_program.get(self._places[slot].program, [])
            for rule in in_force(self._rules_of_slot.get(slot, []), shared):
                rules[rule.category_id].append(rule)
            self._memo_of_rules[slot] = dict(sorted(rules.items()))
        return self._memo_of_rules[slot]

    def _due(
        self, slot: UUID, category: str, origin: str | None, until: date | None = None
    ) -> dict[tuple[str, Fraction], dict[int, Fraction]]:
        """Return {(currency, its rate): {fiscal year: exact amount}} of a category."""
        place = self._places[slot]
        due: dict[tuple[str, Fraction], dict[int, Fraction]] = defaultdict(
            lambda: defaultdict(Fraction)
        )
        for rule in self._rules(slot)[category]:
            if rule.origin_id in (None, origin):
                rate = self._rates.on(rule.currency, self._on or place.decide_by)
                times = calendar.shares(
                    rule.formula, place.starts_on, place.ends_on, until
                )
                for year, often in times.items():
                    due[rule.currency, rate][year] += Fraction(rule.amount) * often
        return due

    def _barred(self, place: Place, category: str) -> frozenset[UUID]:
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

    def _lines_of(
        self, sources: Iterable[UUID], category: str, year: int
    ) -> frozenset[UUID]:
        lines = (
            line
            for source in sources
            for purpose in (category, None)
            if (line := self._line_of.get((source, year, purpose)))
        )
        return frozenset(lines)

    def _load_rules(self, slots: QuerySet[Slot]) -> None:
        programs = slots.values("intake__program_id")
        self._rules_of_slot, self._origins_of_slot = _by_owner(
            "slot_id", CostRule.objects.filter(slot__in=slots.values("pk"))
        )
        self._rules_of_program, self._origins_of_program = _by_owner(
            "program_id", CostRule.objects.filter(program__in=programs)
        )

    def _load_funding(self, slots: QuerySet[Slot]) -> None:
        self._none: frozenset[UUID] = frozenset()
        self._funding: Funding = defaultdict(list)
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
        self._paid_by_host = {
            key for key, rules in self._funding.items() if any(r[1] for r in rules)
        }

    def _load_budget(self) -> None:
        self._sources_of_host: dict[UUID, frozenset[UUID]] = defaultdict(frozenset)
        participants: set[UUID] = set()
        sources = FundingSource.objects.values_list("pk", "kind", "institution_id")
        for pk, kind, institution in sources:
            if kind == FundingSourceKind.PARTICIPANT:
                participants.add(pk)
            elif institution:
                self._sources_of_host[institution] |= {pk}
        self._participants = frozenset(participants)
        self.budget: dict[UUID, Line] = {}
        self._line_of: dict[tuple[UUID, int, str | None], UUID] = {}
        self.budget_lines: list[BudgetLine] = list(
            BudgetLine.objects.select_related("source", "category").order_by(
                "source__code", "fiscal_year", "category_id"
            )
        )
        for line in self.budget_lines:
            self._line_of[line.source_id, line.fiscal_year, line.category_id] = line.pk
            self.budget[line.pk] = self._budget_line(line)

    def _budget_line(self, line: BudgetLine) -> Line:
        place = line.source_id, line.fiscal_year, line.category_id
        if line.amount is None:  # without a limit there is nothing to compare
            return Line(*place, None, "IDR", Fraction(1))
        day = self._on or max(
            (place.decide_by for place in self._places.values()), default=None
        )
        rate = self._rates.on(line.currency, day)
        return Line(*place, to_units(line.amount, rate), line.currency, rate)


def parts_of(parts: Iterable[tuple[int, Fraction]]) -> list[Fraction]:
    """Return cents of several currencies as exact planning units."""
    return [to_units(Fraction(cents, CENTS), rate) for cents, rate in parts]


def split(
    parts: Cents, percents: list[Fraction]
) -> tuple[tuple[Fraction, ...], Fraction]:
    """Return the worth of each share of an amount, the last one apart.

    Shares are whole cents of each currency.
    """
    shares = [Fraction(0)] * len(percents)
    for cents, rate in parts:
        of_currency = rounded_split([cents * percent / 100 for percent in percents])
        for at, worth in enumerate(parts_of((c, rate) for c in of_currency)):
            shares[at] += worth
    return tuple(shares[:-1]), shares[-1]


def _by_owner(
    owner: str, rules: QuerySet[CostRule]
) -> tuple[dict[UUID, list[Rule]], dict[UUID, set[str]]]:
    """Return ({owner: [rule]}, {owner: provinces with own rules})."""
    table: dict[UUID, list[Rule]] = defaultdict(list)
    origins: dict[UUID, set[str]] = defaultdict(set)
    fields = (owner, "category_id", "formula", "amount", "currency", "origin_id")
    for pk, *values in rules.order_by("pk").values_list(*fields):
        rule = Rule(*values)
        table[pk].append(rule)
        if rule.origin_id:
            origins[pk].add(rule.origin_id)
    return table, origins
