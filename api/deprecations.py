"""What will go, since when that is said, and the day it goes: one list for all doors.

An entry marks the field in the description, sends ``Deprecation`` (RFC 9745),
``Sunset`` (RFC 8594) and a link to the page with every answer that holds it, and writes
the table of ``docs/api/changes.md``. Whoever removes a field moves its entry to
``REMOVED``.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.http import http_date

NOTICE = timedelta(days=180)
"""Between saying so and removing it: a season at least."""
PAGE = "/api/docs/#changes"
"""Where people read of it, on every installation."""


@dataclass(frozen=True)
class Deprecation:
    """A field of an answer that will go.

    Parameters
    ----------
    schema, field: the component and its property, as the description names them.
    operation: the operation whose answers hold it.
    since: the day from which it was told. removed_on: the first day without it.
    instead: what to read instead.
    """

    schema: str
    field: str
    operation: str
    since: date
    removed_on: date
    instead: str

    def headers(self):
        """Return what an answer with the field says of it."""
        return {
            "Deprecation": f"@{int(_moment(self.since).timestamp())}",
            "Sunset": http_date(_moment(self.removed_on).timestamp()),
            "Link": f'<{PAGE}>; rel="deprecation"; type="text/html"',
        }

    def words(self):
        """Return what the description says of it."""
        return f"Removed on {self.removed_on}: read {self.instead} instead."


def _moment(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


GOING = (
    Deprecation(
        schema="LimitPrice",
        field="key",
        operation="allocation_runs_limits_list",
        since=date(2026, 11, 28),
        removed_on=date(2027, 6, 30),
        instead="`kind`, `code` and `part`",
    ),
)
REMOVED: tuple[Deprecation, ...] = ()
"""What went, for the page of changes."""


def of_operation(name):
    """Return what goes from the answers of an operation; the first to go leads."""
    going = [one for one in GOING if one.operation == name]
    return min(going, key=lambda one: one.removed_on, default=None)


def mark(schemas):
    """Mark in the components of the description what will go."""
    for one in GOING:
        field = schemas[one.schema]["properties"][one.field]
        field["deprecated"] = True
        field["description"] = one.words()


def table():
    """Return the table of what will go and what went, in Markdown."""
    lines = [
        "| field | told since | removed on | read instead |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{one.schema}.{one.field}` | {one.since} | {one.removed_on} "
        f"| {one.instead} |"
        for one in (*GOING, *REMOVED)
    ]
    return "\n".join(lines) + "\n"
