"""Where people come from: provinces by weight, 3T regencies, home institutions."""

from dataclasses import dataclass

import numpy as np

from programs.tables import read_rows

from .numbers import shares

KINDS = {
    "university": ("univ", "Universitas Teknologi {}"),
    "polytechnic": ("poltek", "Politeknik Industri {}"),
    "smk": ("smk", "SMK Negeri Teknologi {}"),
}
"""Prefix of the code and pattern of the name of each kind of home institution."""

AT_LEAST = 2
"""People every province sends, however small it is."""


@dataclass(frozen=True)
class Regions:
    """The provinces, and the regencies of the underdeveloped-region list."""

    provinces: list
    regencies: list

    @classmethod
    def read(cls, reference):
        """Read them from the reference data."""
        regencies = read_rows(reference / "underdeveloped_perpres_63_2020.csv")
        return cls(read_rows(reference / "provinces.csv"), regencies)

    def draw(self, number, share_3t, rng):
        """Return province codes and regency codes ("" for most) of so many people.

        Provinces follow their population, each has a few people; ``share_3t`` of all
        come from a listed regency, whatever province it is in.
        """
        codes = np.array([row["kemendagri_code"] for row in self.provinces])
        weights = np.array([int(row["population"]) for row in self.provinces], float)
        floor = np.repeat(codes, AT_LEAST)[:number]
        rest = np.repeat(codes, shares(weights, number - len(floor)))
        province = rng.permutation(np.concatenate([floor, rest]))
        regency = np.full(number, "", dtype="U5")
        from_3t = rng.random(number) < share_3t
        listed = np.array([row["kemendagri_code"] for row in self.regencies])
        regency[from_3t] = rng.choice(listed, from_3t.sum())
        province[from_3t] = [code[:2] for code in regency[from_3t]]
        return province, regency

    def institution(self, kind, province):
        """Return the code of the home institution of a kind in a province."""
        return f"{KINDS[kind][0]}-{self.letters[province]}"

    @property
    def letters(self):
        """The two letters of ISO 3166-2 by Kemendagri code."""
        return {
            row["kemendagri_code"]: row["iso_3166_2"][3:].lower()
            for row in self.provinces
        }

    def institutions(self):
        """Return rows of a university, a polytechnic and a school in each province."""
        return [
            {
                "code": f"{prefix}-{row['iso_3166_2'][3:].lower()}",
                "name": pattern.format(row["name"]),
                "kind": kind,
                "country": "ID",
                "region": row["kemendagri_code"],
                "city": "",
            }
            for row in self.provinces
            for kind, (prefix, pattern) in KINDS.items()
        ]
