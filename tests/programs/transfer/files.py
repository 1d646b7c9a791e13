"""Files for tests: what is there, taken away, changed in a cell and brought again."""

import csv
import io

from programs import transfer
from programs.models import AuditEvent, Event
from programs.transfer import sheets

from .conftest import as_csv


def read(content, **options):
    """Return the sheet in a file, with all its rows."""
    sheet = sheets.read(content, **options)
    sheet.rows = list(sheet.rows)
    return sheet


def exported(kind, *, by, now):
    """Return the rows of an export as dictionaries of text."""
    content = transfer.export(kind, "csv", by=by, now=now).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def judged(kind, rows, *, by, now, reason=""):
    """Return the verdicts on rows."""
    content = as_csv(rows)
    return transfer.inspect(kind, content, by=by, now=now, reason=reason).rows


def taken(kind, rows, *, by, now, reason=""):
    """Check rows, take them, and return the report."""
    report = transfer.check(
        kind, as_csv(rows), filename="x.csv", by=by, now=now, reason=reason
    )
    assert not report.bad, [problem for row in report.bad for problem in row.problems]
    return transfer.apply(report.batch, digest=report.digest, by=by, now=now)


def trail():
    """Return what the trail says, files themselves aside."""
    rows = AuditEvent.objects.exclude(action__startswith="transfer.")
    return list(rows.order_by("sequence").values_list("action", "object_type", "data"))


def events():
    """Return what partners hear, and how many institutions each time."""
    return [
        (event.kind, event.object_type, event.institutions.count())
        for event in Event.objects.order_by("sequence")
    ]
