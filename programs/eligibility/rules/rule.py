"""What a rule is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

PASS, WARN, MEND, FAIL = np.arange(4, dtype=np.uint8)
"""Kept; kept, but somebody should look; not kept yet; not kept."""


@dataclass(frozen=True)
class Rule:
    """A named rule of eligibility.

    ``check(facts, p, s)`` returns (where it is broken, how badly): a boolean array and
    a severity, one for all or one a pair. ``describe(facts, p, s)`` returns a list of
    (numbers, earliest day it could pass or None) for one pair that breaks it.
    """

    code: str
    check: Callable
    describe: Callable

    def __str__(self):
        return self.code


def silent(facts, p, s):
    """Describe a rule that needs no numbers."""
    return [({}, None)]
