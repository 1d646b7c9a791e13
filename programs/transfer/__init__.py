"""Files in and out: people, applications, slots, cost rules, budgets.

``check`` judges a file and keeps it (``receive`` and ``judge`` do so in two steps),
``apply`` takes what was confirmed, ``discard`` throws it away; ``export`` and
``template`` make files that come back unchanged.
"""

from .batches import apply, check, discard, is_big, judge, parked_rows, receive
from .exports import export, in_words, parked_file, template
from .kinds import KINDS
from .report import Report, inspect
from .tables import FORMATS, TYPES, table

__all__ = [
    "FORMATS",
    "KINDS",
    "TYPES",
    "Report",
    "apply",
    "check",
    "discard",
    "export",
    "in_words",
    "inspect",
    "is_big",
    "judge",
    "parked_file",
    "parked_rows",
    "receive",
    "table",
    "template",
]
