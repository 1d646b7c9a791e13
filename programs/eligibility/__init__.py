"""Who may take which slot, and why not: small rules, written once over columns.

``load`` reads the facts, ``judge`` answers pairs or whole blocks, ``options`` lists the
ways each person may be placed, ``explain`` gives reasons with their numbers, and
``verdicts`` answers for one person.
"""

from .facts import Facts, load
from .judgement import Judgement, blocks, codes, explain, judge
from .reasons import Reason, text
from .rules import FAIL, MEND, PASS, RULES, WARN
from .verdict import Verdict, verdicts
from .wishes import UNRANKED, Options, options

__all__ = [
    "FAIL",
    "MEND",
    "PASS",
    "RULES",
    "UNRANKED",
    "WARN",
    "Facts",
    "Judgement",
    "Options",
    "Reason",
    "Verdict",
    "blocks",
    "codes",
    "explain",
    "judge",
    "load",
    "options",
    "text",
    "verdicts",
]
