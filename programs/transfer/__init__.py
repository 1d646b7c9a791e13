"""Files in and out: people, applications, slots, cost rules, budgets.

``check`` judges a file and keeps it (``receive`` and ``judge`` do so in two steps),
``apply`` takes what was confirmed, ``discard`` throws it away; ``export`` and
``template`` make files that come back unchanged.
"""

from .again import bring_again
from .batches import (
    check,
    discard,
    head,
    is_big,
    judge,
    judged,
    mapping_of,
    parked_rows,
    receive,
    take_for,
)
from .exports import export, in_words, parked_file, template
from .kinds import KINDS
from .mapping import MADE, Mapping, fields_of
from .overview import overview_of, told_group
from .report import Report, inspect
from .tables import FORMATS, TYPES, table
from .undoing import can_be_undone, is_long, may_undo, require_undo, undo
from .writing import UNWRITTEN, apply

__all__ = [
    "FORMATS",
    "KINDS",
    "MADE",
    "TYPES",
    "UNWRITTEN",
    "Mapping",
    "Report",
    "apply",
    "bring_again",
    "can_be_undone",
    "check",
    "discard",
    "export",
    "fields_of",
    "head",
    "in_words",
    "inspect",
    "is_big",
    "is_long",
    "judge",
    "judged",
    "mapping_of",
    "may_undo",
    "overview_of",
    "parked_file",
    "parked_rows",
    "receive",
    "require_undo",
    "table",
    "take_for",
    "template",
    "told_group",
    "undo",
]
