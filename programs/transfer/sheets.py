"""A file as rows of text, or one clear sentence why it cannot be read."""

import csv
import io
from dataclasses import dataclass, field

from programs.refusals import Refusal

from .limits import LIMITS
from .messages import FILE

BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DELIMITERS = ",;\t"


@dataclass
class Sheet:
    """Column names and rows; ``rows`` holds (row number in the file, cells)."""

    header: list
    rows: list
    ignored: list = field(default_factory=list)


def broken(code, /, **params):
    """Return the refusal of a whole file."""
    return Refusal(f"file-{code}", str(FILE[code]) % params, field="file", **params)


def read(content, *, known, limits=LIMITS):
    """Return the sheet in a CSV or XLSX file, told apart by content, not by name.

    Parameters
    ----------
    content: the bytes of the file.
    known: names of the columns that may appear.
    """
    if not content.strip():
        raise broken("empty")
    if len(content) > limits.file_bytes:
        raise broken("too-big", limit=limits.file_bytes // 2**20)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise broken("old-excel")
    if content.startswith(b"PK"):
        # Starting a child and reading zip files is only for those who bring one.
        from .workbooks import read_rows

        numbered = read_rows(content, limits=limits)
    else:
        numbered = _read_csv(_decode(content), known, limits)
    return _sheet(numbered, known, limits)


def _decode(content):
    encoding = next(
        (name for bom, name in BOMS.items() if content.startswith(bom)), "utf-8"
    )
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise broken("encoding", position=error.start + 1) from error
    if "\x00" in text:
        raise broken("nul")
    return text


def _read_csv(text, known, limits):
    csv.field_size_limit(limits.cell_characters)
    lines = io.StringIO(text, newline=None)
    delimiter = _sniff(text, known)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        if "field larger" in str(error):
            raise broken(
                "cell-too-long", row=reader.line_num, limit=limits.cell_characters
            ) from error
        raise broken("csv-broken", row=reader.line_num, detail=error) from error


def _sniff(text, known):
    """Return the delimiter that finds the most known names in the first row."""
    first = text.lstrip("\r\n").replace("\r", "\n").partition("\n")[0]

    def score(delimiter):
        return len({name_of(cell) for cell in first.split(delimiter)} & set(known))

    return max(DELIMITERS, key=score)


def name_of(cell):
    """Return a column name without quotes, capitals and stray spaces."""
    return cell.strip().strip('"').strip().lower().replace(" ", "_")


def _sheet(numbered, known, limits):
    rows, header = [], None
    for number, cells in numbered:
        if header is None:
            if any(cell.strip() for cell in cells):
                header = [name_of(cell) for cell in cells]
        elif any(cell.strip() for cell in cells):
            rows.append((number, cells))
            if len(rows) > limits.rows:
                raise broken("too-many-rows", limit=limits.rows)
    header = _trimmed(header or [])
    _check_header(header, known, limits)
    if not rows:
        raise broken("no-rows")
    ignored = [name for name in header if name and name not in known]
    return Sheet(header, rows, ignored)


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
