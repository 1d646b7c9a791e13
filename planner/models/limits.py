"""What a limit is called: its kind, the code of the thing it limits, and which part."""

from typing import NamedTuple

from .states import LimitKind

PARTS = {
    LimitKind.SEATS: (),
    LimitKind.BUDGET: (),
    LimitKind.POOL: ("NUMBER",),
    LimitKind.QUOTA: (),
    LimitKind.VALUE: ("NUMBER",),
    LimitKind.GROUP_PIN: (),
    LimitKind.RESOURCE: ("NUMBER",),
    LimitKind.AGREEMENT: ("YEAR", "MEASURE"),
    LimitKind.ROUTE: ("CAP",),
    LimitKind.OVERLAP: ("NUMBER",),
    LimitKind.RANK: (),
    LimitKind.CHANGES: (),
}
"""The words behind the code that tell several limits of one thing apart."""
CODES = {
    LimitKind.BUDGET: "SOURCE:YEAR[:CATEGORY]",
    LimitKind.POOL: "YEAR",
    LimitKind.VALUE: "QUOTA",
    LimitKind.OVERLAP: "PERSON",
    LimitKind.RANK: "WORST",
    LimitKind.CHANGES: "decided",
}
"""What the code is where it is not simply the code of one row."""


class LimitKey(NamedTuple):
    """The name of a limit, the same in a problem, a plan and a conflict.

    Problem and result files know it as text: ``agreement:JP-2024:2027:people`` is the
    limit ``people`` in 2027 of the agreement JP-2024. Here alone it is made and read.
    """

    kind: LimitKind
    code: str
    part: str = ""

    def __str__(self):
        return ":".join(word for word in self if word)

    @classmethod
    def parse(cls, text):
        """Return the key that a text names.

        Raises
        ------
        ValueError: the text names no kind of limit, or lacks its parts.
        """
        kind, _colon, rest = text.partition(":")
        kind = LimitKind(kind)
        code, *parts = rest.rsplit(":", len(PARTS[kind]))
        if not code or len(parts) != len(PARTS[kind]):
            raise ValueError(text)
        return cls(kind, code, ":".join(parts))
