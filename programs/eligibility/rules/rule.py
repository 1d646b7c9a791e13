"""What a rule is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from programs.eligibility.columns import At
from programs.eligibility.facts import Facts

PASS, WARN, MEND, FAIL = np.arange(4, dtype=np.uint8)
"""Kept; kept, but somebody should look; not kept yet; not kept."""


Broken = tuple[Any, Any]
"""Where a rule is broken (truths), and how badly: a severity for all, or one each."""
Numbers = list[tuple[dict[str, Any], date | None]]
"""The numbers of each reason, and the earliest day that it could pass."""


@dataclass(frozen=True)
class Rule:
    """A named rule of eligibility.

    ``check(facts, p, s)`` returns (where it is broken, how badly): a boolean array and
    a severity, one for all or one a pair. ``describe(facts, p, s)`` returns a list of
    (numbers, earliest day it could pass or None) for one pair that breaks it.
    """

    code: str
    check: Callable[[Facts, At, At], Broken]
    describe: Callable[[Facts, int, int], Numbers]

    def __str__(self) -> str:
        return self.code


def silent(facts: Facts, p: At, s: At) -> Numbers:
    """Describe a rule that needs no numbers."""
    return [({}, None)]
