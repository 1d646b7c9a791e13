"""Text files of rows: their encoding, their delimiter, their cells."""

import csv
import io
import re
from collections import Counter
from itertools import islice

from .limits import LIMITS
from .messages import broken

BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DELIMITERS = ",;\t|"
SAYS_DELIMITER = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""The first line with which Excel is told how a file is separated."""
BEGINNING = 200_000
"""Characters in which the delimiter is looked for."""
LOOKED_AT = 50
"""Rows that are looked at to find the delimiter."""
WINDOWS = "cp1252"


def encoding_of(content):
    """Return the encoding of a file, and whether it had to be guessed.

    UTF-8, UTF-16 with or without its mark, else Windows-1252, which Excel writes as
    “CSV”. The whole file is looked at, so that reading it row by row meets no surprise.
    """
    encoding = next(
        (name for bom, name in BOMS.items() if content.startswith(bom)),
        _without_mark(content),
    )
    is_guessed = False
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise broken("encoding", position=error.start + 1) from error
        text = _windows(content, error.start + 1)
        encoding, is_guessed = WINDOWS, True
    if "\x00" in text:
        raise broken("nul")
    return encoding, is_guessed


def _without_mark(content):
    """Return UTF-16 where every other byte is zero, as in Latin text, else UTF-8."""
    start = content[:400]
    zeros = [start[place::2].count(0) * 3 > len(start) for place in (0, 1)]
    if zeros == [False, True]:
        return "utf-16-le"
    return "utf-16-be" if zeros == [True, False] else "utf-8"


def _windows(content, position):
    try:
        return content.decode(WINDOWS)
    except UnicodeDecodeError as error:
        raise broken("encoding", position=position) from error


def rows(content, encoding, known=(), limits=LIMITS):
    """Yield (row number, cells) of a file of text, decoded as it is read.

    Parameters
    ----------
    known: names of columns; the delimiter that finds the most of them is taken.
    """
    csv.field_size_limit(limits.cell_characters)
    lines = io.TextIOWrapper(io.BytesIO(content), encoding, newline=None)
    beginning = lines.read(BEGINNING)
    lines.seek(0)
    beginning, delimiter, before = _told_delimiter(beginning)
    for _line in range(before):
        lines.readline()
    delimiter = delimiter or _sniff(beginning, known)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num + before, row
    except csv.Error as error:
        row = reader.line_num + before
        if "field larger" in str(error):
            raise broken(
                "cell-too-long", row=row, limit=limits.cell_characters
            ) from error
        raise broken("csv-broken", row=row, detail=error) from error


def _told_delimiter(text):
    """Return the text without a first line ``sep=;``, what it says, and its height."""
    first, _newline, rest = text.partition("\n")
    told = SAYS_DELIMITER.fullmatch(first)
    return (rest, told[1], 1) if told else (text, None, 0)


def _sniff(text, known):
    """Return the delimiter that finds the most known names, or the widest table."""
    first = text.lstrip("\r\n").replace("\r", "\n").partition("\n")[0]
    known = set(known)

    def score(delimiter):
        names = {name_of(cell) for cell in first.split(delimiter)}
        return len(names & known), _cells_in_step(text, delimiter)

    return max(DELIMITERS, key=score)


def _cells_in_step(text, delimiter):
    """Return how many cells stand in rows of the commonest width above one."""
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        widths = Counter(len(row) for row in islice(reader, LOOKED_AT))
    except csv.Error:  # said of the delimiter that is taken, when the rows are read
        return 0
    return max((width * rows for width, rows in widths.items() if width > 1), default=0)


def name_of(cell):
    """Return a column name without quotes, capitals and stray spaces."""
    return cell.strip().strip('"').strip().lower().replace(" ", "_")
