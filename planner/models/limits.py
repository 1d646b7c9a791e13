"""What a limit is called: its kind, the code of the thing it limits, and which part."""

from typing import NamedTuple

from .states import LimitKind

PARTS = {
    LimitKind.SEATS: 0,
    LimitKind.BUDGET: 0,
    LimitKind.POOL: 1,
    LimitKind.QUOTA: 0,
    LimitKind.RESOURCE: 1,
    LimitKind.AGREEMENT: 2,
    LimitKind.ROUTE: 1,
    LimitKind.OVERLAP: 1,
}
"""How many words behind the code tell several limits of one thing apart."""


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
        code, *parts = rest.rsplit(":", PARTS[kind])
        if not code or len(parts) != PARTS[kind]:
            raise ValueError(text)
        return cls(kind, code, ":".join(parts))
