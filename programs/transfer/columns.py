"""Columns of a file: how each reads a cell, writes one, and is summarised.

A column reads text into a plain value (text, number, date, tuples) and writes the
value back, so that what is exported is read again as what it was.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from programs import amounts, conditions
from programs.validators import INVISIBLE

from .cells import FORMULA, Number, restore
from .messages import CellError

DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
IN_WORDS = re.compile(r"(\d{1,2}) ([A-Za-z]+)\.? (\d{4})")
MONTHS = (
    ("jan", "januari", "january"),
    ("feb", "februari", "february", "peb", "pebruari"),
    ("mar", "maret", "march"),
    ("apr", "april"),
    ("mei", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("agu", "agt", "agustus", "aug", "august"),
    ("sep", "sept", "september"),
    ("okt", "oktober", "oct", "october"),
    ("nov", "november", "nop", "nopember"),
    ("des", "desember", "dec", "december"),
)
MONTH = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
ERROR_VALUE = re.compile(r"#(REF|N/A|VALUE|DIV/0|NAME|NUM|NULL)[!?]?")
SERIAL = re.compile(r"\d{5}(\.\d+)?")
EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class Column:
    """A named column of text.

    Parameters
    ----------
    name: as in the first row of the file.
    required: whether the column has to be there, and each cell be filled.
    private: whether its values stay out of summaries.
    limit: most characters.
    """

    name: str
    required: bool = False
    private: bool = False
    limit: int = 200

    kind = "text"

    def read(self, cell):
        """Return the value of a cell, ``empty`` for an empty one."""
        if cell is FORMULA or cell.startswith("="):
            raise CellError("formula")
        if ERROR_VALUE.fullmatch(cell.strip()):
            raise CellError("error-value")
        text = restore(cell).strip()
        if not text:
            if self.required:
                raise CellError("required")
            return self.empty
        return self.parse(Number(text) if isinstance(cell, Number) else text)

    @property
    def empty(self):
        """The value of an empty cell."""
        return ""

    def parse(self, text):
        """Return the value of a filled cell."""
        if len(text) > self.limit:
            raise CellError("too-long", limit=self.limit)
        if INVISIBLE.search(text):
            raise CellError("control")
        return str(text)

    def write(self, value):
        """Return the text of a value."""
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Pattern(Column):
    """Text of a given form."""

    pattern: str = ""
    hint: str = ""

    def parse(self, text):
        text = super().parse(text)
        if not re.fullmatch(self.pattern, text):
            raise CellError("pattern", hint=self.hint)
        return text


@dataclass(frozen=True)
class Condition(Column):
    """A condition in one line, put into its usual form."""

    def parse(self, text):
        try:
            return conditions.write(conditions.read(super().parse(text)).node)
        except conditions.Unreadable as error:
            raise CellError("condition", why=str(error)) from error


@dataclass(frozen=True)
class Whole(Column):
    """A whole number within bounds."""

    least: int = 0
    most: int = 2**31 - 1

    kind = "number"

    @property
    def empty(self):
        return None

    def parse(self, text):
        text = text.removesuffix(".0")
        if not re.fullmatch(r"[+-]?[0-9]+", text):
            raise CellError("integer")
        number = int(text)
        if not self.least <= number <= self.most:
            raise CellError("range", least=self.least, most=self.most)
        return number


@dataclass(frozen=True)
class Amount(Column):
    """A decimal number that is not negative: 12,5 or 12.5, Rp 2 miliar."""

    most: int = 10**15

    kind = "number"

    @property
    def empty(self):
        return None

    def parse(self, text):
        number = _in_words(text)
        if number is None:
            number = parse_decimal(text)
        if number < 0:
            raise CellError("negative")
        if number > self.most:
            raise CellError("range", least=0, most=self.most)
        return number

    def write(self, value):
        return "" if value is None else format(Decimal(value).normalize(), "f")


def _in_words(text):
    """Return an amount that is told with "Rp" or a word such as "juta", or None."""
    if not re.search("[A-Za-z]", text):
        return None
    try:
        figure, size = amounts.parts_of(text)
    except ValueError as error:
        raise CellError("decimal") from error
    return parse_decimal(figure) * size


def parse_decimal(text):
    """Return a decimal written in English or Indonesian fashion, if it is clear which.

    ``1.000,50`` and ``1,000.50`` are clear, ``1.000`` is not.
    """
    plain = text.replace(" ", "").replace("\u00a0", "")
    marks = [mark for mark in ".," if mark in plain]
    if len(marks) == 2 and plain.count(max(marks, key=plain.rfind)) == 1:
        thousands, point = sorted(marks, key=plain.rfind)
        whole, digits = plain.split(point)
        plain = f"{_ungrouped(whole, thousands)}.{digits}"
    elif marks and plain.count(marks[0]) > 1:
        plain = _ungrouped(plain, marks[0])
    elif marks:
        whole, digits = plain.split(marks[0])
        if len(digits) == 3 and whole.strip("+-0") and not isinstance(text, Number):
            raise CellError(
                "ambiguous-number", first=whole + digits, second=f"{whole}.{digits}"
            )
        plain = f"{whole}.{digits}"
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", plain):
        raise CellError("decimal")
    try:
        return Decimal(plain).quantize(Decimal("0.01")).normalize() + 0
    except InvalidOperation as error:
        raise CellError("decimal") from error


def _ungrouped(whole, mark):
    """Return a whole number without the marks between its thousands."""
    if not re.fullmatch(rf"[+-]?[0-9]{{1,3}}(\{mark}[0-9]{{3}})+", whole):
        raise CellError("broken-groups")
    return whole.replace(mark, "")


@dataclass(frozen=True)
class Day(Column):
    """A date, year first or day first."""

    least: date = date(2000, 1, 1)
    most: date = date(2100, 1, 1)

    kind = "date"

    @property
    def empty(self):
        return None

    def parse(self, text):
        day = read_day(text)
        if not self.least <= day <= self.most:
            raise CellError("date-range", least=str(self.least), most=str(self.most))
        return day


def read_day(text):
    """Return the date a text means; Excel's day numbers are named, not guessed at."""
    if SERIAL.fullmatch(text):
        day = EXCEL_EPOCH + timedelta(days=int(float(text)))
        raise CellError("excel-serial", date=str(day), number=str(text))
    day_first = DAY_FIRST.fullmatch(text) or IN_WORDS.fullmatch(text)
    try:
        if day_first:
            day, month, year = day_first.groups()
            return date(int(year), int(MONTH.get(month.lower(), month)), int(day))
        return date.fromisoformat(text)
    except ValueError as error:
        raise CellError("date") from error


@dataclass(frozen=True)
class OneOf(Column):
    """One of a few words; ``aliases`` are other words for them, in lower case."""

    choices: tuple = ()
    aliases: dict = field(default_factory=dict)

    kind = "choice"

    def parse(self, text):
        text = self.aliases.get(text.casefold(), text)
        for choice in self.choices:
            if text.casefold() == choice.casefold():
                return choice
        others = ", ".join(f"{word} = {own}" for word, own in self.aliases.items())
        known = ", ".join(self.choices)
        raise CellError("choice", choices=f"{known} ({others})" if others else known)


@dataclass(frozen=True)
class YesNo(Column):
    """Something that is so or not; empty is not."""

    limit: int = 10

    kind = "choice"

    WORDS = {"yes": True, "ya": True, "no": False, "tidak": False}

    @property
    def empty(self):
        return False

    def parse(self, text):
        known = self.WORDS.get(text.casefold())
        if known is None:
            raise CellError("choice", choices="yes, no (ya = yes, tidak = no)")
        return known

    def write(self, value):
        return "yes" if value else "no"


@dataclass(frozen=True)
class Code(Column):
    """The code of something that exists; which things do is known to the lookups."""

    what: str = ""
    """Name of the lookup: the model's name in lower case."""

    kind = "choice"


@dataclass(frozen=True)
class Listing(Column):
    """Several entries separated by ``|``, each of parts separated by ``:``.

    The value is a sorted tuple of tuples of text; kinds give the parts their meaning.
    """

    least: int = 1
    most: int = 1
    example: str = ""

    kind = "list"

    @property
    def empty(self):
        return ()

    def parse(self, text):
        entries = []
        for entry in filter(None, (part.strip() for part in text.split("|"))):
            parts = tuple(part.strip() for part in entry.split(":"))
            if not self.least <= len(parts) <= self.most or not parts[0]:
                raise CellError("parts", example=self.example)
            entries.append(parts)
        return tuple(sorted(entries))

    def write(self, value):
        return "|".join(":".join(map(str, entry)) for entry in value)
