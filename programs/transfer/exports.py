"""Rows as CSV or XLSX that opens safely anywhere and comes back unchanged."""

import csv
import io

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from programs.domain import audit
from programs.domain.actors import require
from programs.roles import Permission

from .batches import parked_rows
from .cells import neutralise
from .kinds import KINDS
from .report import ERRORS_COLUMN

FORMATS = ("csv", "xlsx")
BOM = "\ufeff"
"""Tells Excel that a CSV file is UTF-8."""


def export(kind, queryset, file_format, *, by, now, private=False):
    """Return the bytes of a file with the rows of a queryset.

    Parameters
    ----------
    queryset: rows the reader may see; the caller narrows it with ``visible_to``.
    private: with national ids and disability; needs the right to reveal a person, and
        is written to the audit trail.
    """
    maker = KINDS[str(kind)](by)
    require(by, Permission.REVEAL_PERSON if private else maker.permission)
    columns = list(maker.export_columns(private=private))
    rows = [
        [column.write(values[column.name]) for column in columns]
        for values in maker.export_rows(queryset, private=private)
    ]
    facts = {"kind": str(kind), "rows": len(rows), "private": private}
    audit.record(by=by, action="transfer.export", obj=by, data=facts, now=now)
    return _file(columns, rows, file_format)


def template(kind, file_format, *, by):
    """Return the bytes of an empty file with every column of a kind."""
    return _file(KINDS[str(kind)](by).columns, [], file_format)


def parked_file(batch, file_format, *, by):
    """Return the bytes of a file with the parked rows and what is wrong with each."""
    maker = KINDS[batch.kind](by)
    parked = list(parked_rows(batch))
    present = parked[0][1] if parked else {}
    columns = [column for column in maker.columns if column.name in present]
    rows = [
        [*(cells[column.name] for column in columns), in_words(problems)]
        for _number, cells, problems in parked
    ]
    return _file(columns, rows, file_format, extra=(ERRORS_COLUMN,), raw=True)


def in_words(problems):
    """Return problems as one text: each column and what it should hold."""
    return "; ".join(
        f"{problem.column}: {problem.expectation}"
        if problem.column
        else problem.expectation
        for problem in problems
    )


def _file(columns, rows, file_format, *, extra=(), raw=False):
    names = [column.name for column in columns] + list(extra)
    numeric = [column.kind == "number" and not raw for column in columns]
    numeric += [False] * len(extra)
    writer = {"csv": _csv, "xlsx": _xlsx}[file_format]
    return writer(names, rows, numeric)


def _csv(names, rows, numeric):
    """Write text neutralised and always quoted, numbers as they are."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(
            cell if is_number else neutralise(cell)
            for cell, is_number in zip(row, numeric, strict=True)
        )
    return (BOM + text.getvalue()).encode()


def _xlsx(names, rows, numeric):
    """Write text as text cells, whatever it looks like; numbers as numbers."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("data")
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, name, bold=True) for name in names])
    for row in rows:
        sheet.append(
            _number(cell) if is_number else _text_cell(sheet, neutralise(cell))
            for cell, is_number in zip(row, numeric, strict=True)
        )
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _number(text):
    if not text:
        return None
    return float(text) if "." in text else int(text)


def _text_cell(sheet, text, *, bold=False):
    if not text:
        return None
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))
    cell.data_type = "s"
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell
