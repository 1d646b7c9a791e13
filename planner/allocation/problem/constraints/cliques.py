"""Which stays meet: the maximal sets of intervals that overlap at one moment.

Half-open intervals overlap pairwise exactly when they share a moment (Helly in one
dimension), so a limit on every maximal set is a limit at every moment, and exact.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from django.utils import translation

from programs import formats

Day = TypeVar("Day", bound=Any)
"""Dates, or anything else in an order."""


def cliques(spans: Sequence[tuple[Day, Day]]) -> list[tuple[list[int], Day]]:
    """Return (indexes, first moment) of every maximal set of overlapping intervals.

    Parameters
    ----------
    spans: (start, end) pairs; the end is the first moment after.
    """
    starts = sorted({start for start, _end in spans})
    sets = [
        (
            frozenset(
                i for i, (first, after) in enumerate(spans) if first <= t < after
            ),
            t,
        )
        for t in starts
    ]
    kept: list[tuple[list[int], Day]] = []
    for number, (members, since) in enumerate(sets):
        later = (other for other, _t in sets[number + 1 :])
        earlier = (other for other, _t in kept)
        if not any(members <= other for other in (*later, *map(frozenset, earlier))):
            kept.append((sorted(members), since))
    return kept


def when(since: date | None, language: str) -> str:
    """Return the day from which stays meet, as part of a label in this language."""
    if since is None:
        return ""
    with translation.override(language):
        word = {"en": "from", "id": "mulai"}[language]
        return f", {word} {formats.day(since)}"
