"""Query parameters: known ones, once each, with a value; all else is refused.

A parameter that is silently ignored answers another question than the one asked, and
the caller takes the rows of everybody for those of one.
"""

from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter

from .exceptions import Problem

BOOLEANS = {"true", "false", "1", "0"}


def check(params, *, known, filters):
    """Refuse parameters that are unknown, empty, repeated, or neither true nor false.

    Parameters
    ----------
    params: a ``QueryDict``. known: names. filters: django-filter's filters by name.
    """
    unknown = sorted(set(params) - known)
    if unknown:
        raise _problem(
            "unknown_parameter",
            _("Unknown parameter: %(unknown)s. Known here: %(known)s.")
            % {
                "unknown": ", ".join(unknown)[:200],
                "known": ", ".join(sorted(known)) or "-",
            },
        )
    for name, values in params.lists():
        if len(values) > 1:
            raise _problem(
                "repeated", _("This parameter is given more than once."), name
            )
        if not values[0].strip():
            raise _problem(
                "blank", _("This parameter has no value; leave it out."), name
            )
        is_boolean = isinstance(filters.get(name), BooleanFilter)
        if is_boolean and values[0].lower() not in BOOLEANS:
            raise _problem("invalid", _("Use true or false."), name)


def _problem(code, detail, name=""):
    return Problem(400, code, detail, field=name)
