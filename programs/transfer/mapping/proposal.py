"""What each column of a sheet is taken for, and how sure that is.

A column is judged by its heading (six tenths) and by what stands in it (four tenths);
what was chosen for the same heading before is taken again. Each field gets the column
that is surest of it.
"""

import re
from contextlib import closing
from dataclasses import replace
from itertools import islice

from django.db.models import Q

from programs.choices import IntakeState
from programs.models import Intake
from programs.transfer import sheets, texts
from programs.transfer.cells import FORMULA
from programs.transfer.columns import read_day
from programs.transfer.limits import LIMITS
from programs.transfer.messages import CellError
from programs.transfer.rows import missing_columns

from .cleaning import clean
from .fields import CERTIFICATE_DAY, fields_of
from .headings import HEADINGS, MEANT, NOTHING
from .layout import LOOKED_AT, table_of
from .likeness import Names, fold
from .spec import MADE, Mapping
from .translation import COLUMN
from .vocabulary import vocabulary_of

SAMPLE = 200
"""Rows whose cells are looked at."""
BEGINNING = replace(LIMITS, head=SAMPLE + LOOKED_AT)
"""A sheet is known by how it begins: a big one is not read whole for it."""
LEAST = 0.45
"""Certainty from which a column is taken for a field."""
WITHOUT_HEADING = ("email", "nik", "sex", "birth_date", "province_kemendagri")
"""Fields that are known by what stands in a column alone."""


def is_ours(kind, content):
    """Return whether a file has our own columns in its first row.

    Raises
    ------
    Refusal: it cannot be read at all.
    """
    found = sheets.grid(content, known=kind.by_name, limits=BEGINNING)
    with closing(found.rows) as rows:
        first = next((cells for _n, cells in rows if any(map(str.strip, cells))), [])
    header = [texts.name_of(cell) for cell in first]
    missing = missing_columns(sheets.Sheet(header, []), kind.by_name)
    return not first or not missing


def propose(kind, content, *, words):
    """Return the mapping that a file probably needs.

    Parameters
    ----------
    kind: a kind of rows, as somebody brings it.
    words: {what: {text: meaning}} that are remembered of earlier sheets.
    """
    found = sheets.grid(content, known=kind.by_name, limits=BEGINNING)
    with closing(found.rows):
        table = table_of(found)
        rows = [cells for _number, cells in islice(table.rows, SAMPLE)]
    columns = {
        heading: [cells[place] for cells in rows if place < len(cells)]
        for place, heading in enumerate(table.headings)
        if heading
    }
    known = words.get(COLUMN, {})
    mapping = Mapping(columns=dict.fromkeys(columns, ""))
    scored = _scores(kind, columns, known, words)
    for certainty, heading, name in sorted(scored, key=lambda one: -one[0]):
        is_free = name not in mapping.columns.values()
        if is_free and not mapping.columns[heading] and heading not in mapping.sure:
            mapping.columns[heading] = name
            mapping.sure[heading] = round(certainty, 2)
    _propose_constants(kind, mapping, words)
    return mapping


def _scores(kind, columns, known, words):
    """Yield (certainty, heading, field) of whatever is sure enough."""
    fields = fields_of(kind)
    likely = Names((name, text) for text, name in MEANT.items() if name in fields)
    judges = {name: _judge(kind, name, words) for name in fields}
    for heading, cells in columns.items():
        filled = [cell for cell in cells if cell is not FORMULA and fold(cell)]
        remembered = known.get(fold(heading))
        if remembered in fields or remembered == "":
            yield 1.0, heading, remembered
            continue
        by_name = _by_heading(heading, fields, likely)
        for name in fields:
            fits = judges[name](filled) if filled else None
            score = _certainty(name, by_name.get(name, 0), fits)
            if score >= LEAST:
                yield score, heading, name


def _by_heading(heading, fields, likely):
    """Return {field: how much the heading alone says so}."""
    folded = fold(heading)
    own = folded.replace(" ", "_")
    if own in fields:
        return {own: 1.0}
    if folded in NOTHING:
        return {}
    last = fold(heading.rpartition("/")[2])
    for text in (folded, last):
        if MEANT.get(text) in fields:
            return {MEANT[text]: 0.95}
    return {code: score * 0.8 for code, score in likely.nearest(folded, 3, 0.6)}


def _certainty(name, by_heading, fits):
    if fits is None:
        return by_heading * 0.97
    if not by_heading:
        return 0.65 * fits if name in WITHOUT_HEADING and fits >= 0.8 else 0
    score = by_heading * 0.6 + fits * 0.4
    return score if fits >= 0.3 else score / 2


def _judge(kind, name, words):
    """Return a function of a column's cells: how many of them fit, or None."""
    if name in FITTING:
        return lambda cells: sum(map(FITTING[name], cells)) / len(cells)
    if name.endswith(("_kemendagri", "_bps")):
        return _regions(vocabulary_of(kind, name), name)
    is_word = name in HEADINGS and name not in {"skills", "languages", "team"}
    vocabulary = vocabulary_of(kind, name) if is_word else None
    if vocabulary is None:
        return lambda cells: None
    what = getattr(kind.by_name.get(name), "what", "")
    is_open = what not in {"", "country"} or name.startswith(("isced", "choice"))

    def judge(cells):
        share = sum(vocabulary.fits(cell.strip()) for cell in cells)
        share /= len(cells)
        return None if is_open and share < 0.5 else share

    return judge


def _regions(vocabulary, name):
    """Return the judge of regions: codes alone do not say whose they are."""
    is_open = name.startswith("regency")

    def judge(cells):
        share = sum(vocabulary.fits(c.strip()) for c in cells) / len(cells)
        codes = sum(c.strip().isdigit() for c in cells) / len(cells)
        if is_open and share < 0.5:
            return 0
        return min(share, 0.4) if codes > 0.5 else share

    return judge


def _is_birthday(cell):
    try:
        return 1930 <= read_day(clean("birth_date", cell)).year <= 2020
    except CellError:
        return False


def _is_day(cell):
    try:
        return bool(read_day(clean(CERTIFICATE_DAY, cell)))
    except CellError:
        return False


def _is_score(cell):
    return bool(re.fullmatch(r"\d{1,3}([.,]\d+)?", cell.strip()))


FITTING = {
    "email": lambda cell: bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", cell.strip())),
    "nik": lambda cell: bool(re.fullmatch(r"\d{16}", clean("nik", cell))),
    "birth_date": _is_birthday,
    CERTIFICATE_DAY: _is_day,
    "merit_score": _is_score,
    "code": lambda cell: bool(re.fullmatch(r"[A-Za-z0-9._/-]{2,40}", cell.strip())),
}
"""{field: whether a cell could be one}."""


def _propose_constants(kind, mapping, words):
    """Propose one value for all where a field is needed and no column has it."""
    fields, taken = fields_of(kind), set(mapping.columns.values())
    likely = {"citizenship": ("ID", 0.6), "intake": _intake(kind)}
    if "birth_date" in fields:
        likely["code"] = (MADE, 0.9)
    for name, (value, certainty) in likely.items():
        if name in fields and name not in taken and value:
            mapping.constants[name] = value
            mapping.sure[name] = certainty


def _intake(kind):
    """Return the intake of the own programs that takes applications, if it is one."""
    if "intake" not in kind.by_name:
        return "", 0
    heard = Q(state__in=(IntakeState.OPEN, IntakeState.CLOSED, IntakeState.ALLOCATING))
    rows = Intake.objects.filter(heard, pk__in=kind.lookups.own(Intake))
    states = rows.order_by("closes_on").values_list("code", "state")[:50]
    opened = [code for code, state in states if state == IntakeState.OPEN]
    codes = opened or [code for code, _state in states]
    return (codes[0], 0.9 if len(codes) == 1 else 0.5) if codes else ("", 0)
