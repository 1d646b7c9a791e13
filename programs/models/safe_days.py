"""The last safe decision day: decided later, the papers come after the first day.

The immigration route of a slot says how many days lie between a decision and the entry,
for what people bring (contract, medical check, police record) and for the visa. A slot
without a route waits for no papers: its own first day is the last one.
"""

from datetime import timedelta

from django.db.models import DateField, F, Func
from django.db.models.functions import Coalesce

SOON = timedelta(days=30)
"""How long before its last safe day a decision is called due."""


def last_safe_day(starts_on, route):
    """Return the last day on which a place may be decided, papers coming in time.

    Parameters
    ----------
    starts_on: the first day of the stay. route: its immigration route, or None.
    """
    return starts_on - timedelta(days=route.lead_time_days if route else 0)


class DaysBefore(Func):
    """The day that lies a number of days before a day, in queries."""

    arity = 2
    output_field = DateField()
    template = "(%(expressions)s)"
    arg_joiner = " - "

    def as_sqlite(self, compiler, connection, **extra):
        """Return the same in SQLite, which keeps days as text."""
        return self.as_sql(
            compiler,
            connection,
            template="date(%(expressions)s || ' days')",
            arg_joiner=", -",
            **extra,
        )


def in_queries(starts_on, *, route):
    """Return ``last_safe_day`` as an expression.

    Parameters
    ----------
    starts_on: the first day, a column or an expression.
    route: the path to the immigration route.
    """
    if isinstance(starts_on, str):
        starts_on = F(starts_on)
    return DaysBefore(starts_on, Coalesce(F(f"{route}__lead_time_days"), 0))
