"""Names that could be somebody's and are nobody's: parts combined at random."""

import tomllib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Culture:
    """The names of a region: given names by sex, second names, share of mononyms."""

    female: list
    male: list
    second: list
    mononyms: float

    @classmethod
    def of(cls, entry):
        """Read a culture as the TOML file writes it."""
        return cls(entry["female"], entry["male"], entry["second"], entry["mononyms"])

    def seconds(self, sex):
        """Second names for a sex: those marked with it, and those unmarked."""
        parts = [name.partition("|") for name in self.second]
        return [name for name, _bar, mark in parts if mark in {"", sex}]

    def draw(self, female, rng):
        """Return given and family names for people whose sexes are given."""
        number = len(female)
        given = np.where(
            female, rng.choice(self.female, number), rng.choice(self.male, number)
        )
        family = np.where(
            female,
            rng.choice(self.seconds("F"), number),
            rng.choice(self.seconds("M"), number),
        )
        return given, np.where(rng.random(number) < self.mononyms, "", family)


def read(path):
    """Return cultures by province code and by country code."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["cultures"].values()
    return {
        place: Culture.of(entry)
        for entry in entries
        for place in entry.get("provinces", [entry.get("country")])
    }


def draw(cultures, places, female, rng):
    """Return given and family names for people from the given places."""
    given = np.full(len(places), "", dtype=object)
    family = given.copy()
    for place in np.unique(places):
        chosen = places == place
        given[chosen], family[chosen] = cultures[place].draw(female[chosen], rng)
    return given, family
