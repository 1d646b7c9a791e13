"""A base table, read: how many people each province has, a province a row."""

from contextlib import closing

from django.utils.translation import gettext as _

from programs.refusals import Refusal

from . import sheets
from .columns import Whole
from .kinds import regions
from .lookups import Lookups
from .messages import broken
from .rows import missing_columns, read_rows

MOST_TOLD = 5
"""Rows whose faults stand in the refusal."""
COLUMNS = {
    column.name: column
    for column in (
        *regions.pair("province"),
        Whole("people", required=True, most=2**40),
    )
}
"""A province by the code of either registry, and its people."""


def read(content, *, by):
    """Return [(province, people)] of a CSV or XLSX file.

    Raises
    ------
    Refusal: the file cannot be read, or a row names no province or no number; which.
    """
    sheet = sheets.read(content, known=tuple(COLUMNS))
    missing = missing_columns(sheet, COLUMNS)
    if not {"province_kemendagri", "province_bps"} & set(sheet.header):
        missing.append("province_kemendagri")
    if missing:
        raise broken("missing-columns", columns=", ".join(missing))
    with closing(sheet.rows):
        piece = list(sheet.rows)
    if not piece:
        raise broken("no-rows")
    lookups = Lookups(by)
    rows = read_rows(sheet, piece, COLUMNS, lookups)
    for row in rows:
        regions.settle(row, "province", lookups.regions)
        if row.is_good and not row.values["province"]:
            row.refuse("province_kemendagri", "required")
    bad = [row for row in rows if not row.is_good]
    if bad:
        raise Refusal("file-rows", "; ".join(map(_told, bad[:MOST_TOLD])), field="file")
    provinces = lookups.regions["kemendagri"]
    return [(provinces[row.values["province"]], row.values["people"]) for row in rows]


def _told(row):
    problem = row.problems[0]
    return _("row %(number)s, %(column)s: expected %(what)s") % {
        "number": row.number,
        "column": problem.column,
        "what": problem.expectation,
    }
