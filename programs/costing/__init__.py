"""What a place costs, in which fiscal year, and who may pay for it.

Amounts are exact fractions of planning units of IDR 1,000. ``load`` reads everything a
set of slots needs in a constant number of queries; the table it returns answers without
a query.
"""

from .amounts import (
    CENTS,
    UNIT,
    half_up,
    rounded_split,
    rupiah_to_units,
    to_units,
    units_to_rupiah,
)
from .lines import CostLine, Line, Share, Unpaid
from .rows import NONE_MET, Days, Met, shares_of
from .rules import ROUNDING, in_force, whole
from .settling import settle
from .table import Costs, load

__all__ = [
    "CENTS",
    "NONE_MET",
    "ROUNDING",
    "UNIT",
    "CostLine",
    "Costs",
    "Days",
    "Line",
    "Met",
    "Share",
    "Unpaid",
    "half_up",
    "in_force",
    "load",
    "rounded_split",
    "rupiah_to_units",
    "settle",
    "shares_of",
    "to_units",
    "units_to_rupiah",
    "whole",
]
