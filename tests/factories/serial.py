"""Codes that never repeat, however often tests empty the tables."""

from itertools import count


def serial(prefix):
    """Return a callable that yields ``prefix-1``, ``prefix-2``, ..."""
    numbers = count(1)
    return lambda: f"{prefix}-{next(numbers)}"
