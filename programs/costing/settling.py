"""Which budget lines the money already committed came from."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from .amounts import to_units
from .lines import Line

Place = tuple[UUID, int, str | None, str]
"""(source, fiscal year, category, currency)"""
Amounts = tuple[Decimal, Decimal]
"""(in that currency, in rupiah on the day of the decision)"""


def settle(
    lines: Mapping[UUID, Line], committed: Mapping[Place, Amounts]
) -> tuple[dict[UUID, Fraction], list[tuple[tuple[UUID, int], Fraction]]]:
    """Return ({line: planning units taken}, [((source, year), units)] without a line).

    A category's own line pays first, then the general one: a line for one category can
    pay nothing else, so this leaves the most for others. A line of the commitment's own
    currency comes before both, and there it counts at the line's own rate.

    Parameters
    ----------
    lines: {key: Line}.
    committed: {(source, fiscal year, category, currency): (amount in that currency,
        rupiah on the day of the decision)}.
    """
    spending: dict[UUID, Fraction] = defaultdict(Fraction)
    homeless: list[tuple[tuple[UUID, int], Fraction]] = []
    by_place = {(x.source, x.fiscal_year, x.category): k for k, x in lines.items()}
    for place, amounts in sorted(committed.items(), key=_order):
        source, year, category, currency = place
        keys = [by_place.get((source, year, wanted)) for wanted in (category, None)]
        payers = [key for key in keys if key is not None]
        payers.sort(key=lambda key: lines[key].currency != currency)
        if not payers:
            homeless.append(((source, year), to_units(amounts[1])))
        _draw(lines, spending, payers, currency, amounts)
    return dict(spending), homeless


def _draw(
    lines: Mapping[UUID, Line],
    spending: dict[UUID, Fraction],
    payers: list[UUID],
    currency: str,
    amounts: Amounts,
) -> None:
    """Take a commitment from the payers in turn; the last one takes the rest."""
    own, rupiah = amounts
    rest = Fraction(1)
    for key in payers if own else ():
        line = lines[key]
        is_own = line.currency == currency
        worth = rest * (to_units(own, line.rate) if is_own else to_units(rupiah))
        part = worth
        if line.amount is not None and key != payers[-1]:
            part = min(worth, max(line.amount - spending[key], Fraction(0)))
        spending[key] += part
        rest -= rest * part / worth
        if not rest:
            return


def _order(item: tuple[Place, Any]) -> tuple[str, ...]:
    return tuple(map(str, item[0]))
