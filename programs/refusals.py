"""How the domain says no: one exception, a stable code, a sentence for people.

A refusal is something a user caused and can mend; a bug is any other exception.
"""

from enum import StrEnum


class RefusalKind(StrEnum):
    """Which sort of no it is; doors map it to their own words (status, message)."""

    INVALID = "invalid"
    """What was given is wrong."""
    FORBIDDEN = "forbidden"
    """The actor may not do this."""
    CONFLICT = "conflict"
    """It clashes with the state of things as they are now."""
    STALE = "stale"
    """The actor looked at an older version."""
    BUSY = "busy"
    """Others held what it needs for too long; it may be tried again as it is."""


class Refusal(Exception):
    """A verb was refused.

    Parameters
    ----------
    code: stable machine-readable code, in kebab-case.
    message: translated sentence: what, where, why, what to do.
    kind: which sort of refusal.
    field: name of the input at fault, if one is.
    params: facts behind the message, without personal data.
    """

    def __init__(self, code, message, *, kind=RefusalKind.INVALID, field="", **params):
        super().__init__(code)
        self.code = code
        self.message = message
        self.kind = RefusalKind(kind)
        self.field = field
        self.params = params

    def __str__(self):
        return str(self.message)
