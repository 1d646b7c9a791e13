"""The cost table: per slot and province of origin, by category, year and payer."""

from collections import defaultdict
from collections.abc import Hashable, KeysView, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from programs.choices import RateKind
from programs.conditions.judging import Judge
from programs.conditions.many import Array
from programs.conditions.who import Who
from programs.models import (
    Application,
    BudgetLine,
    CostRule,
    FundingRule,
    Slot,
)
from programs.reading import at_one_moment

from . import calendar
from .amounts import CENTS, rounded_split, to_units
from .budget import NOBODY, Budget
from .lines import CostLine, Line, Share, Unpaid
from .rates import Rates
from .rows import (
    NONE_MET,
    PLACE_FIELDS,
    Cents,
    Days,
    Entry,
    Funding,
    Met,
    Payer,
    Place,
    Priced,
    Rule,
    Year,
    by_owner,
    meets,
    parts_of,
    shares_of,
    split,
)
from .rules import in_force
from .waivers import Waivers


def load(
    *,
    slots: QuerySet[Slot],
    on: date | None = None,
    kind: str = RateKind.PLANNING,
    shock: Decimal | Fraction | int | str = 1,
    days: Days | None = None,
    people: QuerySet[Application] | None = None,
    judge: Judge | None = None,
) -> "Costs":
    """Read what the slots cost and who may pay, in a constant number of queries.

    Parameters
    ----------
    slots: a queryset of slots.
    on: the date of the exchange rates; each intake's decision date unless given.
    kind: planning or stress rates.
    shock: factor on every foreign rate (1.10: the rupiah has lost a tenth).
    days: of a stay that does not last as long as its slot.
    people: the applications of whom ``met`` and ``groups`` will be asked.
    judge: what is known of these people already, shared with other rules.
    """
    with at_one_moment():
        rates = Rates(kind=kind, shock=shock)
        whom = _Whom(people, judge)
        return Costs(slots=slots, on=on, rates=rates, days=days or {}, whom=whom)


class _Whom(NamedTuple):
    """The people of whom will be asked what they have met, and who knows of them."""

    people: QuerySet[Application] | None
    judge: Judge | None


class Costs:
    """What a person from a province costs in a slot, by category, year and payers.

    Rules for some are counted for who meets their conditions: ``met`` says which of
    them hold for somebody, and what somebody costs is asked with it.
    """

    def __init__(
        self,
        *,
        slots: QuerySet[Slot],
        on: date | None,
        rates: Rates,
        days: Days,
        whom: "_Whom",
    ) -> None:
        self._on, self._rates = on, rates
        rows = slots.values_list("pk", *PLACE_FIELDS)
        self._places = {pk: Place(*fields) for pk, *fields in rows}
        for pk, (first, after) in days.items():
            place = self._places[pk]
            self._places[pk] = place._replace(starts_on=first, ends_on=after)
        self._load_rules(slots)
        self._load_funding(slots)
        latest = max((each.decide_by for each in self._places.values()), default=None)
        self._budget = Budget(rates, on or latest)
        self._waivers = Waivers()
        self.who = self._load_who(slots, days, whom)
        self._memo_of_likeness: dict[UUID, UUID] = {}
        self._first_alike: dict[Hashable, UUID] = {}
        self._memo: dict[tuple[UUID, str | None, Met], Entry] = {}
        self._memo_of_conditions: dict[UUID, tuple[str, ...]] = {}
        self._memo_of_slot: dict[UUID, dict[str, Priced]] = {}
        self._memo_of_years: dict[Hashable, tuple[Year, ...]] = {}
        self._memo_of_category: dict[Hashable, Entry] = {}
        self._memo_of_rules: dict[UUID, dict[str, list[Rule]]] = {}

    @property
    def places(self) -> KeysView[UUID]:
        """The ids of the slots in the table."""
        return self._places.keys()

    @property
    def budget(self) -> dict[UUID, Line]:
        """What each budget line holds in planning units, by id."""
        return self._budget.lines

    @property
    def budget_lines(self) -> list[BudgetLine]:
        """The rows of all budget lines in the order of the names people use."""
        return self._budget.rows

    def lines(
        self, slot: UUID, origin: str | None = None, met: Met = NONE_MET
    ) -> tuple[CostLine, ...]:
        """Return the cost lines of a person from the province, payable or not."""
        return self._entry(slot, origin, met)[0]

    def unpaid(
        self, slot: UUID, origin: str | None = None, met: Met = NONE_MET
    ) -> tuple[Unpaid, ...]:
        """Return what nobody may pay; nothing means that the place can be paid."""
        return self._entry(slot, origin, met)[1]

    def total(
        self, slot: UUID, origin: str | None = None, met: Met = NONE_MET
    ) -> Fraction:
        """Return what a person from the province costs altogether, exactly."""
        lines = self.lines(slot, origin, met)
        return sum((line.amount for line in lines), Fraction(0))

    def conditions(self, slot: UUID) -> tuple[str, ...]:
        """Return the conditions of rules about money that are in force for a slot."""
        slot = self.alike(slot)
        if slot not in self._memo_of_conditions:
            categories = self._rules(slot)
            found = [self._conditions_of(slot, category) for category in categories]
            self._memo_of_conditions[slot] = tuple(sorted(NONE_MET.union(*found)))
        return self._memo_of_conditions[slot]

    def met(self, slot: UUID, application: UUID) -> Met:
        """Return which of these conditions hold for somebody."""
        return frozenset(
            text
            for text in self.conditions(slot)
            if self.who.meets(text, application, slot)
        )

    def asked(self, slot: UUID) -> tuple[tuple[str, int], ...]:
        """Return what its rules ask: places that ask the same group people alike."""
        texts = self.conditions(slot)
        return tuple((text, self.who.question(text, slot)) for text in texts)

    def alike(self, slot: UUID) -> UUID:
        """Return the first place that costs the same, whoever somebody is."""
        if slot not in self._memo_of_likeness:
            place = self._places[slot]
            others = place._asdict().items()
            key = (
                tuple(value for name, value in others if name != "host"),
                self._budget.of_host(place.host),
                tuple(self._rules_of_slot.get(slot, ())),
            )
            self._memo_of_likeness[slot] = self._first_alike.setdefault(key, slot)
        return self._memo_of_likeness[slot]

    def groups(
        self, people: Sequence[UUID], slots: Sequence[UUID], person: Array, slot: Array
    ) -> tuple[Array, list[Met]]:
        """Return (the group of each pair, what people of each group have met).

        Parameters
        ----------
        people, slots: ids. person, slot: the pairs, as places in these two.
        """
        group, sets = np.zeros(len(person), np.int64), [NONE_MET]
        asked = [self.conditions(pk) for pk in slots]
        where = self.who.where(people, slots)
        for text in sorted(set().union(*asked)):
            asks = np.array([text in each for each in asked], bool)
            at = np.flatnonzero(asks[slot])
            # Only where it is asked: elsewhere it need not be judged.
            some = where._replace(places=where.places[asks])
            place = np.cumsum(asks) - 1
            holds = self.who.of_pairs(text, some, person[at], place[slot[at]])
            group *= 2
            group[at[holds]] += 1
            found, group = np.unique(group, return_inverse=True)
            sets = [sets[n // 2] | ({text} if n % 2 else NONE_MET) for n in found]
        return group, sets

    def origins(self, slot: UUID) -> set[str]:
        """Return the provinces whose people cost something of their own there."""
        of_program = self._origins_of_program.get(self._places[slot].program, set())
        return self._origins_of_slot.get(slot, set()) | of_program

    def spent(
        self, slot: UUID, origin: str | None, until: date, met: Met = NONE_MET
    ) -> dict[tuple[str, int], Fraction]:
        """Return {(category, year): share} of the costs that fell due before a day."""
        return {
            (category, year): part.get(year, Fraction(0)) / amount
            for category in self._rules(slot)
            for part in [self._worth(slot, category, origin, met, until)]
            for year, amount in self._worth(slot, category, origin, met).items()
            if amount
        }

    def _entry(self, slot: UUID, origin: str | None, met: Met) -> Entry:
        # People from provinces without rules of their own cost the same everywhere.
        own = origin if origin in self.origins(slot) else None
        key = self.alike(slot), own, met
        if key not in self._memo:
            self._memo[key] = self._price(*key)
        return self._memo[key]

    def _price(self, slot: UUID, origin: str | None, met: Met) -> Entry:
        """Return (cost lines, unpaid) of one slot and origin."""
        lines: list[CostLine] = []
        unpaid: list[Unpaid] = []
        for category, priced in self._priced(slot).items():
            # Most categories cost the same whoever somebody is.
            more, nobody = priced.entry
            if origin in priced.origins or met & priced.conditions:
                more, nobody = self._price_of_category(slot, category, origin, met)
            lines += more
            unpaid += nobody
        return tuple(lines), tuple(unpaid)

    def _priced(self, slot: UUID) -> dict[str, Priced]:
        """Return what each category costs somebody of no province in particular."""
        if slot not in self._memo_of_slot:
            self._memo_of_slot[slot] = {
                category: Priced(
                    self._price_of_category(slot, category, None, NONE_MET),
                    {rule.origin_id for rule in rules} - {None},
                    self._conditions_of(slot, category),
                )
                for category, rules in self._rules(slot).items()
            }
        return self._memo_of_slot[slot]

    def _price_of_category(
        self, slot: UUID, category: str, origin: str | None, met: Met
    ) -> Entry:
        """Return (cost lines, unpaid) of one category of one slot and origin.

        Many slots of a program have the same rules, dates and payers: they share it.
        """
        place = self._places[slot]
        rules = tuple(
            rule for rule in self._rules(slot)[category] if rule.is_for(origin, met)
        )
        payers = self._payers(place.program, category, met)
        dates = place.starts_on, place.ends_on, place.decide_by
        same = category, rules, tuple(payers), dates
        if same not in self._memo_of_years:
            self._memo_of_years[same] = self._years(slot, category, origin, met)
        of_host = NOBODY
        if (place.program, category) in self._paid_by_host:
            of_host = self._budget.of_host(place.host)
        barred = self._barred(place, category, met)
        key = same, of_host, barred
        if key not in self._memo_of_category:
            self._memo_of_category[key] = self._paid(
                payers, category, self._memo_of_years[same], of_host, barred
            )
        return self._memo_of_category[key]

    def _payers(self, program: UUID, category: str, met: Met) -> list[Payer]:
        """Return the funding rules that hold for who meets so much."""
        rules = self._funding.get((program, category), [])
        return [rule for rule in rules if meets(rule.condition, met)]

    def _years(
        self, slot: UUID, category: str, origin: str | None, met: Met
    ) -> tuple[Year, ...]:
        """Return what falls due in each fiscal year, split among the funding rules."""
        payers = self._payers(self._places[slot].program, category, met)
        percents = shares_of(payers)
        years = sorted(self._cents(slot, category, origin, met).items())
        return tuple(
            Year(number, sum(parts_of(cents), Fraction(0)), *split(cents, percents))
            for number, cents in years
        )

    def _paid(
        self,
        rules: list[Payer],
        category: str,
        years: tuple[Year, ...],
        of_host: frozenset[UUID],
        barred: frozenset[UUID],
    ) -> Entry:
        """Return (cost lines, unpaid) of what falls due, with who may pay for it."""
        lines, unpaid = [], []
        for year in years:
            shares, is_short, waived = [], bool(year.rest), False
            for part, rule in zip(year.parts, rules, strict=True):
                able = of_host if rule.host_pays else rule.sources
                payers = self._budget.paying(able - barred, category, year.number)
                if part and payers:
                    shares.append(Share(part, payers))
                elif part:
                    is_short, waived = True, waived or bool(able & barred)
            lines.append(CostLine(category, year.number, year.amount, tuple(shares)))
            if is_short:
                unpaid.append(Unpaid(category, year.number, waived))
        return tuple(lines), tuple(unpaid)

    def _cents(
        self, slot: UUID, category: str, origin: str | None, met: Met
    ) -> dict[int, Cents]:
        """Return {fiscal year: cents of each currency} of a category, none zero.

        Rounded in the currency the cost is stated in, so that the years add up.
        """
        parts: dict[int, Cents] = defaultdict(list)
        for (_currency, rate), due in self._due(slot, category, origin, met).items():
            years = sorted(due)
            cents = rounded_split([due[year] * CENTS for year in years])
            for year, amount in zip(years, cents, strict=True):
                if amount:
                    parts[year].append((amount, rate))
        return parts

    def _worth(
        self,
        slot: UUID,
        category: str,
        origin: str | None,
        met: Met,
        until: date | None = None,
    ) -> dict[int, Fraction]:
        """Return {fiscal year: exact units} that fall due before a day."""
        worth: dict[int, Fraction] = defaultdict(Fraction)
        due = self._due(slot, category, origin, met, until)
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
        self,
        slot: UUID,
        category: str,
        origin: str | None,
        met: Met,
        until: date | None = None,
    ) -> dict[tuple[str, Fraction], dict[int, Fraction]]:
        """Return {(currency, its rate): {fiscal year: exact amount}} of a category."""
        place = self._places[slot]
        due: dict[tuple[str, Fraction], dict[int, Fraction]] = defaultdict(
            lambda: defaultdict(Fraction)
        )
        for rule in self._rules(slot)[category]:
            if rule.is_for(origin, met):
                rate = self._rates.on(rule.currency, self._on or place.decide_by)
                times = calendar.shares(
                    rule.formula, place.starts_on, place.ends_on, until
                )
                for year, often in times.items():
                    due[rule.currency, rate][year] += Fraction(rule.amount) * often
        return due

    def _conditions_of(self, slot: UUID, category: str) -> Met:
        """Return the conditions that a category's cost, or its payers, depend on."""
        place, rules = self._places[slot], self._rules(slot)[category]
        payers = self._funding.get((place.program, category), [])
        waivers = self._waivers.at(place, category)
        return frozenset(each.condition for each in (*rules, *payers, *waivers)) - {""}

    def _barred(self, place: Place, category: str, met: Met) -> frozenset[UUID]:
        """Return the sources that may not pay, because the worker must not be charged.

        Other sources that share the cost still may: the waiver protects the worker.
        """
        waivers = self._waivers.at(place, category)
        if any(meets(waiver.condition, met) for waiver in waivers):
            return self._budget.participants
        return NOBODY

    def _load_rules(self, slots: QuerySet[Slot]) -> None:
        programs = slots.values("intake__program_id")
        self._rules_of_slot, self._origins_of_slot = by_owner(
            "slot_id", CostRule.objects.filter(slot__in=slots.values("pk"))
        )
        self._rules_of_program, self._origins_of_program = by_owner(
            "program_id", CostRule.objects.filter(program__in=programs)
        )

    def _load_funding(self, slots: QuerySet[Slot]) -> None:
        self._funding: Funding = defaultdict(list)
        rules = (
            FundingRule.objects.filter(program__in=slots.values("intake__program_id"))
            .prefetch_related("sources")
            .order_by("program", "category", "-percent", "pk")
        )
        for rule in rules:
            sources = frozenset(source.pk for source in rule.sources.all())
            self._funding[rule.program_id, rule.category_id].append(
                Payer(Fraction(rule.percent), rule.host_pays, sources, rule.condition)
            )
        self._paid_by_host = {
            key
            for key, rules in self._funding.items()
            if any(rule.host_pays for rule in rules)
        }

    def _load_who(
        self,
        slots: QuerySet[Slot],
        days: Days,
        whom: "_Whom",
    ) -> Who:
        tables = self._rules_of_slot, self._rules_of_program, self._funding
        texts = {
            rule.condition
            for table in tables
            for rules in table.values()
            for rule in rules
        } | self._waivers.conditions
        if whom.people is None:
            return Who({}, Application.objects.none(), slots)
        named = dict.fromkeys(texts, _("a rule of money"))
        return Who(named, whom.people, slots, days, whom.judge)
