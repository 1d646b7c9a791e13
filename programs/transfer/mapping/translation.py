"""A sheet of somebody's own, turned row by row into the one that the importer reads."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from programs import national_ids
from programs.transfer import sheets
from programs.transfer.cells import FORMULA
from programs.transfer.columns import read_day
from programs.transfer.kinds.applications import CHOICES
from programs.transfer.limits import LIMITS
from programs.transfer.messages import CellError
from programs.transfer.rows import no_step

from .cleaning import clean, is_cleaned
from .fields import CERTIFICATE, CERTIFICATE_DAY, PARTS, fields_of
from .layout import Table, table_of
from .likeness import fold
from .spec import MADE
from .telling import told_of
from .vocabulary import vocabulary_of

COLUMN = "column"
"""What words are remembered as when they stand above a column."""
NONE = {
    "tidak ada", "tidak", "belum ada", "belum punya", "belum", "kosong", "nihil",
    "n a", "na", "none", "no", "nil",
}  # fmt: skip
"""Words for nothing, where a field may be empty."""
OPTIONAL = {CERTIFICATE, *CHOICES, "nominated_by", "regency_kemendagri"}
REGIONS = ("province_kemendagri", "province_bps")
MOST_WORDS = 2_000
"""Different words of one field that are kept for the page."""


@dataclass
class Translation:
    """The importer's sheet, and what was made of which word on the way.

    Parameters
    ----------
    header: names of the importer's columns. rows: yields (row number, cells).
    table: where the rows came from. words: {field: {text: rows that hold it}}.
    cleaned: {field: cells that were written otherwise}.
    missing: fields that are needed and have neither column nor value.
    """

    header: list
    table: Table
    mapping: object
    kind: object
    grid: object
    known: dict
    words: dict = field(default_factory=dict)
    cleaned: Counter = field(default_factory=Counter)

    @cached_property
    def vocabularies(self):
        """The vocabulary of each field that has one."""
        intake = self.mapping.constants.get("intake", "")
        found = {
            name: vocabulary_of(
                self.kind,
                name,
                chosen=self.mapping.values.get(name),
                known=self.known.get(what_of(self.kind, name)),
                intake=intake,
            )
            for name in self.fields
        }
        return {name: each for name, each in found.items() if each is not None}

    @cached_property
    def fields(self):
        """Fields that have a column or one value for all."""
        filled = filter(None, map(self.of, self.table.headings))
        names = dict.fromkeys([*filled, *self.mapping.constants])
        if CERTIFICATE not in names:  # a day alone is the day of nothing
            names.pop(CERTIFICATE_DAY, None)
        return list(names)

    @property
    def missing(self):
        """Fields that are needed and have neither column nor value."""
        needed = [each for each in fields_of(self.kind).values() if each.required]
        return [each.name for each in needed if each.name not in self.fields]

    @property
    def ignored(self):
        """Headings of the columns that no field takes."""
        return [name for name in self.table.headings if name and not self.of(name)]

    def of(self, heading):
        """Return the field that a column is taken for, or ""."""
        return self.mapping.columns.get(heading, "")

    def notes(self):
        """Return sentences on what was read, left out and cleaned; after the rows."""
        return told_of(self)

    @property
    def rows(self):
        """Yield the rows of the importer's sheet; to be read once."""
        constants = {
            name: value
            for name, value in self.mapping.constants.items()
            if value != MADE
        }
        places = [
            (place, self.of(heading))
            for place, heading in enumerate(self.table.headings)
            if self.of(heading) in self.fields
        ]
        for number, cells in self.table.rows:
            told = dict(constants)
            for place, name in places:
                cell = cells[place] if place < len(cells) else ""
                if name not in told or cell.strip():
                    told[name] = cell
            told |= self.mapping.cells.get(str(number), {})
            meant = {name: self._meant(name, cell) for name, cell in told.items()}
            self._join(meant)
            yield number, [meant.get(name, "") for name in self.header]

    def _meant(self, name, cell):
        """Return what a cell means, as the importer's column writes it."""
        if cell is FORMULA:
            return cell
        text = clean(name, cell)
        if is_cleaned(name, cell, text):
            self.cleaned[name] += 1
        vocabulary = self.vocabularies.get(name)
        if vocabulary is None or not text:
            return text
        if self._says_nothing(name, str(text)):
            return ""
        seen = self.words.setdefault(name, Counter())
        if text in seen or len(seen) < MOST_WORDS:
            seen[str(text)] += 1
        meaning = vocabulary.read(str(text))
        return text if meaning is None else meaning.code

    def _says_nothing(self, name, text):
        """Return whether a word says that there is none: a dash, “tidak ada”."""
        folded = fold(text)
        return not folded or (folded in NONE and name in OPTIONAL)

    def has_region_codes(self):
        """Return whether provinces are told by codes, which registries share."""
        said = (text for name in REGIONS for text in self.words.get(name, ()))
        return any(text.strip().isdigit() for text in said)

    def _join(self, meant):
        """Put together what stands in several columns, and make what none has."""
        if CERTIFICATE in meant:
            band, day = meant.pop(CERTIFICATE), meant.pop(CERTIFICATE_DAY, "")
            test, _colon, rest = str(band).partition(":")
            band, _colon, version = rest.partition(":")
            parts = [test, band, day, version] if version else [test, band, day]
            entry = ":".join(parts) if test.strip(" -") else ""
            meant["languages"] = "|".join(filter(None, (meant.get("languages"), entry)))
        if self.mapping.constants.get("code") == MADE and not meant.get("code"):
            meant["code"] = made_code(meant)


def translated(kind, content, mapping, *, known=None, limits=LIMITS, step=no_step):
    """Return the translation of a file by a mapping.

    Parameters
    ----------
    known: {what: {text: code}} that is remembered of earlier sheets.
    step: called with a phase while a big workbook is being opened.

    Raises
    ------
    Refusal: the file cannot be read, or the mapping says what cannot be.
    """
    mapping.require_fields(fields_of(kind))
    grid = sheets.grid(content, known=kind.by_name, limits=limits, step=step)
    table = table_of(grid, skip_hidden=mapping.skip_hidden, limits=limits)
    made = Translation([], table, mapping, kind, grid, known or {})
    joined = {part: whole for whole, parts in PARTS.items() for part in parts}
    names = [*made.fields, *made.missing]
    made.header = list(dict.fromkeys(joined.get(name, name) for name in names))
    return made


def what_of(kind, name):
    """Return what a field's words are remembered as: what they are the codes of."""
    column = kind.by_name.get(name)
    return getattr(column, "what", "") or name.partition("_1")[0]


def meant(translation):
    """Return {what: {folded text: meaning}} of what was chosen, to be remembered.

    Of words only what a person chose; names that were found are found again.
    """
    mapping, kind = translation.mapping, translation.kind
    words = {COLUMN: {fold(text): name for text, name in mapping.columns.items()}}
    for name, chosen in mapping.values.items():
        if name in translation.vocabularies:
            told = {fold(text): code for text, code in chosen.items()}
            words.setdefault(what_of(kind, name), {}).update(told)
    return words


def made_code(meant):
    """Return a code that is the same for the same person in every sheet.

    Made of name, day of birth and home institution by a keyed hash, so that it tells
    nobody any of them; a row number would be another person's in the next sheet.
    """
    facts = ("given_name", "family_name", "birth_date", "home_institution")
    told = "|".join(fold(_day(name, str(meant.get(name, "")))) for name in facts)
    return f"P-{national_ids.keyed_hash(told)[:12].upper()}"


def _day(name, text):
    """Return a day as it is kept, however it was written."""
    try:
        return read_day(text).isoformat() if name == "birth_date" else text
    except CellError:
        return text
