"""Writing a condition as one line of text: the form in which it is stored."""

import re

from .tree import All, Any, By, Day, Leaf, Node, Not
from .vocabulary import FACTS, KM, THIS, Kind, Of

BARE = re.compile(r"\w+(?:[-/.]\w+)*")
QUOTED = {Of.PROGRAM, Of.INSTITUTION, Of.LIST, Of.SKILL, Of.TEST, Of.FACT}
"""Codes that people give: always in quotation marks."""


def write(node: Node) -> str:
    """Return the text that ``read`` makes this tree of."""
    match node:
        case Leaf():
            return _leaf(node)
        case Not(part):
            return f"not {_within(part, (All, Any))}"
        case By(part, until, chance):
            likely = "" if chance is None else f" at {chance}%"
            return f"{_within(part, (All, Any, Not))} by {day(until)}{likely}"
        case All(parts):
            return " and ".join(_within(part, (Any,)) for part in parts)
        case Any(parts):
            return " or ".join(write(part) for part in parts)


def _within(node: Node, bracketed: tuple[type, ...]) -> str:
    return f"({write(node)})" if isinstance(node, bracketed) else write(node)


def _leaf(leaf: Leaf) -> str:
    fact = FACTS[leaf.fact]
    text = leaf.fact + _about(leaf)
    if leaf.on:
        text += f" on {day(leaf.on)}"
    if not leaf.op:
        return text
    if leaf.day:
        return f"{text} {leaf.op} {day(leaf.day)}"
    values = [_code(value, fact.of) for value in leaf.values]
    if leaf.op in ("in", "not in"):
        return f"{text} {leaf.op} ({', '.join(values)})"
    has_unit = fact.kind == Kind.DURATION or leaf.unit == KM
    unit = f" {leaf.unit}" if leaf.unit and has_unit else ""
    return f"{text} {leaf.op} {values[0]}{unit}"


def _about(leaf: Leaf) -> str:
    fact = FACTS[leaf.fact]
    if not leaf.about:
        return ""
    of = dict(fact.asks)
    if not fact.has_scope:
        inside = ", ".join(_code(value, of[name]) for name, value in leaf.about)
        return f"({inside})"
    return (
        f"({' '.join(_narrowed(name, value, of[name]) for name, value in leaf.about)})"
    )


def _narrowed(name: str, value: str, of: Of) -> str:
    if value == THIS:
        return f"{THIS} {'country' if name == 'in' else name}"
    if of is Of.WITHIN:
        return f"within {value}"
    return f"{name} {_code(value, of)}"


def _code(value: str, of: Of | None) -> str:
    is_bare = of not in QUOTED and BARE.fullmatch(value)
    return value if is_bare else f'"{value}"'


def day(on: Day) -> str:
    """Return a day as it is written."""
    if not on.shift:
        return on.name
    side = "before" if on.shift < 0 else "after"
    return f"{abs(on.shift)} {on.unit} {side} {on.name}"
