"""Small helpers that turn rows into columns."""

from datetime import date

import numpy as np

NEVER = 0
"""The ordinal of a day before all days."""
ALWAYS = date.max.toordinal()
"""The ordinal of a day after all days."""


class Codes:
    """Small integers for values, in the order they come; -1 stands for none."""

    def __init__(self, values=()):
        self._codes = {}
        for value in values:
            self.add(value)

    def add(self, value):
        """Return the code of the value, a new one if it is new."""
        if value in (None, ""):
            return -1
        return self._codes.setdefault(value, len(self._codes))

    def get(self, value):
        """Return the code of a known value, else -1."""
        return self._codes.get(value, -1)

    def __len__(self):
        return len(self._codes)

    def __iter__(self):
        return iter(self._codes)


def day(value, empty):
    """Return the ordinal of a date, or ``empty`` where there is none."""
    return value.toordinal() if value else empty


def ymd(value):
    """Return a date as the number YYYYMMDD; their difference // 10000 is an age."""
    return value.year * 10_000 + value.month * 100 + value.day


def tongue(code):
    """Return the language of a BCP 47 tag without script and region: zh of zh-TW."""
    return code.partition("-")[0].lower()


def column(values, dtype):
    """Return a read-only array of the values."""
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


def objects(values):
    """Return a read-only array of Python objects."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    array.flags.writeable = False
    return array


def padded(rows, fill, dtype):
    """Return lists of different lengths as one matrix, filled up with ``fill``."""
    width = max((len(row) for row in rows), default=0) or 1
    matrix = np.full((len(rows), width), fill, dtype=dtype)
    for number, row in enumerate(rows):
        matrix[number, : len(row)] = row
    matrix.flags.writeable = False
    return matrix
