"""The objective: what a plan is worth, tier by tier, in integers.

Tiers are lexicographic: people first, then fit and preference, then money. A profile
without tiers adds up the first two and ignores money.
"""

import numpy as np

from planner.models import Tier
from programs import eligibility, expected, valuation
from programs.costing import rupiah_to_units
from programs.eligibility.columns import Array

from .constraints.changes import Decided
from .costs import Tariffs
from .options import Offers, Pairs
from .reading import Reading

FIT = ("merit", "skills", "preference", "host", "condition")
"""The parts of a value that are fit and preference."""
MILLION = rupiah_to_units(1_000_000)
"""Planning units in a unit of the cost tier: less than a million decides nothing."""


def value(rows: Reading, facts: eligibility.Facts, pairs: Pairs) -> dict[str, Array]:
    """Return the parts of what each pair is worth, in points."""
    return valuation.value(
        facts,
        pairs.applicant,
        pairs.column,
        profile=rows.profile,
        rank=pairs.rank,
        who=rows.favoured,
        arrivals=rows.arrivals,
    ).parts


def tiers(
    rows: Reading,
    offers: Offers,
    pairs: Pairs,
    tariffs: Tariffs,
    decided: Decided,
) -> tuple[tuple[str, ...], Array]:
    """Return the names of the tiers, and what each option is worth in each.

    People (weighted by priority) come first, with the arrivals that places on pathways
    promise, and what priced quotas cost is taken off there: arrivals and prices are in
    the same points as a placement. A conditional place counts by the chance that it
    holds, rounded to whole points, halves up. Then fit and preference, then money: they
    compare the places themselves and count whole. A profile without tiers adds people
    and fit up and ignores money.
    """
    option, pair = offers.expand()
    member, first = firsts(offers, pairs)
    applicant, sure = pairs.applicant[first], pairs.sure[first]
    profile = rows.profile
    worth = np.array(
        [
            profile.placement_points + profile.priority_points * a.carry_over_points
            for a in rows.applications
        ],
        np.int64,
    )
    people = total(offers, member, expected.share(worth[applicant], sure))
    ways = np.flatnonzero(offers.pathway >= 0)
    begin = offers.pair_index[offers.pair_ptr[ways]]
    people[ways] += expected.share(pairs.value["arrival"][begin], pairs.sure[begin])
    people += decided.bonus(rows.change_price)
    fit = sum(
        (pairs.value[part] for part in FIT),
        np.zeros(len(pairs), np.int64),
    )
    # A pathway is worth its average step, or long ones would crowd out the others.
    steps = np.maximum(1, np.bincount(option, minlength=len(offers)))
    heads = np.maximum(1, np.bincount(member, minlength=len(offers)))
    points = total(offers, option, fit[pair]) * heads // steps
    if not profile.is_tiered:
        return (Tier.POINTS,), people + points
    cost = -(-total(offers, option, tariffs.total[pairs.tariff[pair]]) // MILLION)
    tiers = (Tier.PEOPLE, Tier.POINTS, Tier.COST)
    return tiers, np.stack([people, points, -cost], axis=1)


def members(offers: Offers, pairs: Pairs) -> tuple[Array, Array]:
    """Return (option, applicant) once for every person in an option."""
    option, first = firsts(offers, pairs)
    return option, pairs.applicant[first]


def firsts(offers: Offers, pairs: Pairs) -> tuple[Array, Array]:
    """Return (option, pair) of the first step of every person in an option.

    The pairs of a person in an option stand together.
    """
    option, pair = offers.expand()
    applicant = pairs.applicant[pair]
    first = np.ones(len(option), bool)
    first[1:] = (np.diff(option) != 0) | (np.diff(applicant) != 0)
    return option[first], pair[first]


def total(offers: Offers, option: Array, amounts: Array) -> Array:
    """Return the exact sum of the amounts of each option."""
    sums = np.zeros(len(offers), np.int64)
    np.add.at(sums, option, amounts)
    return sums
