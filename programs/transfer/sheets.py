"""A file as rows of text, or one clear sentence why it cannot be read."""

from contextlib import closing
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from programs.refusals import Refusal

from . import texts
from .limits import LIMITS
from .messages import broken
from .rows import missing_columns, no_step

REFUSED_BY_NAME = (
    (b"\xd0\xcf\x11\xe0", "old-excel"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rich-text"),
)
"""How files begin that people take for a sheet, and what is said of each."""
MARKUP = (b"<!doctype html", b"<html", b"<table", b"<?xml")
"""How a web page begins that a program saved under the name of a workbook."""


@dataclass
class Grid:
    """The cells of a file, before anybody says what they mean.

    Parameters
    ----------
    rows: yields (row number in the file, cells).
    hidden: numbers of the rows that the spreadsheet does not show.
    merged: ranges of cells that are one, such as ``A1:F1``.
    hidden_sheets: names of the sheets that the spreadsheet does not show.
    encoding: of a text file that does not say it and is not UTF-8.
    size: how many rows there are at most, for whoever watches.
    """

    rows: object
    hidden: frozenset = frozenset()
    merged: tuple = ()
    hidden_sheets: tuple = ()
    encoding: str = ""
    size: int = 0


@dataclass
class Sheet:
    """Column names and rows; ``rows`` yields (row number in the file, cells)."""

    header: list
    rows: object
    ignored: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    size: int = 0


def grid(content, *, known=(), limits=LIMITS, step=no_step):
    """Return the cells of a CSV or XLSX file, told apart by content, not by name.

    Parameters
    ----------
    content: the bytes of the file.
    known: names of columns, which help to find the delimiter.
    step: called with a phase while a big workbook is being opened.
    """
    if not content.strip():
        raise broken("empty")
    if len(content) > limits.file_bytes:
        raise broken("too-big", limit=limits.file_bytes // 2**20)
    for start, code in REFUSED_BY_NAME:
        if content.startswith(start):
            raise broken(code)
    if content[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(MARKUP):
        raise broken("web-page")
    if content.startswith(b"PK"):
        # Starting a child and reading zip files is only for those who bring one.
        from .workbooks import read_grid

        return read_grid(content, limits=limits, step=step)
    encoding, is_guessed = texts.encoding_of(content)
    rows = texts.rows(content, encoding, known, limits)
    guessed = encoding if is_guessed else ""
    return Grid(rows, encoding=guessed, size=content.count(b"\n"))


def read(content, *, known, limits=LIMITS, step=no_step):
    """Return the sheet in a file that has our column names in its first row.

    Its rows are read as they are asked for, and are closed by who has opened it.

    Parameters
    ----------
    content: the bytes of the file.
    known: names of the columns that may appear.
    step: called with a phase while a big workbook is being opened.
    """
    found = grid(content, known=known, limits=limits, step=step)
    try:
        if found.merged:
            raise broken("merged-cells", cells=found.merged[0])
        header = _header(found.rows)
        _check_header(header, known, limits)
    except Refusal:
        found.rows.close()
        raise
    ignored = [name for name in header if name and name not in known]
    rows = _filled(found.rows, limits)
    return Sheet(header, rows, ignored, notes_on(found), found.size)


def opened(content, columns, *, one_of=(), step=no_step):
    """Return the sheet in a file that has all the columns it has to have.

    Parameters
    ----------
    columns: {name: column} that may appear. one_of: groups of names of which at least
    one has to be there; the first is named where none is.

    Raises
    ------
    Refusal: the file cannot be read, or lacks columns; which.
    """
    sheet = read(content, known=tuple(columns), step=step)
    missing = missing_columns(sheet, columns)
    missing += [names[0] for names in one_of if not set(names) & set(sheet.header)]
    if missing:
        sheet.rows.close()
        raise broken("missing-columns", columns=", ".join(missing))
    return sheet


def whole(content, columns, *, one_of=()):
    """Return the sheet of a short file, opened like that, and all its rows."""
    sheet = opened(content, columns, one_of=one_of)
    with closing(sheet.rows):
        rows = list(sheet.rows)
    if not rows:
        raise broken("no-rows")
    return sheet, rows


def notes_on(found):
    """Return sentences on how a file was read that a person should know."""
    notes = []
    if found.encoding:
        notes.append(
            _(
                "The file does not say how its letters are written; it was read as "
                "Windows text (%(encoding)s). Look at names with accents."
            )
            % {"encoding": found.encoding}
        )
    if found.hidden_sheets:
        notes.append(
            _("Hidden sheets were not read: %(names)s.")
            % {"names": ", ".join(found.hidden_sheets)}
        )
    if found.hidden:
        notes.append(
            _("The spreadsheet hides %(count)d rows, such as row %(row)d.")
            % {"count": len(found.hidden), "row": min(found.hidden)}
        )
    return notes


def _header(rows):
    """Return the column names in the first row that says anything."""
    for _number, cells in rows:
        if any(cell.strip() for cell in cells):
            return _trimmed([texts.name_of(cell) for cell in cells])
    return []


def _filled(numbered, limits):
    """Yield the rows that say anything, as many as there may be."""
    count = 0
    with closing(numbered):
        for number, cells in numbered:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > limits.rows:
                raise broken("too-many-rows", limit=limits.rows)
            yield number, cells


def _trimmed(header):
    """Drop empty names behind the last one: workbooks have many."""
    while header and not header[-1]:
        header.pop()
    return header


def _check_header(header, known, limits):
    if len(header) > limits.columns:
        raise broken("too-many-columns", limit=limits.columns)
    named = [name for name in header if name]
    for name in named:
        if named.count(name) > 1:
            raise broken("duplicate-column", column=name)
        if f"{name}_kemendagri" in known:
            raise broken("region-system-missing", column=name)
    if not set(named) & set(known):
        raise broken("no-known-column", columns=", ".join(sorted(known)))
