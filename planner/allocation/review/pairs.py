"""One pair at a time: may this person take this place, at this cost, from this money?

Nothing here knows a problem, an option or a position in one. Facts, costs and pins of
the people in question are read anew and looked up by ids.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from planner.allocation.problem.reading import applications_of
from planner.models import AllocationRun, Proposal, RunKind
from programs import eligibility, formats
from programs.costing import CostLine, Met, half_up, units_to_rupiah
from programs.models import Application, Slot, gaps, slot_names

CUT = Fraction(20, 1000)
"""Planning units that counting money in steps and cents may leave out of a cost."""

STORED = 100_000
"""Cents of a rupiah in a planning unit: what funding is stored in."""

MOST_NAMED = 500
"""Ids that a query names one by one; of more people all of the run are read."""

FIELDS = ("application_id", "slot_id", "pathway_id", "step", "cost", "funding")


class Pair(NamedTuple):
    """A proposal as it is stored: who goes where, at whose expense (IDR 1,000)."""

    application: UUID
    slot: UUID
    pathway: UUID | None
    step: int
    cost: int
    funding: list[dict[str, Any]]


class Person(NamedTuple):
    """What is read of an application apart from the facts of the rules."""

    human: str
    """What all registrations of one human have in common."""
    origin: str | None
    team: UUID | None


class Place(NamedTuple):
    """What is read of a slot apart from the facts of the rules."""

    name: str
    starts: int
    ends: int
    journey: tuple[str, int | None]
    """The country, and the days of the journey."""


class Fault(NamedTuple):
    """What is wrong with somebody's places, in a sentence."""

    application: UUID
    sentence: str


@dataclass(frozen=True)
class Data:
    """What judging some proposals needs: one reading, everything by id.

    ``names`` are what sentences call people; who has none is called by the id.
    """

    pairs: list[Pair]
    pool: set[UUID]
    people: dict[UUID, Person]
    places: dict[UUID, Place]
    teams: dict[UUID, set[UUID]]
    facts: eligibility.Facts
    names: dict[UUID, str] = field(default_factory=dict)

    @classmethod
    def read(cls, run: AllocationRun, proposals: QuerySet[Proposal]) -> "Data":
        """Read what the proposals of a run need, in a constant number of queries."""
        rows = proposals.order_by("application_id", "step").values_list(*FIELDS)
        return cls._read(
            run,
            [Pair(*row) for row in rows],
            Application.objects.filter(pk__in=proposals.values("application")),
            Q(pk__in=proposals.values("slot")),
        )

    @classmethod
    def of(
        cls, run: AllocationRun, pairs: list[Pair], names: dict[UUID, str]
    ) -> "Data":
        """Read the same of pairs that nobody has stored."""
        ids = {pair.application for pair in pairs}
        people = Application.objects.filter(pk__in=ids)
        if len(ids) > MOST_NAMED:
            people = Application.objects.filter(intake__in=run.intakes.values("pk"))
        slots = Q(pk__in={pair.slot for pair in pairs})
        return replace(cls._read(run, pairs, people, slots), names=names)

    @classmethod
    def _read(
        cls,
        run: AllocationRun,
        pairs: list[Pair],
        people: QuerySet[Application],
        named: Q,
    ) -> "Data":
        slots = Slot.objects.filter(Q(intake__in=run.intakes.values("pk")) | named)
        pool = applications_of(list(run.intakes.all()), run.kind == RunKind.REPLAN)
        teams = defaultdict(set)
        mates = pool.order_by().filter(team__in=people.values("team"))
        for team, pk in mates.values_list("team_id", "pk"):
            teams[team].add(pk)
        home = (
            "pk",
            "participant_id",
            "participant__human_key",
            "participant__province_id",
            "team_id",
        )
        return cls(
            pairs=pairs,
            pool=set(pool.order_by().values_list("pk", flat=True)),
            people={
                pk: Person(hashed or str(person), *rest)
                for pk, person, hashed, *rest in people.values_list(*home)
            },
            places={
                pk: Place(name, first.toordinal(), after.toordinal(), tuple(journey))
                for pk, name, first, after, *journey in slots.order_by().values_list(
                    "pk",
                    slot_names.NAME,
                    "starts_on",
                    "ends_on",
                    "country_id",
                    "route__travel_days",
                )
            },
            teams=dict(teams),
            facts=eligibility.load(applications=people, slots=slots, on=run.on),
        )

    @cached_property
    def row_of(self) -> dict[UUID, int]:
        """The row of each application in the facts."""
        return {pk: row for row, pk in enumerate(self.facts.people.application)}

    @cached_property
    def source_of(self) -> dict[UUID, str]:
        """The code of the source of each budget line."""
        lines = self.facts.costs.budget_lines
        return {line.pk: line.source.code for line in lines}

    def column(self, pair: Pair) -> int | None:
        """Return the column of the facts a proposal is about, or None."""
        if pair.pathway is None:
            return self.facts.column_of.get(pair.slot)
        steps = self.facts.pathways.get(pair.pathway, ())
        if not 1 <= pair.step <= len(steps):
            return None
        column = steps[pair.step - 1]
        return column if self.facts.slots.slot[column] == pair.slot else None

    def name(self, application: UUID) -> str:
        """Return what sentences call somebody: the id, unless there is a name."""
        return self.names.get(application, str(application))

    def words(self, pair: Pair) -> dict[str, str]:
        """Return whom and what a sentence names."""
        place = self.places.get(pair.slot)
        return {
            "person": self.name(pair.application),
            "slot": place.name if place else str(pair.slot),
        }


def faults(data: Data) -> Iterator[Fault]:
    """Yield a sentence for everything that is wrong with the proposals."""
    yield from strangers(data)
    yield from unasked(data)
    yield from against_rules(data)
    yield from wrong_money(data)
    yield from apart(data)
    yield from twice_at_a_time(data)


def strangers(data: Data) -> Iterator[Fault]:
    """Yield those who are not among the people to place, or whose place is gone."""
    for pair in data.pairs:
        known = pair.application in data.pool and pair.application in data.row_of
        if not known or data.column(pair) is None:
            yield Fault(
                pair.application,
                _("%(person)s can no longer get the proposed place.")
                % {"person": data.name(pair.application)},
            )


def unasked(data: Data) -> Iterator[Fault]:
    """Yield proposals that are no wish of the person, who had wishes, and no pin."""
    facts = data.facts
    for pair in data.pairs:
        row = data.row_of.get(pair.application)
        if row is None:
            continue
        wishes = {
            pathway if pathway in facts.pathways else slot
            for _rank, slot, pathway in facts.preferences.get(row, ())
            if pathway in facts.pathways or slot in facts.column_of
        }
        if pinned := facts.pinned_place(row):
            wishes.add(pinned)
        if wishes:
            wishes |= {
                facts.slots.slot[column]
                for group, column in facts.groups.of_slots()
                if group.holds(row, column)
            }
        if wishes and (pair.pathway or pair.slot) not in wishes:
            yield Fault(
                pair.application,
                _("%(person)s did not ask for %(slot)s.") % data.words(pair),
            )


def against_rules(data: Data) -> Iterator[Fault]:
    """Yield proposals that a rule, a veto, a prohibition or a pin speaks against."""
    known = [
        (pair, data.row_of[pair.application], data.column(pair))
        for pair in data.pairs
        if pair.application in data.row_of and data.column(pair) is not None
    ]
    rows = np.array([row for _pair, row, _column in known], np.int64)
    columns = np.array([column for _pair, _row, column in known], np.int64)
    bad = np.flatnonzero(~eligibility.judge(data.facts, rows, columns).placeable)
    reasons = eligibility.explain(data.facts, rows[bad], columns[bad])
    for at, why in zip(bad.tolist(), reasons, strict=True):
        sentences = [eligibility.text(r) for r in why if r.severity > eligibility.WARN]
        yield Fault(
            known[at][0].application,
            _("%(person)s cannot go to %(slot)s now: %(why)s")
            % {**data.words(known[at][0]), "why": " ".join(sentences)},
        )
    for pair, row, _column in known:
        pinned = data.facts.pinned_place(row)
        if pinned not in (None, pair.pathway or pair.slot):
            yield Fault(
                pair.application,
                _("%(person)s is pinned to another place than %(slot)s.")
                % data.words(pair),
            )
    yield from _against_groups(data, known)


def _against_groups(
    data: Data, known: list[tuple[Pair, int, int | None]]
) -> Iterator[Fault]:
    """Yield proposals of other places than the slot that a group is pinned to."""
    facts = data.facts
    for group, column in facts.groups.of_slots():
        bound = [
            (pair, row)
            for pair, row, own in known
            if own != column and group.holds(row, column)
        ]
        people = np.array([row for _pair, row in bound], np.int64)
        able = eligibility.judge(facts, people, np.full(len(people), column)).placeable
        for (pair, _row), is_able in zip(bound, able, strict=True):
            if is_able:
                yield Fault(
                    pair.application,
                    _(
                        "%(person)s is of a group that is pinned to another place than "
                        "%(slot)s: %(group)s."
                    )
                    % {**data.words(pair), "group": group.pin.name},
                )


def wrong_money(data: Data) -> Iterator[Fault]:
    """Yield proposals of another cost than today's, or at the expense of others."""
    payment = Payment(data)
    for pair in data.pairs:
        person = data.people.get(pair.application)
        if person is None or pair.slot not in data.facts.costs.places:
            continue
        met = data.facts.costs.met(pair.slot, pair.application)
        amount = payment.amount(pair.slot, person.origin, met)
        if half_up(amount) != pair.cost:
            told = _(
                "%(person)s: %(slot)s costs %(now)s now, and %(plan)s in the plan."
            ) % {
                **data.words(pair),
                "now": formats.rupiah(units_to_rupiah(amount)),
                "plan": formats.rupiah(units_to_rupiah(pair.cost)),
            }
            yield Fault(pair.application, told)
        elif not payment.holds(pair.slot, person.origin, met, pair.funding):
            told = _(
                "%(person)s: who pays for %(slot)s in the plan may not pay for it now."
            ) % data.words(pair)
            yield Fault(pair.application, told)


class Asked(NamedTuple):
    """What one cost asks of money, between two bounds, and of whom.

    ``groups`` are pairs of sources and the least that they have to give together.
    """

    key: tuple[str, int]
    least: Decimal
    most: Decimal
    able: frozenset[str]
    groups: list[tuple[frozenset[str], Decimal]]


Whom = tuple[UUID, str | None, Met]
"""(slot, province, the conditions met): people of one kind cost the same there."""


class Payment:
    """What places cost and whether it is paid: many people share an answer."""

    def __init__(self, data: Data) -> None:
        self.costs, self.source_of = data.facts.costs, data.source_of
        self.amounts: dict[Whom, Fraction] = {}
        self.asked: dict[Whom, list[Asked]] = {}

    def amount(self, slot: UUID, origin: str | None, met: Met) -> Fraction:
        """Return what the place costs somebody from a province who meets so much."""
        key = slot, origin, met
        if key not in self.amounts:
            self.amounts[key] = self.costs.total(*key)
        return self.amounts[key]

    def holds(
        self,
        slot: UUID,
        origin: str | None,
        met: Met,
        funding: list[dict[str, Any]],
    ) -> bool:
        """Return whether it is paid by those who may."""
        key = slot, origin, met
        if key not in self.asked:
            lines = self.costs.lines(*key)
            self.asked[key] = [asked(line, self.source_of) for line in lines]
        return is_paid(self.asked[key], funding)


def asked(line: CostLine, source_of: dict[UUID, str]) -> Asked:
    """Return what a cost line asks, in sources by their codes.

    Of every few shares of a cost, those who may pay one of them have to give at least
    what these shares are together (Hall's condition), but for what was cut off.
    """
    shares = [
        (frozenset(source_of[each] for each in share.payers), share.amount)
        for share in line.shares
    ]
    groups = [
        (
            frozenset().union(*(able for able, _amount in some)),
            at_least(sum((amount for _able, amount in some), Fraction(0)) - CUT),
        )
        for size in range(1, len(shares) + 1)
        for some in combinations(shares, size)
        if len(shares) > 1
    ]
    return Asked(
        key=(line.category, line.fiscal_year),
        least=at_least(line.amount - CUT),
        most=-at_least(-line.amount - CUT),
        able=frozenset().union(*(able for able, _amount in shares)),
        groups=groups,
    )


def at_least(units: Fraction) -> Decimal:
    """Return planning units rounded up to what is stored: cents of a rupiah."""
    return Decimal(ceil(units * STORED)) / STORED


def is_paid(costs: Iterable[Asked], funding: Iterable[dict[str, Any]]) -> bool:
    """Return whether the funding covers each cost from those who may pay for it."""
    amounts: dict[tuple[str, int], dict[str, Decimal]] = defaultdict(dict)
    for part in funding:
        of_source = amounts[part["category"], part["year"]]
        source = part["source"]
        of_source[source] = of_source.get(source, Decimal(0)) + Decimal(part["amount"])
    for cost in costs:
        paid = amounts.pop(cost.key, {})
        if not cost.least <= sum(paid.values()) <= cost.most:
            return False
        if paid.keys() - cost.able:
            return False
        for payers, least in cost.groups:
            if sum(paid.get(source, Decimal(0)) for source in payers) < least:
                return False
    return not amounts


def apart(data: Data) -> Iterator[Fault]:
    """Yield teams that are not together, and pathways that are not whole."""
    slots_of = defaultdict(list)
    for pair in data.pairs:
        slots_of[pair.application].append(pair)
    for pk, pairs in slots_of.items():
        pathway = pairs[0].pathway
        steps = data.facts.pathways.get(pathway, ()) if pathway else (None,)
        if len(pairs) != len(steps):
            told = _("%(person)s does not get the whole pathway.")
            yield Fault(pk, told % {"person": data.name(pk)})
        team = data.people[pk].team if pk in data.people else None
        for mate in data.teams.get(team, ()) if team else ():
            if [p.slot for p in slots_of.get(mate, ())] != [p.slot for p in pairs]:
                told = _("%(person)s and the team are not placed together.")
                yield Fault(pk, told % {"person": data.name(pk)})
                break


def twice_at_a_time(data: Data) -> Iterator[Fault]:
    """Yield people with two proposals whose stays meet."""
    stays = defaultdict(list)
    for pair in data.pairs:
        person, place = data.people.get(pair.application), data.places.get(pair.slot)
        if person and place:
            stays[person.human].append((place[1:], pair))
    for spans in stays.values():
        spans.sort(key=lambda span: span[0])
        for (one, _pair), (other, pair) in combinations(spans, 2):
            if gaps.meet(one, other):
                told = _("%(person)s would be in two places at once: %(slot)s.")
                yield Fault(pair.application, told % data.words(pair))
