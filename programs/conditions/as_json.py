"""A condition as JSON, for programs, and the schema of it.

The text is what is stored; JSON is made of it and read back into it, so that both say
the same by construction.
"""

from typing import Any as Anything

from django.utils.translation import gettext as _

from .grammar import DEEPEST, Parsed, read, read_day
from .tokens import Unreadable
from .tree import All, Any, By, Day, Leaf, Node, Not, join, leaves
from .vocabulary import FACTS, Kind
from .writing import day, write

DEEPEST_NODE = 2 * DEEPEST + 2
"""Nodes within nodes: each bracket may hold an ``any`` of an ``all``."""
KEYS = {"fact", "about", "on", "is", "value", "unit"}
AWAITED = {"part", "by", "chance"}
OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "in", "not in"]
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Condition",
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "oneOf": [
                *(
                    {
                        "type": "object",
                        "properties": {
                            name: {
                                "type": "array",
                                "items": {"$ref": "#/$defs/node"},
                                "minItems": 1,
                            }
                        },
                        "required": [name],
                        "additionalProperties": False,
                    }
                    for name in ("all", "any")
                ),
                {
                    "type": "object",
                    "properties": {"not": {"$ref": "#/$defs/node"}},
                    "required": ["not"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {
                        "part": {"$ref": "#/$defs/node"},
                        "by": {"type": "string"},
                        "chance": {"type": "string"},
                    },
                    "required": ["part", "by"],
                    "additionalProperties": False,
                },
                {"$ref": "#/$defs/comparison"},
            ]
        },
        "comparison": {
            "type": "object",
            "properties": {
                "fact": {"enum": list(FACTS)},
                "about": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                },
                "on": {"type": "string"},
                "is": {"enum": OPERATORS},
                "value": {
                    "oneOf": [
                        {"type": "string"},
                        {"type": "array", "items": {"type": "string"}, "minItems": 1},
                    ]
                },
                "unit": {"enum": ["days", "months", "years", "km"]},
            },
            "required": ["fact"],
            "additionalProperties": False,
        },
    },
}
"""JSON Schema of what ``to_json`` returns and ``from_json`` reads."""


def to_json(node: Node) -> dict[str, Anything]:
    """Return the tree as JSON."""
    match node:
        case All(parts):
            return {"all": [to_json(part) for part in parts]}
        case Any(parts):
            return {"any": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case By(part, until, chance):
            data = {"part": to_json(part), "by": day(until)}
            return data if chance is None else data | {"chance": str(chance)}
        case Leaf():
            return _comparison(node)


def from_json(data: Anything) -> Parsed:
    """Return the condition of its JSON, read as its text would be.

    Raises
    ------
    Unreadable: it is not of the schema's form, or its text cannot be read.
    """
    node = _node(data, ())
    text = write(node)
    parsed = read(text)
    usual = write(parsed.node)
    if _parts(parsed.node) != _parts(node):
        raise Unreadable(
            0,
            _("“%(text)s” is not how it is written; that would be “%(usual)s”")
            % {"text": text, "usual": usual},
        )
    return parsed


def _parts(node: Node) -> list[str]:
    """Return the comparisons as text: a value that holds a second one shows here."""
    return [write(leaf).casefold() for leaf in leaves(node)]


def _comparison(leaf: Leaf) -> dict[str, Anything]:
    data: dict[str, Anything] = {"fact": leaf.fact}
    if leaf.about:
        data["about"] = dict(leaf.about)
    if leaf.on:
        data["on"] = day(leaf.on)
    if leaf.op:
        data["is"] = leaf.op
        many = leaf.op in ("in", "not in")
        data["value"] = list(leaf.values) if many else _value(leaf)
    if leaf.unit:
        data["unit"] = leaf.unit
    return data


def _value(leaf: Leaf) -> str:
    return day(leaf.day) if leaf.day else leaf.values[0]


def _node(data: Anything, path: tuple[object, ...]) -> Node:
    """Return the tree of a part, which stands at a path of the whole."""
    if len(path) > 2 * DEEPEST_NODE:
        raise _wrong(path[:6], _("it nests too deep"))
    match data:
        case {"all": [_first, *_rest] as parts} if len(data) == 1:
            return join(All, _nodes(parts, (*path, "all")))
        case {"any": [_first, *_rest] as parts} if len(data) == 1:
            return join(Any, _nodes(parts, (*path, "any")))
        case {"not": part} if len(data) == 1:
            inner = _node(part, (*path, "not"))
            return inner.part if isinstance(inner, Not) else Not(inner)
        case {"part": part, "by": str(until)} if data.keys() <= AWAITED:
            return _by(part, until, data.get("chance"), path)
        case {"fact": str(fact)} if fact in FACTS and data.keys() <= KEYS:
            return _comparison_of(fact, data, path)
    raise _wrong(path, _("JSON of the form that the schema describes is expected"))


def _nodes(parts: list[Anything], path: tuple[object, ...]) -> list[Node]:
    return [_node(part, (*path, place)) for place, part in enumerate(parts)]


def _wrong(path: tuple[object, ...], why: str) -> Unreadable:
    """Return what is wrong with a part of the JSON, and where that part stands."""
    if not path:
        return Unreadable(0, why)
    where = "/".join(map(str, path))
    return Unreadable(
        0, _("at %(where)s of the JSON: %(why)s") % {"where": where, "why": why}
    )


def _comparison_of(
    fact: str, data: dict[str, Anything], path: tuple[object, ...]
) -> Leaf:
    """Return a comparison, refusing whatever of it would be left out."""
    try:
        leaf = _leaf(fact, data)
    except Unreadable as error:
        raise _wrong(path, error.message) from error
    if bool(leaf.op) != bool(leaf.values or leaf.day):
        raise _wrong(path, _("a comparison has both “is” and “value”, or neither"))
    said = dict(leaf.about)
    left_out = [f"about/{name}" for name in data.get("about", {}) if name not in said]
    known = FACTS[fact].kind == Kind.DURATION
    if not known and data.get("unit", FACTS[fact].unit) not in ("", FACTS[fact].unit):
        left_out.append("unit")
    if left_out:
        raise _wrong(
            path,
            _("“%(fact)s” has no %(what)s") % {"fact": fact, "what": left_out[0]},
        )
    return leaf


def _by(part: Anything, until: str, chance: Anything, path: tuple[object, ...]) -> By:
    if chance is not None and not (isinstance(chance, str) and chance.isdecimal()):
        raise _wrong(path, _("a chance goes from 1% to 100%"))
    likely = None if chance is None else int(chance[:4])
    inner = _node(part, (*path, "part"))
    try:
        return By(inner, read_day(until), likely)
    except Unreadable as error:
        raise _wrong(path, error.message) from error


def _leaf(fact: str, data: dict[str, Anything]) -> Leaf:
    about, values = data.get("about", {}), data.get("value", [])
    values = values if isinstance(values, list) else [values]
    texts = [*about.values(), *values] if isinstance(about, dict) else [None]
    texts += [data.get("on", ""), data.get("is", ""), data.get("unit", "")]
    if not all(isinstance(text, str) for text in texts):
        raise Unreadable(0, _("every value in the JSON of a condition is a text"))
    kind = FACTS[fact].kind
    is_day = len(values) == 1 and (
        kind == Kind.DAY or (kind == Kind.ANY and _is_day(values[0]))
    )
    return Leaf(
        fact,
        tuple((name, about[name]) for name, _of in FACTS[fact].asks if name in about),
        _day(data.get("on", "")),
        data.get("is", ""),
        () if is_day else tuple(values),
        data.get("unit", FACTS[fact].unit),
        _day(values[0]) if is_day else None,
    )


def _day(text: str) -> Day | None:
    return read_day(text) if text else None


def _is_day(text: str) -> bool:
    try:
        read_day(text)
    except Unreadable:
        return False
    return True
