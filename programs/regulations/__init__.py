"""Real programs as folders of data: a ministry's starting point, rule by rule.

A folder of fixtures/programs holds ``program.toml``: the program with its conditions,
costs, payers and quotas, an example of an intake and of a slot, and every rule of the
regulation with its source and what keeps it here. ``people.toml`` beside it holds one
person who meets every rule, and one who breaks each.
"""

from .folder import DIRECTORY, Folder, find, found, read
from .load import load

__all__ = ["DIRECTORY", "Folder", "find", "found", "load", "read"]
