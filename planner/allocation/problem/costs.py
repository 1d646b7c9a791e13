"""What pairs cost, and the pools of money they draw on."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from uuid import UUID

import numpy as np

from planner.models import LimitKey, LimitKind
from programs import costing
from programs.costing import Costs, Unpaid, half_up
from programs.eligibility.columns import Array
from programs.models import BudgetLine

from . import steps
from .builder import Draft, Limit, Line
from .options import Offers, Pairs
from .reading import Reading

Entry = tuple[str, int, Fraction, frozenset[UUID]]
"""(category, fiscal year, exact planning units, budget lines that may pay)"""
Pool = tuple[int, tuple[int, ...]]
"""(fiscal year, positions of the budget lines that may pay)"""


@dataclass
class Tariffs:
    """Each distinct cost of a stay, once: many people share a tariff.

    ``entries`` holds, per tariff, (category, year, exact amount, payers); ``unpaid``
    what nobody may pay, which makes the place impossible; ``total`` the sum of amounts,
    rounded to planning units.
    """

    entries: list[list[Entry]]
    unpaid: list[tuple[Unpaid, ...]]
    total: Array


def price(rows: Reading, pairs: Pairs, costs: Costs) -> Tariffs:
    """Find the tariff of every pair; set ``pairs.tariff`` and return the tariffs."""
    provinces = [a.participant.province_id for a in rows.applications]
    names, origin = np.unique([str(p or "") for p in provinces], return_inverse=True)
    code = {str(p or ""): p for p in provinces}
    people, slots = [a.pk for a in rows.applications], [s.pk for s in rows.slots]
    group, met = costs.groups(people, slots, pairs.applicant, pairs.slot)
    keys = pairs.slot * max(1, len(names)) + origin[pairs.applicant]
    keys = keys * len(met) + group
    _distinct, first, pairs.tariff = np.unique(
        keys, return_index=True, return_inverse=True
    )
    entries, unpaid = [], []
    for at in first.tolist():
        slot = rows.slots[pairs.slot[at]].pk
        province = code[names[origin[pairs.applicant[at]]]]
        lines = costs.lines(slot, province, met[group[at]])
        entries.append(
            [
                (line.category, line.fiscal_year, share.amount, share.payers)
                for line in lines
                for share in line.shares
            ]
        )
        unpaid.append(costs.unpaid(slot, province, met[group[at]]))
    total = [
        half_up(sum((part[2] for part in entry), Fraction(0))) for entry in entries
    ]
    return Tariffs(entries, unpaid, np.array(total, np.int64))


def add(
    draft: Draft, rows: Reading, offers: Offers, pairs: Pairs, tariffs: Tariffs
) -> dict[Pool, int]:
    """Add budget lines, pools, and what each option uses of each pool.

    One pool per (set of lines that may pay, fiscal year): who pays what is then a flow
    between few pools and lines, and no variable per person, category and payer.
    """
    lines = lines_of(rows)
    position = {line.pk: at for at, line in enumerate(rows.budget_lines)}
    asked = [of_tariff(position, entry) for entry in tariffs.entries]
    set_steps(lines, asked)
    draft.lines += lines
    pools: dict[Pool, int] = {}
    uses: list[tuple[int, int, int]] = []
    for tariff, amounts in enumerate(asked):
        for (year, payers), amount in amounts.items():
            if (year, payers) not in pools:
                pools[year, payers] = draft.add_limit(pool(year, payers, len(pools)))
            number = floor(amount / lines[payers[0]].step)
            uses.append((tariff, pools[year, payers], number))
    spread(draft, offers, pairs, len(tariffs.entries), uses)
    return pools


def of_tariff(position: dict[UUID, int], entry: list[Entry]) -> dict[Pool, Fraction]:
    """Return {(fiscal year, indices of payers): exact planning units} of a tariff."""
    amounts: dict[Pool, Fraction] = defaultdict(Fraction)
    for _category, year, amount, payers in entry:
        amounts[year, tuple(sorted(position[line] for line in payers))] += amount
    return amounts


def set_steps(lines: list[Line], asked: list[dict[Pool, Fraction]]) -> None:
    """Give every line the step it is counted in."""
    pools: dict[tuple[int, ...], set[Fraction]] = defaultdict(set)
    for amounts in asked:
        for (_year, payers), amount in amounts.items():
            pools[payers].add(amount)
    for line, step in zip(lines, steps.find(lines, pools), strict=True):
        line.step = step


def spread(
    draft: Draft,
    offers: Offers,
    pairs: Pairs,
    num_tariffs: int,
    uses: list[tuple[int, int, int]],
) -> None:
    """Let every option use what the tariffs of its pairs use."""
    if not uses:
        return
    tariff, limit, amount = np.array(uses, np.int64).T
    counts = np.bincount(tariff, minlength=num_tariffs)
    starts = np.cumsum(counts) - counts
    option, pair = offers.expand()
    of_pair = pairs.tariff[pair]
    each = counts[of_pair]
    within = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    entry = np.repeat(starts[of_pair], each) + within
    draft.use(np.repeat(option, each), limit[entry], amount[entry])


def pool(year: int, lines: tuple[int, ...], number: int) -> Limit:
    """Return the limit of a pool: none of its own, its lines limit it."""
    return Limit(
        key=LimitKey(LimitKind.POOL, str(year), str(number)),
        label_en=f"Costs in {year}",
        label_id=f"Biaya pada {year}",
        lines=lines,
    )


def lines_of(rows: Reading) -> list[Line]:
    """Return the budget lines with what decided placements left of them."""
    committed = settle(rows)
    return [
        Line(
            key=LimitKey(LimitKind.BUDGET, str(line.key)),
            label_en=label(line, "name_en"),
            label_id=label(line, "name_id"),
            source=line.source,
            year=line.fiscal_year,
            category=line.category_id,
            budget=rows.budget.get(line.pk),
            committed=committed.get(line.pk, Fraction(0)),
            currency=rows.costs.budget[line.pk].currency,
            rate=rows.costs.budget[line.pk].rate,
        )
        for line in rows.budget_lines
    ]


def label(line: BudgetLine, name: str) -> str:
    """Return source, category and year of a line in one language."""
    category = f", {getattr(line.category, name)}" if line.category else ""
    return f"{line.source.name}{category}, {line.fiscal_year}"


def settle(rows: Reading) -> dict[UUID, Fraction]:
    """Return {budget line: what decided placements take of it}, in planning units."""
    lines = {
        pk: line._replace(amount=rows.budget[pk])
        for pk, line in rows.costs.budget.items()
    }
    return costing.settle(lines, rows.committed)[0]
