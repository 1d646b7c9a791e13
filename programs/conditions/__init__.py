"""Conditions: who, said once, for a pair and for a hundred million.

A condition compares facts of a person (``age on first_day <= 24``) and joins what it
compares by ``and``, ``or``, ``not``. ``read`` makes a tree of a line of text, ``write``
the line of a tree, ``sentence`` what people read; ``Known`` holds the facts of many
people in columns, and ``judge`` says of each whether the condition holds.
"""

from .as_json import SCHEMA, from_json, to_json
from .grammar import MOST_AWAITED, Parsed, read
from .logic import impossible
from .tokens import Unreadable
from .tree import All, Any, By, Day, Leaf, Node, Not, awaited, join, leaves
from .words import sentence
from .writing import write

__all__ = [
    "MOST_AWAITED",
    "SCHEMA",
    "All",
    "Any",
    "By",
    "Day",
    "Leaf",
    "Node",
    "Not",
    "Parsed",
    "Unreadable",
    "awaited",
    "from_json",
    "impossible",
    "join",
    "leaves",
    "read",
    "sentence",
    "to_json",
    "write",
]
