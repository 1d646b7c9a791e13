"""What is stated about people: studies, jobs, and facts the demo's ministry defines.

They follow from level, field, age and home institution, without chance: who has them
changes nothing else of the demonstration.
"""

from datetime import date
from zlib import crc32

from .corridors import text
from .people import TODAY

LEVELS = {
    1: ("smp", 15), 2: ("smk", 18), 3: ("d1", 19), 4: ("d2", 20), 5: ("d3", 21),
    6: ("s1", 22), 7: ("s1", 22), 8: ("s2", 25), 9: ("s3", 29),
}  # fmt: skip
"""The degree of a KKNI level, and the age at which one has it."""
SCHOOLS = ("university", "polytechnic", "smk")
ELSEWHERE = "Universitas Contoh Nusantara"
WORKED_FOR = ("ministry", "agency", "company", "research")
LAST_DAY = date(TODAY.year, 8, 1)


def tables(people, institutions, applications, corridors):
    """Return {file: rows} of everybody's study, job and facts.

    Parameters
    ----------
    people, institutions, applications: rows of those files.
    corridors: says which programs ask for which facts.
    """
    kinds = {row["code"]: row["kind"] for row in institutions}
    names = {row["code"]: row["name"] for row in institutions}
    definitions = corridors.all("facts")
    return {
        "education.csv": [_study(row, kinds, names) for row in people],
        "employment.csv": [
            _job(row, names) for row in people if kinds[_home(row)] in WORKED_FOR
        ],
        "fact_definitions.csv": [
            {name: text(value) for name, value in each.items() if name not in OURS}
            for each in definitions
        ],
        "person_facts.csv": [
            fact for each in definitions for fact in _facts(each, applications)
        ],
    }


OURS = ("programs", "least", "most", "tested_on")
"""What an entry of a fact says of its values, beside the definition's own fields."""


def _home(row):
    return row["home_institution"]


def _graduated(row):
    born = date.fromisoformat(row["birth_date"])
    age = LEVELS[int(row["kkni"])][1]
    return min(date(born.year + age, 8, 1), LAST_DAY)


def _study(row, kinds, names):
    home, level = _home(row), LEVELS[int(row["kkni"])][0]
    is_there = (kinds[home] == "smk") == (level == "smk") and kinds[home] in SCHOOLS
    return {
        "participant": row["code"],
        "level": level,
        "isced_f": row["isced_f"],
        "status": "graduated",
        "graduated_on": _graduated(row).isoformat(),
        "gpa": f"{2.75 + _drawn(row['code'], 126) / 100:.2f}",
        "institution": names[home] if is_there else ELSEWHERE,
    }


def _job(row, names):
    return {
        "participant": row["code"],
        "employer": names[_home(row)],
        "isced_f": row["isced_f"],
        "starts_on": _graduated(row).replace(month=9).isoformat(),
    }


def _facts(each, applications):
    """Yield the values of whoever applies to the programs that ask for a fact."""
    wanted = {f"{code}-{LAST_DAY.year + 1}" for code in each["programs"]}
    who = {row["participant"] for row in applications if row["intake"] in wanted}
    spread = each["most"] - each["least"] + 1
    for code in sorted(who):
        yield {
            "participant": code,
            "definition": each["code"],
            "value": text(each["least"] + _drawn(code, spread)),
            "valid_from": text(each["tested_on"]),
            "verified_at": f"{each['tested_on']}T12:00:00+07:00",
            "verified_by": "coordinator",
        }


def _drawn(code, number):
    """Return a number below another that is always the same for a person."""
    return crc32(code.encode()) % number
