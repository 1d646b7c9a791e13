"""The words of a condition, each with where it begins."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

LONGEST = 2_000
"""Characters a condition may have."""
TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"[^"]*"|[“”„][^“”„"]*[“”])
      | (?P<op><=|>=|!=|==|<>|[=<>≤≥≠(),%])
      | (?P<word>\w+(?:[-/.]\w+)*)
    )""",
    re.VERBOSE,
)
QUOTES = '"“”„'
"""Those of a keyboard, and what word processors make of them."""
SPELT = {"==": "=", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">="}
"""Other spellings of the same comparison."""


class Unreadable(Exception):
    """A condition that cannot be read.

    Parameters
    ----------
    place: the character where it stops making sense, counted from 0.
    message: what is wrong there and what could stand there, for people.
    """

    def __init__(self, place: int, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message

    def __str__(self) -> str:
        return _("Character %(place)d: %(message)s") % {
            "place": self.place + 1,
            "message": self.message,
        }


@dataclass(frozen=True)
class Token:
    """A word, a quoted text, an operator or the end, and where it begins."""

    kind: str
    value: str
    place: int


def split(text: str) -> list[Token]:
    """Return the tokens of a text, the last one its end.

    Raises
    ------
    Unreadable: a character no condition has, or a quotation mark that is never closed.
    """
    if len(text) > LONGEST:
        raise Unreadable(
            LONGEST,
            _("a condition has at most %(most)d characters") % {"most": LONGEST},
        )
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            place = at + len(text[at:]) - len(text[at:].lstrip())
            raise Unreadable(place, _stray(text[place]))
        kind = str(found.lastgroup)
        value = found[kind].strip(QUOTES) if kind == "text" else found[kind]
        tokens.append(Token(kind, SPELT.get(value, value), found.start(kind)))
        at = found.end()
    return [*tokens, Token("end", "", len(text))]


def _stray(character: str) -> str:
    if character == '"':
        return _("the quotation mark is never closed")
    return _("“%(character)s” has no meaning here") % {"character": character}
