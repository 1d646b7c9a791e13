"""Quotas: at least, at most or about so many people with an attribute.

A percentage is of the people placed, so its row would need amounts of both signs:
each person placed adds 100 (with the attribute) minus p. Instead every person in
scope gets an explicit option to stay and must take exactly one option. Adding p to all
of a person's options changes the row by a constant, so with the attribute counts 100,
without 0, staying counts p, and the limit is p times the people. Nothing is
approximated; docs/planning/rules.md shows it on an example. A priced quota that is
missed costs its price for every started person, as the pages count them: a step.

A person is a human: one, with however many places (``once``), and who is placed already
counts no second time. How a quota stands is told by ``standing``, everywhere.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, assert_never

import numpy as np

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.grounds import Grounds, Regions
from planner.allocation.problem.options import NOTHING, Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind
from planner.optimiser.model.problem import HARD
from programs.choices import QuotaAttribute, QuotaKind, QuotaMeasure
from programs.eligibility.columns import Array
from programs.models import Application, Participant, Quota, Slot

from .once import Counted, Once


class Held(Protocol):
    """A place of somebody: a placement, or a proposal of one."""

    @property
    def application(self) -> Application:
        """Whose place it is."""

    @property
    def slot(self) -> Slot:
        """Where it is."""


@dataclass(frozen=True)
class Standing:
    """How a quota stands: who counts, of how many, and with how many it is met."""

    having: int
    people: int
    lower: int | None
    upper: int | None
    is_different: bool = False
    """Whether it counts different ones, and not people."""

    @property
    def missed(self) -> int:
        """By how many whole people it is missed, in either direction."""
        short = (self.lower or 0) - self.having
        over = 0 if self.upper is None else self.having - self.upper
        return max(0, short, over)


def standing(quota: Quota, places: Iterable[Held], grounds: Grounds) -> Standing:
    """Return how a quota stands with these places and no others."""
    having, people = counted(quota, places, grounds)
    return stands(quota, len(having), len(people))


def stands(quota: Quota, having: int, people: int) -> Standing:
    """Return how a quota stands that counts so many of so many people."""
    is_different = quota.measure == QuotaMeasure.DIFFERENT
    lower, upper = quota.bounds(people)
    return Standing(having, people, lower, upper, is_different)


def people_of_shares(rows: Reading) -> set[int]:
    """Return positions of the applicants whose staying counts: the share of a whole."""
    shares = [q for q in rows.quotas if q.measure == QuotaMeasure.PERCENT]
    return {
        position
        for position, application in enumerate(rows.applications)
        if any(covers(quota, application) for quota in shares)
    }


def add(draft: Draft, rows: Reading, offers: Offers, pairs: Pairs) -> None:
    """Add every quota."""
    once = Once(draft, rows, offers, pairs)
    for quota in rows.quotas:
        if quota.measure == QuotaMeasure.DIFFERENT:
            add_different(draft, once, rows, quota)
            continue
        # All of an intake, or none of it.
        first = [rows.applications[at] for at in once.first_of_intake]
        covered = np.array([covers(quota, a) for a in first], bool)[once.intake]
        with_it, people = counted(quota, rows.kept, rows.grounds)
        has_it_already, placed = once.among(with_it), once.among(people)
        has = holds(quota, rows, pairs)[once.pair]
        has &= (covered & ~has_it_already)[once.applicant]
        having, kept = once.of(has), (len(with_it), len(people))
        match quota.measure:
            case QuotaMeasure.PERCENT:
                add_share(draft, once, offers, quota, having, covered & ~placed, kept)
            case QuotaMeasure.ABSOLUTE:
                add_number(draft, quota, having, kept)
            case unknown:
                assert_never(unknown)


def covers(quota: Quota, application: Application) -> bool:
    """Return whether the quota is about this application."""
    if quota.intake_id:
        return quota.intake_id == application.intake_id
    return quota.program_id in (None, application.intake.program_id)


def people(option: Array, applicant: Array) -> Array:
    """Return the option once for each person in it, however many steps there are."""
    if not len(option):
        return option
    return np.unique(np.stack([option, applicant]), axis=1)[0]


def holds(quota: Quota, rows: Reading, pairs: Pairs) -> Array:
    """Return, for each pair, whether the quota counts it."""
    match quota.attribute:
        case QuotaAttribute.HOST_COUNTRY:
            there = [slot.country_id == quota.host_country_id for slot in rows.slots]
            return np.array(there, bool)[pairs.slot]
        case QuotaAttribute.CONDITION:
            return rows.grounds.who.of_pairs(
                quota.condition, rows.where, pairs.applicant, pairs.slot
            )
    regions = rows.grounds.regions
    has = [person_has(quota, a.participant, regions) for a in rows.applications]
    return np.array(has, bool)[pairs.applicant]


def has_it(quota: Quota, place: Held, grounds: Grounds) -> bool:
    """Return whether the quota counts somebody at a place."""
    application = place.application
    match quota.attribute:
        case QuotaAttribute.HOST_COUNTRY:
            return place.slot.country_id == quota.host_country_id
        case QuotaAttribute.CONDITION:
            return grounds.who.meets(quota.condition, application.pk, place.slot.pk)
    return person_has(quota, application.participant, grounds.regions)


def person_has(quota: Quota, person: Participant, regions: Regions) -> bool:
    """Return whether a person has the attribute."""
    match quota.attribute:
        case QuotaAttribute.REGION_LIST:
            listed = regions[quota.region_list_id]
            return bool(listed & {person.province_id, person.regency_id})
        case QuotaAttribute.PROVINCE:
            return person.province_id == quota.province_id
        case QuotaAttribute.SEX:
            return person.sex == quota.sex
        case QuotaAttribute.DISABILITY:
            return bool(person.disability)
        case QuotaAttribute.INSTITUTION:
            return person.home_institution_id == quota.institution_id
        case QuotaAttribute.INSTITUTION_KIND:
            return person.home_institution.kind == quota.institution_kind
        case unknown:
            assert_never(unknown)


def value_of(quota: Quota, place: Held) -> str:
    """Return which of the different ones somebody at a place adds, "" for none."""
    person = place.application.participant
    match QuotaAttribute(quota.attribute):
        case QuotaAttribute.PROVINCE:
            return str(person.province_id or "")
        case QuotaAttribute.INSTITUTION:
            return str(person.home_institution_id or "")
        case QuotaAttribute.INSTITUTION_KIND:
            return person.home_institution.kind
        case QuotaAttribute.HOST_COUNTRY:
            return place.slot.country_id
        case other:
            raise ValueError(other)


def counted(
    quota: Quota, places: Iterable[Held], grounds: Grounds
) -> tuple[set[str], set[str]]:
    """Return (with the attribute, all) of the humans with these places.

    Of a quota of different ones: (those there are, all humans).
    """
    all_of, with_it = set(), set()
    for place in places:
        if not covers(quota, place.application):
            continue
        human = place.application.participant.human
        all_of.add(human)
        if quota.measure == QuotaMeasure.DIFFERENT:
            with_it |= {value_of(quota, place)} - {""}
        elif human not in with_it and has_it(quota, place, grounds):
            with_it.add(human)
    return with_it, all_of


def add_number(
    draft: Draft, quota: Quota, having: Counted, kept: tuple[int, int]
) -> None:
    """Add a quota that counts people."""
    limit = named(quota)
    bound_number(limit, quota, kept[0])
    index = draft.add_limit(limit)
    draft.use(having.option, index, 1)
    for opener in having.opener.tolist():
        draft.use_by_opening(opener, index, 1)


def bound_number(limit: Limit, quota: Quota, committed: int) -> None:
    """Set what a number asks for, beside those who count already."""
    price = price_of(quota)
    limit.committed = committed
    lower, upper = quota.bounds(0)
    if lower is not None:
        limit.lower, limit.shortfall_price = max(0, lower - committed), price
        limit.shown_lower = lower
    if upper is not None:
        # Those who are placed may pass it.
        limit.upper, limit.excess_price = max(0, upper - committed), price
        limit.shown_upper = upper


def add_different(draft: Draft, once: Once, rows: Reading, quota: Quota) -> None:
    """Add a quota that counts how many different ones there are.

    Each of them that nobody placed brings yet gets a limit of nothing, which every
    option uses that gives a place to somebody who brings it. It opens by the first of
    them, and by opening it uses one of the quota's row: however many bring the same,
    it counts once (openings: docs/optimiser/problem.md).
    """
    there, _people = counted(quota, rows.kept, rows.grounds)
    covered = np.array([covers(quota, each) for each in rows.applications], bool)
    entries = np.flatnonzero(covered[once.applicant])
    options: dict[str, set[int]] = defaultdict(set)
    for entry in entries.tolist():
        place = Pair(
            rows.applications[once.applicant[entry]], rows.slots[once.slot[entry]]
        )
        options[value_of(quota, place)].add(int(once.option[entry]))
    limit = named(quota)
    bound_number(limit, quota, len(there))
    index = draft.add_limit(limit)
    new = sorted(options.keys() - there - {""})
    for number, value in enumerate(new, start=1):
        opener = draft.add_limit(
            Limit(
                key=LimitKey(LimitKind.VALUE, quota.code, str(number)),
                label_en=f"{quota.name_en}: counted once",
                label_id=f"{quota.name_id}: dihitung satu kali",
                lower=1,
                only_if_used=True,
            )
        )
        draft.use(sorted(options[value]), opener, 1)
        draft.use_by_opening(opener, index, 1)


class Pair(NamedTuple):
    """A place that somebody could get."""

    application: Application
    slot: Slot


def add_share(
    draft: Draft,
    once: Once,
    offers: Offers,
    quota: Quota,
    having: Counted,
    counts: Array,
    kept: tuple[int, int],
) -> None:
    """Add a quota that is a share of the people placed (see the top of the module).

    Of a person with two places the share is taken off twice: each of them gives it
    back, and being placed at all takes it off once.

    Parameters
    ----------
    having: the places that have the attribute. counts: bool, of each applicant, whether
        a place is one person more. kept: (with the attribute, all) placed already.
    """
    members = offers.heads_of(counts)
    staying = np.flatnonzero(offers.pathway == NOTHING)
    staying = staying[members[offers.agent[staying]] > 0]
    size = members[offers.agent[staying]]
    # Everybody with an option stays or is pinned, so everybody's p was added.
    everybody = int(members[np.unique(offers.agent)].sum())
    hundred, share, whole = row_of(quota, everybody, kept)
    limit = named(quota)
    limit.committed = kept[0]
    bound(limit, quota, whole, hundred)
    index = draft.add_limit(limit)
    draft.use(having.option, index, hundred)
    opened = Counter(dict.fromkeys(having.opener.tolist(), hundred))
    if share:
        draft.use(staying, index, share * size)
        placed = once.of(counts[once.applicant])
        draft.use(placed.within, index, share)
        opened.subtract(dict.fromkeys(placed.opener.tolist(), share))
    for opener, amount in opened.items():
        if amount:
            draft.use_by_opening(opener, index, amount)


def row_of(quota: Quota, everybody: int, kept: tuple[int, int]) -> tuple[int, int, int]:
    """Return what a person with the attribute uses, what one who stays, and the limit.

    In the smallest whole units; ``kept`` are (with the attribute, all) already placed.
    """
    share, hundred = quota.share.as_integer_ratio()
    with_it, placed = kept
    return hundred, share, share * (everybody + placed) - hundred * with_it


def named(quota: Quota) -> Limit:
    """Return the limit of a quota, without its numbers."""
    return Limit(
        key=LimitKey(LimitKind.QUOTA, quota.code),
        label_en=quota.name_en,
        label_id=quota.name_id,
        quota=quota,
    )


def sides(kind: QuotaKind) -> tuple[bool, bool]:
    """Return whether a quota asks for at least so many, and for at most so many."""
    match kind:
        case QuotaKind.FLOOR:
            return True, False
        case QuotaKind.CAP:
            return False, True
        case QuotaKind.TARGET:
            return True, True
        case unknown:
            assert_never(unknown)


def price_of(quota: Quota) -> int:
    """Return what a person missing costs, or that the quota is hard."""
    return HARD if quota.is_hard else quota.price_a_person


def bound(limit: Limit, quota: Quota, value: int, person: int) -> None:
    """Set what a share asks for; ``person`` is how much one person counts."""
    price = price_of(quota)
    # A target cannot be met exactly by whole people: less than one person of slack on
    # either side.
    kind = QuotaKind(quota.kind)
    slack = person - 1 if kind is QuotaKind.TARGET else 0
    has_floor, has_cap = sides(kind)
    if has_floor:
        limit.lower, limit.shortfall_price = max(0, value - slack), price
    if has_cap:
        upper = value + slack
        if upper < 0:
            # Those who are placed pass it: what their last started person leaves.
            upper = 0 if quota.is_hard else upper % person
        limit.upper, limit.excess_price = upper, price
    limit.scale = limit.step = person
