"""A base table, read: how many people each province has, a province a row."""

from django.utils.translation import gettext as _

from programs.refusals import Refusal

from . import sheets
from .columns import Whole
from .kinds import regions
from .lookups import Lookups
from .rows import read_rows

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
    either = ("province_kemendagri", "province_bps")
    sheet, piece = sheets.whole(content, COLUMNS, one_of=[either])
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
