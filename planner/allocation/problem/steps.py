"""The step that money is counted in: a whole number for the solver, exact for people.

Amounts of one currency are multiples of a common step, whatever the rate is worth: with
that step a line pays in the plan exactly whom it pays on paper. Lines that can pay for
each other need one step together. Where currencies meet and no step is coarse enough
for a solver's numbers, costs and budgets are cut to whole rupiah, both downwards: a
line still pays everybody it pays on paper, and nobody above that by more than a rupiah
each.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

from .builder import Line

MOST = 2**44
"""Steps in the largest amount: solvers reckon with floating numbers as well."""

RUPIAH = Fraction(1, 1000)
"""A rupiah in planning units."""


def find(
    lines: Sequence[Line], pools: Mapping[tuple[int, ...], Collection[Fraction]]
) -> list[Fraction]:
    """Return the step of every line.

    Parameters
    ----------
    lines: the budget lines, with ``left`` (None: no limit).
    pools: {indices of lines that pay together: exact amounts they are asked for}.
    """
    group = list(range(len(lines)))
    for together in pools:
        first = root(group, together[0])
        for line in together[1:]:
            group[root(group, line)] = first
    members: dict[int, list[int]] = {}
    amounts: dict[int, set[Fraction]] = {}
    for at in range(len(lines)):
        members.setdefault(root(group, at), []).append(at)
    for together, asked in pools.items():
        amounts.setdefault(root(group, together[0]), set()).update(asked)
    steps = [Fraction(1)] * len(lines)
    for first, inside in members.items():
        step = of_group([lines[at].left for at in inside], amounts.get(first, set()))
        for at in inside:
            steps[at] = step
    return steps


def by_key(lines: Iterable[Line]) -> dict[str, str]:
    """Return {key: step as text} of lines that are not counted in planning units."""
    return {str(line.key): str(line.step) for line in lines if line.step != 1}


def of_group(lefts: Sequence[Fraction | None], amounts: set[Fraction]) -> Fraction:
    """Return the step of lines that can pay for each other."""
    finite = {left for left in lefts if left is not None}
    largest = max(finite | amounts, default=Fraction(0))
    # Where a line pays alone, what it has beside whole costs need not be exact.
    for counted in [finite | amounts] + [amounts] * (len(lefts) == 1):
        step = common([amount for amount in counted if amount])
        if largest / step <= MOST:
            return step
    step = RUPIAH
    while largest / step > MOST:
        step *= 10
    return step


def common(amounts: Collection[Fraction]) -> Fraction:
    """Return the largest number that every amount is a multiple of; 1 for none."""
    if not amounts:
        return Fraction(1)
    whole = lcm(*(amount.denominator for amount in amounts))
    parts = (amount.numerator * (whole // amount.denominator) for amount in amounts)
    return Fraction(gcd(*parts), whole)


def root(group: list[int], at: int) -> int:
    """Return the first line of the group, and shorten the way to it."""
    while group[at] != at:
        group[at] = group[group[at]]
        at = group[at]
    return at
