"""Small helpers that turn rows into columns."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
"""A column, or a matrix, of numbers, truths or ids."""
At = Array | int
"""Where in columns: one place or many."""
NEVER = 0
"""The ordinal of a day before all days."""
ALWAYS = date.max.toordinal()
"""The ordinal of a day after all days."""


class Codes:
    """Small integers for values, in the order they come; -1 stands for none."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self._codes: dict[Any, int] = {}
        for value in values:
            self.add(value)

    def add(self, value: Any) -> int:
        """Return the code of the value, a new one if it is new."""
        if value in (None, ""):
            return -1
        return self._codes.setdefault(value, len(self._codes))

    def get(self, value: Any) -> int:
        """Return the code of a known value, else -1."""
        return self._codes.get(value, -1)

    def __len__(self) -> int:
        return len(self._codes)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._codes)


def day(value: date | None, empty: int) -> int:
    """Return the ordinal of a date, or ``empty`` where there is none."""
    return value.toordinal() if value else empty


def ymd(value: date) -> int:
    """Return a date as the number YYYYMMDD; their difference // 10000 is an age."""
    return value.year * 10_000 + value.month * 100 + value.day


def tongue(code: str) -> str:
    """Return the language of a BCP 47 tag without script and region: zh of zh-TW."""
    return code.partition("-")[0].lower()


def column(values: Sequence[Any], dtype: npt.DTypeLike) -> Array:
    """Return a read-only array of the values."""
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


def objects(values: Sequence[Any]) -> Array:
    """Return a read-only array of Python objects."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    array.flags.writeable = False
    return array


def padded(rows: Sequence[Sequence[int]], fill: int, dtype: npt.DTypeLike) -> Array:
    """Return lists of different lengths as one matrix, filled up with ``fill``."""
    width = max((len(row) for row in rows), default=0) or 1
    matrix = np.full((len(rows), width), fill, dtype=dtype)
    for number, row in enumerate(rows):
        matrix[number, : len(row)] = row
    matrix.flags.writeable = False
    return matrix
