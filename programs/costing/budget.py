"""The budget lines of all funding sources, and which of them pay for what."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from uuid import UUID

from programs.choices import FundingSourceKind
from programs.models import BudgetLine, FundingSource

from .amounts import to_units
from .lines import Line
from .rates import Rates

NOBODY: frozenset[UUID] = frozenset()


class Budget:
    """What funding sources hold, valued at the rates of a day.

    Parameters
    ----------
    rates: rupiah a unit of each currency. day: of the rates; None if none is needed.

    ``rows`` are the budget lines in the order of the names people use; ``lines`` maps
    their ids to what they hold in planning units; ``participants`` are the sources that
    are the people themselves.
    """

    def __init__(self, rates: Rates, day: date | None) -> None:
        self._rates, self._day = rates, day
        self._of_host: dict[UUID, frozenset[UUID]] = {}
        participants: set[UUID] = set()
        sources = FundingSource.objects.values_list("pk", "kind", "institution_id")
        for pk, kind, institution in sources:
            if kind == FundingSourceKind.PARTICIPANT:
                participants.add(pk)
            elif institution:
                self._of_host[institution] = self.of_host(institution) | {pk}
        self.participants = frozenset(participants)
        self.rows: list[BudgetLine] = list(
            BudgetLine.objects.select_related("source", "category").order_by(
                "source__code", "fiscal_year", "category_id"
            )
        )
        self.lines = {row.pk: self._line(row) for row in self.rows}
        self._line_of = {
            (row.source_id, row.fiscal_year, row.category_id): row.pk
            for row in self.rows
        }

    def of_host(self, host: UUID) -> frozenset[UUID]:
        """Return the sources of a host."""
        return self._of_host.get(host, NOBODY)

    def paying(
        self, sources: Iterable[UUID], category: str, year: int
    ) -> frozenset[UUID]:
        """Return the lines of these sources that pay for a category in a year."""
        lines = (
            line
            for source in sources
            for purpose in (category, None)
            if (line := self._line_of.get((source, year, purpose)))
        )
        return frozenset(lines)

    def _line(self, row: BudgetLine) -> Line:
        place = row.source_id, row.fiscal_year, row.category_id
        if row.amount is None:  # without a limit there is nothing to compare
            return Line(*place, None, "IDR", Fraction(1))
        rate = self._rates.on(row.currency, self._day)
        return Line(*place, to_units(row.amount, rate), row.currency, rate)
