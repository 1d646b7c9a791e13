"""Bodies: JSON that can be understood, kept and said again, or a 400 that says why."""

import json
from codecs import getreader

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import JSONParser

from programs.validators import INVISIBLE

from .pointers import escaped

MOST_LEVELS = 100
"""No body of ours nests deeper than four, but for the tree of a condition: each of its
brackets may be four levels."""
MOST_DIGITS = 300
"""No number of ours has more than twenty."""


class PlainJSON(JSONParser):
    """JSON that says each thing once, in text that can be stored and seen."""

    def parse(self, stream, media_type=None, parser_context=None):
        encoding = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            data = json.load(
                getreader(encoding)(stream),
                object_pairs_hook=_once,
                parse_constant=_no_number,
                parse_int=_whole,
            )
        except RecursionError:
            raise _too_deep() from None
        except json.JSONDecodeError as error:
            raise ParseError(
                _("The body is not JSON (line %(line)d, column %(column)d).")
                % {"line": error.lineno, "column": error.colno}
            ) from error
        except ValueError as error:
            raise ParseError(_("The body is not text in UTF-8.")) from error
        _check(data)
        return data


def _once(pairs):
    """Return an object; which of two values of one name counts is not guessed."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ParseError(
            _("“%(name)s” is given twice in one object.") % {"name": twice[:100]}
        )
    return found


def _no_number(text):
    raise ParseError(_("%(text)s is not a number that JSON knows.") % {"text": text})


def _whole(text):
    if len(text) > MOST_DIGITS:
        raise ParseError(
            _("A number has more than %(most)d digits.") % {"most": MOST_DIGITS}
        )
    return int(text)


def _check(data):
    """Refuse deep nesting, and text that cannot be stored or seen."""
    waiting = [(data, ())]
    while waiting:
        item, path = waiting.pop()
        if len(path) >= MOST_LEVELS:
            raise _too_deep()
        if isinstance(item, str):
            _check_text(item, path)
        elif isinstance(item, dict):
            for name, value in item.items():
                _check_text(name, path)
                waiting.append((value, (*path, name)))
        elif isinstance(item, list):
            waiting += [(part, (*path, place)) for place, part in enumerate(item)]


def _check_text(text, path):
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ParseError(
            _(
                "A text holds a character that cannot be stored: \\u0000, or one half "
                "of a surrogate pair (\\ud800 to \\udfff). Remove it."
            )
        )
    unseen = INVISIBLE.search(text)
    if unseen:
        detail = _("A text holds a character that nobody sees, %(letter)s. Remove it.")
        where = "/".join(escaped(part) for part in path)
        raise ValidationError(
            {
                where: ErrorDetail(
                    detail % {"letter": f"U+{ord(unseen[0]):04X}"},
                    "invisible_character",
                )
            }
        )


def _too_deep():
    return ParseError(
        _("The body nests deeper than %(most)d levels.") % {"most": MOST_LEVELS}
    )
