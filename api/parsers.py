"""Bodies: JSON that can be understood, kept and said again, or a 400 that says why."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MOST_LEVELS = 20
"""No body of ours nests deeper than four."""


class PlainJSON(JSONParser):
    """JSON without nesting for its own sake and without text that cannot be stored."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise _too_deep() from None
        _check(data)
        return data


def _check(data):
    """Refuse deep nesting, NUL, and half surrogate pairs: databases take neither."""
    waiting = [(data, 1)]
    while waiting:
        item, level = waiting.pop()
        if level > MOST_LEVELS:
            raise _too_deep()
        if isinstance(item, str):
            _check_text(item)
        elif isinstance(item, dict):
            waiting += [(part, level + 1) for pair in item.items() for part in pair]
        elif isinstance(item, list):
            waiting += [(part, level + 1) for part in item]


def _check_text(text):
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ParseError(
            _(
                "A text holds a character that cannot be stored: \\u0000, or one half "
                "of a surrogate pair (\\ud800 to \\udfff). Remove it."
            )
        )


def _too_deep():
    return ParseError(
        _("The body nests deeper than %(most)d levels.") % {"most": MOST_LEVELS}
    )
