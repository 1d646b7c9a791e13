"""Keep spreadsheets from running what people typed, and get it back unchanged.

A cell that starts with ``= + - @``, a tab or a carriage return is taken for a formula
by spreadsheets; so is what follows a separator when the file is split differently from
how it was written. An apostrophe in front makes it text. Reading removes exactly one.
"""

import re

_PLACES = '(^|[;,|\t\r\n"])'
_FORMULA_STARTS = "[=+\\-@\t\r\x00＝＋－＠]"
_OPEN = re.compile(f"{_PLACES}(?='*{_FORMULA_STARTS})")
_CLOSED = re.compile(f"{_PLACES}'(?='*{_FORMULA_STARTS})")


class Number(str):
    """Text that stood in a number cell of a workbook."""

    __slots__ = ()


FORMULA = "=…"
"""What stands for a formula cell of a workbook; its text is never kept."""


def neutralise(text):
    """Return the text so that no spreadsheet takes any part of it for a formula."""
    return _OPEN.sub(r"\1'", text)


def restore(text):
    """Return what ``neutralise`` was given."""
    return _CLOSED.sub(r"\1", text)
