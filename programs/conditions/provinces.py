"""How far provinces lie from each other, and which are neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from programs.models import ProvinceCapital

from .many import Array
from .vocabulary import Nearness

EARTH_RADIUS = 6371.0088
"""The mean radius of the earth in km (IUGG)."""
OWN, NEIGHBOUR, FARTHER = (
    Nearness.values.index(each)
    for each in (Nearness.OWN, Nearness.NEIGHBOUR, Nearness.FARTHER)
)
"""Ranks of nearness."""


def great_circle(one: Array, other: Array) -> Array:
    """Return great-circle distances by the haversine formula, in whole km.

    hav(d/R) = hav(φ2 - φ1) + cos φ1 cos φ2 hav(λ2 - λ1), hav(x) = sin²(x/2): R. W.
    Sinnott, Virtues of the Haversine, Sky and Telescope 68 (1984), 159.

    Parameters
    ----------
    one, other: latitude and longitude in degrees, in the last axis.
    """
    a, b = np.radians(one), np.radians(other)
    half = np.sin((b - a) / 2) ** 2
    hav = half[..., 0] + np.cos(a[..., 0]) * np.cos(b[..., 0]) * half[..., 1]
    km = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(hav, 1)))
    return np.asarray(np.rint(km).astype(np.int64))


@dataclass(frozen=True, eq=False)
class Provinces:
    """The capitals of provinces and their neighbours.

    ``at`` is (latitude, longitude) in degrees by the code of the province; ``pairs``
    are the codes of neighbours, both ways. Of a province that is not in ``at`` nothing
    is known but that it is its own.
    """

    at: Mapping[str, tuple[float, float]]
    pairs: frozenset[tuple[str, str]]

    @classmethod
    def read(cls) -> "Provinces":
        """Return what the reference data say, in two queries."""
        rows = ProvinceCapital.objects.order_by()
        at = {
            code: (float(latitude), float(longitude))
            for code, latitude, longitude in rows.values_list(
                "province", "latitude", "longitude"
            )
        }
        through = ProvinceCapital.neighbours.through._base_manager
        pairs = set(through.values_list("provincecapital_id", "region_id"))
        return cls(at, frozenset(pairs | {(b, a) for a, b in pairs}))

    def distances(self, homes: Sequence[str], place: str | None) -> tuple[Array, Array]:
        """Return (km to a place from each home province, where that is known).

        The last entry stands for no home: a column of codes has -1 there.
        """
        known = self._known(homes, place)
        km = np.zeros(len(homes) + 1, np.int64)
        far = [n for n, home in enumerate(homes) if known[n] and home != place]
        if far and place:
            from_ = np.array([self.at[homes[n]] for n in far])
            km[far] = great_circle(from_, np.array(self.at[place]))
        return km, known

    def ranks(self, homes: Sequence[str], place: str | None) -> tuple[Array, Array]:
        """Return (the rank of ``Nearness`` of each home province, where it is known).

        The last entry stands for no home, as in ``distances``.
        """
        ranks = [self._rank(home, place) for home in homes]
        return np.array([*ranks, FARTHER], np.int64), self._known(homes, place)

    def _rank(self, home: str, place: str | None) -> int:
        if home == place:
            return OWN
        return NEIGHBOUR if (home, place) in self.pairs else FARTHER

    def _known(self, homes: Sequence[str], place: str | None) -> Array:
        both = [
            place is not None
            and (home == place or (home in self.at and place in self.at))
            for home in homes
        ]
        return np.array([*both, False], bool)
