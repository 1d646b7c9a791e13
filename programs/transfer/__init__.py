"""Files in and out: people, applications, slots, cost rules, budgets.

``check`` judges a file and keeps it (``receive`` and ``judge`` do so in two steps),
``apply`` takes what was confirmed, ``discard`` throws it away; ``export`` and
``template`` make files that come back unchanged.
"""

from .again import bring_again
from .batches import (
    apply,
    can_be_undone,
    check,
    discard,
    head,
    is_big,
    judge,
    judged,
    mapping_of,
    may_undo,
    parked_rows,
    receive,
    take_for,
    undo,
)
from .exports import export, in_words, parked_file, template
from .kinds import KINDS
from .mapping import MADE, Mapping, fields_of
from .overview import overview_of, told_group
from .report import Report, inspect
from .tables import FORMATS, TYPES, table

__all__ = [
    "FORMATS",
    "KINDS",
    "MADE",
    "TYPES",
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
    "judge",
    "judged",
    "mapping_of",
    "may_undo",
    "overview_of",
    "parked_file",
    "parked_rows",
    "receive",
    "table",
    "take_for",
    "template",
    "told_group",
    "undo",
]
