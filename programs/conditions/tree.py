"""The tree of a condition: comparisons of facts, joined by all, any and not."""

from collections.abc import Iterator
from dataclasses import dataclass

FIRST, LAST, APPLIED, DECIDED = "first_day", "last_day", "application", "decision"
DAYS = (FIRST, LAST, APPLIED, DECIDED)
"""Days that every place or person has; any other is a date."""


@dataclass(frozen=True)
class Day:
    """A day of the stay, the day of the application or decision, or a date.

    ``name`` is one of ``DAYS`` or an ISO date. ``shift`` counts units (days, months,
    years) after it, negative before it.
    """

    name: str = FIRST
    shift: int = 0
    unit: str = "days"


@dataclass(frozen=True)
class Leaf:
    """One comparison: a fact, on a day, with values.

    ``about`` are the fact's own parameters as (name, value). ``op`` is empty where the
    fact itself is true or false. ``on`` is None for the day the fact is usually asked
    for, the first day of the stay. ``values`` are texts as they are written; a
    ``Day`` where a day is compared.
    """

    fact: str
    about: tuple[tuple[str, str], ...] = ()
    on: Day | None = None
    op: str = ""
    values: tuple[str, ...] = ()
    unit: str = ""
    day: Day | None = None


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Any:
    """At least one part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Node"


@dataclass(frozen=True)
class By:
    """The part is to be met by a day: until then whoever may still meet it can wait.

    ``chance`` is how many in a hundred are expected to meet it, None where nobody said.
    Stands alone or as a part of the outermost ``All``; see ``grammar``.
    """

    part: "Node"
    day: Day
    chance: int | None = None


Node = All | Any | Not | Leaf | By

OPPOSITE = {
    "=": "!=",
    "!=": "=",
    "in": "not in",
    "not in": "in",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}
"""What a comparison says when it is denied."""


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield the comparisons of a tree, from left to right."""
    match node:
        case Leaf():
            yield node
        case Not(part) | By(part):
            yield from leaves(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)


def requirements(node: Node) -> tuple[Node, ...]:
    """Return what has to hold together: the parts of the outermost ``All``."""
    return node.parts if isinstance(node, All) else (node,)


def awaited(node: Node) -> list[By]:
    """Return what of a condition is to be met by a day."""
    return [part for part in requirements(node) if isinstance(part, By)]


def join(kind: type[All] | type[Any], parts: list[Node]) -> Node:
    """Return the parts joined; parts of the same kind are taken in, one stays bare."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    flat = list(dict.fromkeys(flat))
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def plain(node: Node, denied: bool = False) -> Node:
    """Return the same condition with every ``not`` moved down to a comparison."""
    match node:
        case Not(part):
            return plain(part, not denied)
        case By(part, day, chance):  # stands within no ``not``
            return By(plain(part), day, chance)
        case Leaf():
            if not denied:
                return node
            if not node.op:
                return Not(node)
            return Leaf(
                node.fact,
                node.about,
                node.on,
                OPPOSITE[node.op],
                node.values,
                node.unit,
                node.day,
            )
        case All(parts) | Any(parts):
            kind = type(node)
            if denied:
                kind = Any if kind is All else All
            return join(kind, [plain(part, denied) for part in parts])
