"""Invent people: whole columns at a time, so that a hundred thousand take seconds.

Each program attracts people who mostly fit it. Some miss a rule by a little (age,
level, field, a skill, an expired certificate), since that is what reality does and
what explanations are for.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from . import names
from .numbers import shares, stream

SHARE_3T = 0.09
SHARE_FEMALE = 0.42
SHARE_DISABILITY = 0.013
DISABILITIES = ["physical", "physical", "sensory", "sensory", "mental", "multiple"]
TOO_OLD, TOO_LOW, OTHER_FIELD = 0.03, 0.02, 0.03
"""Shares of applicants who miss the age, the level, the field."""
OTHER_FIELDS = ["0311", "0231", "0421", "1013"]
DAYS_A_YEAR = 365.25


@dataclass
class Crowd:
    """The people of one program: equally long columns.

    ``first`` is the number of the first person among all people.
    """

    program: dict
    first: int
    size: int
    columns: dict = field(default_factory=dict)

    def __getattr__(self, name):
        try:
            return self.__dict__["columns"][name]
        except KeyError:
            raise AttributeError(name) from None

    def codes(self):
        """Codes of the people, such as P-000042."""
        return [f"P-{self.first + i:06d}" for i in range(self.size)]


def crowds(corridors, cultures, regions, number, seed):
    """Return one crowd a program, together of the given size."""
    programs = corridors.programs
    sizes = shares([program["applicants"] for program in programs], number)
    province, regency = regions.draw(number, SHARE_3T, stream(seed, "regions"))
    made, first = [], 1
    for program, size in zip(programs, sizes.tolist(), strict=True):
        crowd = Crowd(program, first, size)
        here = slice(first - 1, first - 1 + size)
        crowd.columns |= {"province": province[here], "regency": regency[here]}
        _fill(crowd, cultures, regions, stream(seed, "people", program["code"]))
        if size:
            made.append(crowd)
        first += size
    return made


def _fill(crowd, cultures, regions, rng):
    program, size = crowd.program, crowd.size
    female = rng.random(size) < program.get("female", SHARE_FEMALE)
    country = program.get("from_country", "ID")
    places = crowd.province if country == "ID" else np.full(size, country)
    given, family = names.draw(cultures, places, female, rng)
    disability = np.where(
        rng.random(size) < SHARE_DISABILITY, rng.choice(DISABILITIES, size), ""
    )
    crowd.columns |= {
        "female": female,
        "given": given,
        "family": family,
        "country": country,
        "birth": _births(program, size, rng),
        "kkni": _levels(program, size, rng),
        "isced": _fields(program, size, rng),
        "home": _homes(crowd, regions, rng),
        "disability": disability,
        "serial": np.arange(crowd.first, crowd.first + size),
    }
    if country != "ID":
        crowd.columns |= {"province": np.full(size, ""), "regency": np.full(size, "")}


def _births(program, size, rng):
    """Dates of birth that give the program's ages at its start; a few are too old."""
    youngest, oldest = program["ages"]
    start = np.datetime64(program["starts_on"])
    ages = rng.uniform(youngest, oldest + 0.9, size)
    if "max_age" in program:
        late = rng.random(size) < TOO_OLD
        ages[late] = program["max_age"] + rng.uniform(1, 6, late.sum())
    return start - (ages * DAYS_A_YEAR).astype("timedelta64[D]")


def _levels(program, size, rng):
    levels = rng.choice(program["kkni"], size)
    below = rng.random(size) < TOO_LOW
    levels[below] = max(1, program.get("min_kkni", 1) - 1)
    return levels


def _fields(program, size, rng):
    fields = rng.choice(program["isced"], size)
    if program.get("isced_fields"):
        other = rng.random(size) < OTHER_FIELD
        fields[other] = rng.choice(OTHER_FIELDS, other.sum())
    return fields


def _homes(crowd, regions, rng):
    """Home institutions: one in the own province, an office, or a foreign sender."""
    program, size = crowd.program, crowd.size
    if "sender" in program:
        return np.full(size, program["sender"])
    if "offices" in program:
        return rng.choice(program["offices"], size)
    kinds = rng.choice(program["home"], size)
    return np.array(
        [
            regions.institution(kind, place)
            for kind, place in zip(kinds, crowd.province, strict=True)
        ]
    )


def nik(serial, birth, female):
    """Return a NIK nobody can have: region code 00 does not exist.

    Digits 7-12 hold the date of birth as they should (40 is added to a woman's day).
    """
    day = birth.day + (40 if female else 0)
    block, number = divmod(serial, 10_000)
    return f"00{block:04d}{day:02d}{birth.month:02d}{birth.year % 100:02d}{number:04d}"


def rows(crowd):
    """Return the people of a crowd as rows of participants.csv."""
    columns = zip(
        crowd.codes(), crowd.given, crowd.family, crowd.birth.astype(object),
        crowd.female, crowd.province, crowd.regency, crowd.home, crowd.kkni,
        crowd.isced, crowd.disability, crowd.serial.tolist(), strict=True,
    )  # fmt: skip
    for code, given, family, birth, female, province, regency, home, kkni, isced, \
            disability, serial in columns:  # fmt: skip
        yield {
            "code": code,
            "given_name": given,
            "family_name": family,
            "birth_date": birth.isoformat(),
            "sex": "F" if female else "M",
            "citizenship": crowd.country,
            "province": province,
            "regency": regency,
            "home_institution": home,
            "registered_by": home,
            "kkni": str(kkni),
            "isced_f": isced,
            "email": f"{code.lower()}@peserta.example",
            "nik": nik(serial, birth, female) if crowd.country == "ID" else "",
            "disability": disability,
        }


TODAY = date(2026, 11, 22)
"""The day the demonstration stands still on."""
