"""Rows that hang on people, as columns: certificates, stays, free times."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Rows = Array | slice
"""Which people: rows of theirs, or all."""
ALL = slice(None)


class Coded:
    """A column of codes as small integers; -1 stands for none."""

    def __init__(self, values: Iterable[str | None]) -> None:
        self.number: dict[str, int] = {}
        numbers = [
            self.number.setdefault(value, len(self.number)) if value else -1
            for value in values
        ]
        self.at = np.array(numbers, dtype=np.int32)

    def __getitem__(self, place: Array) -> "Coded":
        """Return the codes of these places as a column of their own."""
        picked = Coded(())
        picked.number, picked.at = self.number, self.at[place]
        return picked

    def texts(self) -> list[str]:
        """Return the codes in the order of their numbers."""
        return list(self.number)

    def among(
        self, codes: Iterable[str], rows: Rows = ALL, prefix: bool = False
    ) -> Array:
        """Return which people have one of the codes, or one that begins so."""
        if prefix:
            starts = tuple(codes)
            wanted = [n for code, n in self.number.items() if code.startswith(starts)]
        else:
            wanted = [self.number[code] for code in codes if code in self.number]
        return np.isin(self.at[rows], wanted)

    def known(self, rows: Rows = ALL) -> Array:
        """Return which people have a code at all."""
        return np.asarray(self.at[rows] >= 0)


class Many:
    """Several rows a person, sorted by person.

    Parameters
    ----------
    size: how many people there are. owners: the person of each row.
    columns: the values of each row, by name.
    at: where in the columns the values of each row stand; in their order unless given.
    """

    def __init__(
        self,
        size: int,
        owners: Sequence[int],
        columns: Mapping[str, Sequence[Any]],
        at: Array | None = None,
    ) -> None:
        order = np.argsort(np.array(owners, dtype=np.int64), kind="stable")
        self.size = size
        self.owner = np.array(owners, dtype=np.int64)[order]
        place = order if at is None else at[order]
        self.begin = np.searchsorted(self.owner, np.arange(size + 1))
        self.columns: dict[str, Any] = {}
        for name, values in columns.items():
            is_text = any(isinstance(value, str) for value in values)
            whole = Coded(values) if is_text else np.array(values)
            self.columns[name] = whole[place]

    def __getitem__(self, name: str) -> Any:
        return self.columns[name]

    def of(self, rows: Rows) -> tuple[Rows, Array, int]:
        """Return the rows of these people, whose each is (by place), and how many."""
        if isinstance(rows, slice):
            return rows, self.owner, self.size
        counts = self.begin[rows + 1] - self.begin[rows]
        local = np.repeat(np.arange(len(rows)), counts)
        first = np.repeat(self.begin[rows] - np.cumsum(counts) + counts, counts)
        return first + np.arange(len(local)), local, len(rows)

    def highest(self, rows: Rows, values: Array, where: Any, empty: int) -> Array:
        """Return the highest value of each person's rows that count, else ``empty``.

        Parameters
        ----------
        rows: which people. values, where: of all rows; which of them count.
        """
        picked, local, count = self.of(rows)
        found = np.full(count, empty, dtype=np.int64)
        counts = np.broadcast_to(where, self.owner.shape)[picked]
        np.maximum.at(found, local[counts], np.asarray(values)[picked][counts])
        return found

    def count(self, rows: Rows, where: Array) -> Array:
        """Return how many of each person's rows count."""
        picked, local, count = self.of(rows)
        counts = np.broadcast_to(where, self.owner.shape)[picked]
        return np.bincount(local[counts], minlength=count)
