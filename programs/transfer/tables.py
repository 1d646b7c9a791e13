"""Tables as CSV or XLSX that open safely anywhere: text stays text, numbers numbers."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from .cells import Number, neutralise

FORMATS = ("csv", "xlsx")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BOM = "\ufeff"
"""Tells Excel that a CSV file is UTF-8."""


def table(names, rows, file_format):
    """Return the bytes of a file with one sheet.

    Parameters
    ----------
    names: of the columns.
    rows: of cells: text, numbers (``Number`` for one that is text already), days,
        times, or None for an empty cell.
    file_format: ``"csv"`` or ``"xlsx"``.
    """
    return {"csv": _csv, "xlsx": _xlsx}[file_format](names, rows)


def is_number(cell):
    """Return whether a cell is written as a number."""
    return isinstance(cell, Number | int | float | Decimal) and not isinstance(
        cell, bool
    )


def _text(cell):
    """Return the text of a cell, such that no spreadsheet takes it for a formula."""
    if cell is None:
        return ""
    if is_number(cell):
        return str(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return neutralise(str(cell))


def _csv(names, rows):
    """Write text neutralised and always quoted, numbers as they are."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return (BOM + text.getvalue()).encode()


def _xlsx(names, rows):
    """Write text as text cells, whatever it looks like; numbers as numbers."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("data")
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, name, bold=True) for name in names])
    for row in rows:
        sheet.append(
            _number(cell) if is_number(cell) else _text_cell(sheet, _text(cell))
            for cell in row
        )
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _number(cell):
    if not isinstance(cell, str):
        return cell
    if not cell:
        return None
    return float(cell) if "." in cell else int(cell)


def _text_cell(sheet, text, *, bold=False):
    if not text:
        return None
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(text)))
    cell.data_type = "s"
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell
