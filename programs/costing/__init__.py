"""What a place costs, in which fiscal year, and who may pay for it.

Amounts are whole planning units of IDR 1,000. ``load`` reads everything a set of slots
needs in a constant number of queries; the table it returns answers without a query.
"""

from .amounts import UNIT, rounded_split, to_units
from .lines import CostLine, Line, Share, Unpaid
from .table import Costs, load

__all__ = [
    "UNIT",
    "CostLine",
    "Costs",
    "Line",
    "Share",
    "Unpaid",
    "load",
    "rounded_split",
    "to_units",
]
