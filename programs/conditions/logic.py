"""What can be said of a condition without looking at anybody: can it ever hold?

The condition is taken apart into its ways (a conjunction of comparisons each). A way is
impossible where two of its comparisons of the same fact leave no value between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from .tree import DAYS, All, Any, By, Day, Leaf, Node, Not, plain
from .vocabulary import CLOSED, FACTS, HUNDREDTHS, Kind, Of, kind_of
from .weights import weight
from .writing import write

MOST_WAYS = 2_000
"""Beyond this nothing is said: taking the condition apart would take too long."""
Way = tuple[Node, ...]


def impossible(node: Node) -> tuple[str, str] | None:
    """Return two comparisons that contradict each other, if no way can ever be met.

    None: some way may be met, or there are too many ways to tell.
    """
    found = None
    try:
        for way in _ways(plain(node)):
            clash = _clash(way)
            if clash is None:
                return None
            found = found or clash
    except _TooMany:
        return None
    return found


def dead_ways(node: Node) -> list[tuple[str, str]]:
    """Return the contradictions inside of a condition that can be met another way."""
    try:
        clashes = [_clash(way) for way in _ways(plain(node))]
    except _TooMany:
        return []
    return list(dict.fromkeys(clash for clash in clashes if clash))


class _TooMany(Exception):
    """The condition has more ways than anybody would want to see."""


def _ways(node: Node) -> list[Way]:
    match node:
        case Leaf() | Not():
            return [(node,)]
        case By(part):
            return _ways(part)
        case Any(parts):
            ways = [way for part in parts for way in _ways(part)]
        case All(parts):
            ways = [()]
            for part in parts:
                ways = [a + b for a in ways for b in _few(_ways(part), len(ways))]
    return _few(ways, 1)


def _few(ways: list[Way], times: int) -> list[Way]:
    if len(ways) * times > MOST_WAYS:
        raise _TooMany
    return ways


@dataclass
class _Room:
    """What is left for a fact: a range, and codes.

    ``is_prefix``: a short code covers those that begin with it, as of fields of study.
    """

    least: float = float("-inf")
    most: float = float("inf")
    codes: set[str] | None = None
    without: set[str] = field(default_factory=set)
    is_prefix: bool = False
    truths: set[bool] = field(default_factory=set)

    def is_empty(self) -> bool:
        codes = self.codes is not None and not self._left()
        return self.least > self.most or codes or len(self.truths) == 2

    def _left(self) -> set[str]:
        codes = self.codes or set()
        if not self.is_prefix:
            return codes - self.without
        return {c for c in codes if not any(c.startswith(w) for w in self.without)}


def _clash(way: Way) -> tuple[str, str] | None:
    """Return two comparisons of a way that cannot hold together, by pairs."""
    by_fact: dict[tuple[object, ...], list[Node]] = {}
    for node in way:
        for key in _keys(node):
            by_fact.setdefault(key, []).append(node)
    for nodes in by_fact.values():
        for node in nodes:
            if _room((node,)).is_empty():
                return write(node), write(node)
        for one, other in combinations(nodes, 2):
            if _room((one, other)).is_empty():
                return write(one), write(other)
        if _room(tuple(nodes)).is_empty():
            return write(nodes[0]), write(nodes[-1])
    return None


def _keys(node: Node) -> Iterator[tuple[object, ...]]:
    leaf = node.part if isinstance(node, Not) else node
    if isinstance(leaf, Leaf):
        name = "stays" if leaf.fact == "completed" else leaf.fact
        kind = Kind.NUMBER if name == "stays" else kind_of(leaf)
        yield name, leaf.about, leaf.on, kind, leaf.day and _comparable(leaf.day)


def _comparable(day: Day) -> tuple[str, str]:
    """Return what days have in common that can be compared without a calendar."""
    is_date = day.name not in DAYS and day.unit == "days"
    return "a date" if is_date else day.name, day.unit


def _room(nodes: tuple[Node, ...]) -> _Room:
    room = _Room()
    for node in nodes:
        denied = isinstance(node, Not)
        leaf = node.part if isinstance(node, Not) else node
        if isinstance(leaf, Leaf):
            _narrow(room, leaf, denied)
    return room


def _narrow(room: _Room, leaf: Leaf, denied: bool) -> None:
    fact, kind = FACTS[leaf.fact], kind_of(leaf)
    if fact.least is not None:
        room.least = max(room.least, fact.least * HUNDREDTHS)
    if fact.most is not None:
        room.most = min(room.most, fact.most * HUNDREDTHS)
    if leaf.fact == "completed":
        _range(room, "<" if denied else ">=", HUNDREDTHS, HUNDREDTHS)
    elif kind == Kind.TRUTH:
        room.truths.add(not denied)
    elif kind == Kind.CODE:
        _codes(room, leaf)
    elif kind == Kind.LEVEL and fact.of:
        room.least, room.most = max(room.least, 0), min(room.most, len(CLOSED[fact.of]))
        _range(room, leaf.op, weight(leaf), 1)
    else:
        _range(room, leaf.op, weight(leaf), HUNDREDTHS if fact.is_whole else 1)


def _range(room: _Room, op: str, value: int, step: int) -> None:
    """Narrow a range of multiples of ``step``; ``!=`` leaves a hole not looked at."""
    if op in (">=", ">", "="):
        room.least = max(room.least, step * (value // step + 1) if op == ">" else value)
    if op in ("<=", "<", "="):
        below = -(-value // step) - 1
        room.most = min(room.most, step * below if op == "<" else value)


def _codes(room: _Room, leaf: Leaf) -> None:
    values = set(leaf.values)
    room.is_prefix = FACTS[leaf.fact].of is Of.FIELD
    if leaf.op in ("!=", "not in"):
        room.without |= values
    elif room.codes is None:
        room.codes = values
    else:
        room.codes = _common(room.codes, values, room.is_prefix)


def _common(one: set[str], other: set[str], is_prefix: bool) -> set[str]:
    """Return what both allow; of two fields of study the narrower one."""
    if not is_prefix:
        return one & other
    return {
        max(a, b, key=len)
        for a in one
        for b in other
        if a.startswith(b) or b.startswith(a)
    }
