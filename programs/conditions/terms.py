"""The smallest things a condition is written of: numbers, times, days and codes."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from .tokens import Token, Unreadable
from .tree import DAYS, Day
from .vocabulary import CLOSED, NUMBER, UNITS, Of

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
FIELD = re.compile(r"\d{2,4}")
UNIT_NAMES = {name[:-1]: name for name in UNITS} | {name: name for name in UNITS}
SIDES = {"before": -1, "after": 1}


@dataclass(frozen=True)
class Reference:
    """A code that names a row, and where the text names it."""

    of: Of
    code: str
    place: int


class Terms:
    """Takes one term after the other from the tokens, from left to right.

    Each term is read the same way wherever it stands; what may stand where is for the
    grammar. What is none raises ``Unreadable``, with the place. ``references`` are the
    rows that codes have named so far.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.references: list[Reference] = []

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.here
        self.at += token.kind != "end"
        return token

    def has(self, *values: str) -> bool:
        """Take the next token if it is a bare word or sign of these."""
        found = self.here.kind in ("word", "op") and self.here.value in values
        if found:
            self.take()
        return found

    def want(self, value: str) -> None:
        if not self.has(value):
            raise self.wrong(_("“%(sign)s” is expected here") % {"sign": value})

    def wrong(self, message: str, token: Token | None = None) -> Unreadable:
        return Unreadable((token or self.here).place, message)

    def day(self) -> Day:
        token, shift, unit = self.here, 0, "days"
        if NUMBER.fullmatch(token.value) and not ISO_DAY.fullmatch(token.value):
            number, unit = self.time()
            side = self.take()
            if side.value not in SIDES:
                raise self.wrong(_("“before” or “after” is expected here"), side)
            shift = self.whole_number(number, token) * SIDES[side.value]
        return Day(self.day_name(), shift, unit if shift else "days")

    def day_name(self) -> str:
        token = self.take()
        if token.value in DAYS:
            return token.value
        if ISO_DAY.fullmatch(token.value):
            try:
                return date.fromisoformat(token.value).isoformat()
            except ValueError:
                pass
        raise self.wrong(
            _("a day is expected: %(days)s, or a date such as 2027-07-01")
            % {"days": ", ".join(DAYS)},
            token,
        )

    def time(self) -> tuple[str, str]:
        number = self.number()
        token = self.take()
        if token.value not in UNIT_NAMES:
            raise self.wrong(_("days, months or years are expected here"), token)
        return number, UNIT_NAMES[token.value]

    def number(self) -> str:
        token = self.take()
        if token.kind != "word" or not NUMBER.fullmatch(token.value):
            raise self.wrong(_("a number such as 6 or 3.25 is expected here"), token)
        return f"{Decimal(token.value).normalize():f}"

    def whole_number(self, text: str, token: Token) -> int:
        if "." in text or int(text) > 40_000:
            raise self.wrong(_("a whole number of at most 40000 is expected"), token)
        return int(text)

    def code(self, of: Of) -> str:
        token = self.take()
        if token.kind not in ("word", "text") or not token.value.strip():
            raise self.wrong(
                _("a %(what)s is expected here") % {"what": of.label}, token
            )
        if of in CLOSED:
            return self.of_closed(of, token)
        if of is Of.FIELD:
            if not FIELD.fullmatch(token.value):
                raise self.wrong(
                    _("an ISCED-F code of two to four digits is expected"), token
                )
            return token.value
        if of in (Of.WORD, Of.ACCREDITATION):
            return token.value.casefold()
        value = token.value.upper() if of is Of.COUNTRY else token.value
        value = value.lower() if of is Of.LANGUAGE else value
        self.references.append(Reference(of, value, token.place))
        return value

    def of_closed(self, of: Of, token: Token) -> str:
        for known in CLOSED[of]:
            if known.lower() == token.value.lower():
                return known
        raise self.wrong(
            _("one of these is expected: %(words)s") % {"words": ", ".join(CLOSED[of])},
            token,
        )
