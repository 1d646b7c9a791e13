"""A report as a workbook: a sheet for each table, with a chart that Excel draws."""

import io

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .report import Report

WIDEST = 60
"""Characters that a column is at most wide."""
NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def xlsx(report: Report) -> bytes:
    """Return a report as a workbook; words stay words, numbers are numbers."""
    book = openpyxl.Workbook()
    front = book.active
    front.title = "1"
    _write(front, 1, 1, report.title, bold=True)
    _write(front, 2, 1, report.lead)
    for at, (name, figure) in enumerate(report.figures, start=4):
        _write(front, at, 1, name, bold=True)
        _write(front, at, 2, figure)
    _write(front, len(report.figures) + 5, 1, report.foot)
    front.column_dimensions["A"].width = WIDEST / 2
    for number, part in enumerate(report.parts, start=2):
        title = f"{number} {part.title.translate(NAMES)}"[:31]
        _sheet(book.create_sheet(title), part)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _sheet(sheet, part):
    sheet.freeze_panes = "A2"
    for column, name in enumerate(part.columns, start=1):
        _write(sheet, 1, column, name, bold=True)
        widths = [len(str(row[column - 1] or "")) for row in part.rows]
        letter = get_column_letter(column)
        widest = max([len(name), *widths])
        sheet.column_dimensions[letter].width = min(WIDEST, widest + 2)
    for at, row in enumerate(part.rows, start=2):
        for column, cell in enumerate(row, start=1):
            _write(sheet, at, column, cell)
    if part.bars and part.rows:
        beside = get_column_letter(len(part.columns) + 2)
        sheet.add_chart(_chart(sheet, part), f"{beside}2")


def _chart(sheet, part):
    chart = BarChart()
    chart.type, chart.title = "bar", part.title
    chart.y_axis.delete = chart.x_axis.delete = False
    last = len(part.rows) + 1
    for column in part.bars:
        if column is not None:
            values = Reference(sheet, min_col=column + 1, min_row=1, max_row=last)
            chart.add_data(values, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.height, chart.width = max(7, 0.6 * len(part.rows) + 3), 20
    return chart


def _write(sheet, row, column, value, *, bold=False):
    """Write a number as a number, and everything else as a text cell."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    cell = sheet.cell(row, column)
    if is_number:
        cell.value = value
    elif value not in (None, ""):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", str(value))
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
