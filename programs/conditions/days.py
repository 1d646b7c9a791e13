"""Days as ordinals, many at once, with calendar months and years."""

from typing import Any

import numpy as np

from .many import Array

EPOCH = 719_163
"""The ordinal of 1 January 1970, from which NumPy counts."""


def dates(ordinals: Array | int) -> Array:
    """Return NumPy's dates of ordinals."""
    return (np.asarray(ordinals, dtype=np.int64) - EPOCH).astype("datetime64[D]")


def ymd(ordinals: Array | int) -> Array:
    """Return days as the number YYYYMMDD; their difference // 10000 is an age."""
    day = dates(ordinals)
    month = day.astype("datetime64[M]")
    years = day.astype("datetime64[Y]").astype(np.int64) + 1970
    months = month.astype(np.int64) % 12 + 1
    return years * 10_000 + months * 100 + (day - month).astype(np.int64) + 1


def shifted(ordinals: Array | int, shift: int, unit: str) -> Any:
    """Return days so many days, months or years later; the 31st becomes the last day.

    Parameters
    ----------
    shift: how many, negative for earlier. unit: ``days``, ``months`` or ``years``.
    """
    if unit == "days" or not shift:
        return ordinals + shift
    day = dates(ordinals)
    month = day.astype("datetime64[M]")
    wanted = month + shift * (12 if unit == "years" else 1)
    last = (wanted + 1).astype("datetime64[D]") - 1
    moved = np.minimum(wanted.astype("datetime64[D]") + (day - month), last)
    return moved.astype(np.int64) + EPOCH
