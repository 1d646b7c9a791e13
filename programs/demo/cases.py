"""The teaching cases: people written by hand, one for each thing worth seeing.

Each case in cases.toml has a code, says what it shows, and lists people with their
papers and wishes; a person takes the defaults of the file for what it leaves unsaid.
"""

import tomllib
from collections import defaultdict
from datetime import date

from .corridors import text
from .people import nik

STAY = (
    ("offered", "2026-09-01"),
    ("accepted", "2026-09-03"),
    ("confirmed", "2026-09-07"),
    ("departed", "2026-10-02"),
    ("arrived", "2026-10-04"),
)
"""How a stay of an earlier intake came about, with the days of its steps."""

FIRST_SERIAL = 9_000_001
"""Serial numbers of the cases' NIKs, above those of the crowds."""


def read(path, corridors):
    """Return {file: rows} of the people of the cases whose intake is offered."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    offered = {program["code"] for program in corridors.programs}
    slots = {offer.code for offer in corridors.offers}
    slots |= {entry["code"] for entry, _wave, _steps in corridors.pathways}
    slots |= {
        past["code"]
        for program in corridors.programs
        for past in program.get("past", [])
    }
    tables = defaultdict(list)
    serial = FIRST_SERIAL
    for case in content["cases"]:
        for entry in case["people"]:
            person = content["defaults"] | entry
            wanted = person["wishes"] + [stay[1] for stay in person["past"]]
            wanted += person["pathways"]
            if person["program"] in offered and slots.issuperset(wanted):
                _add(tables, person, serial)
            serial += 1
    return tables


def _add(tables, person, serial):
    code = person["code"]
    intake = f"{person['program']}-2027"
    application = f"{code}/{intake}"
    tables["participants.csv"].append(_participant(person, serial))
    tables["skill_claims.csv"] += [
        {
            "participant": code,
            "skill": skill,
            "level": text(level),
            "evidence": "assessment",
            "valid_to": "",
        }
        for skill, level in person["skills"].items()
    ]
    tables["language_certificates.csv"] += [
        dict(
            zip(
                (
                    "participant", "language", "test", "band", "scale_version", "cefr",
                    "taken_on", "valid_to",
                ),
                map(text, (code, *certificate)),
                strict=True,
            )
        )
        for certificate in person["certificates"]
    ]  # fmt: skip
    tables["availabilities.csv"] += [
        {"participant": code, "starts_on": text(start), "ends_on": text(end)}
        for start, end in person["free"]
    ]
    tables["applications.csv"].append(
        {
            "participant": code,
            "intake": intake,
            "nominated_by": person["home"],
            "team": person["team"],
            "state": "submitted",
            "merit_score": text(person["merit"]),
            "carry_over_points": text(person["carry_over"]),
            "submitted_at": "2026-11-10T03:00:00+00:00",
        }
    )
    wishes = [(slot, "") for slot in person["wishes"]]
    wishes += [("", pathway) for pathway in person["pathways"]]
    tables["preferences.csv"] += [
        {
            "application": application,
            "rank": str(rank),
            "slot": slot,
            "pathway": through,
        }
        for rank, (slot, through) in enumerate(wishes, start=1)
    ]
    tables["host_ratings.csv"] += [
        {
            "application": application,
            "slot": slot,
            "score": "",
            "is_veto": "yes",
            "reason": reason,
        }
        for slot, reason in person["vetoes"].items()
    ]
    tables["placements.csv"] += [
        _past(tables, person, *stay) for stay in person["past"]
    ]
    tables["placement_events.csv"] += [
        step for stay in person["past"] for step in _steps(person, *stay)
    ]
    tables["pins.csv"] += [
        {"application": application, "slot": slot, "kind": kind, "reason": reason}
        for slot, kind, reason in person["pins"]
    ]


def _past(tables, person, intake, slot, state="arrived"):
    """Add the application behind a stay of an earlier intake; return the stay."""
    application = {
        "participant": person["code"],
        "intake": intake,
        "nominated_by": person["home"],
        "team": "",
        "state": "placed",
        "merit_score": text(person["merit"]),
        "carry_over_points": "0",
        "submitted_at": "2026-07-20T03:00:00+00:00",
    }
    tables["applications.csv"].append(application)
    return {
        "application": f"{person['code']}/{intake}",
        "slot": slot,
        "state": state,
        "version": str(len(_steps(person, intake, slot, state))),
        "offered_at": "2026-09-01T03:00:00+00:00",
        "expires_at": "2026-09-08T03:00:00+00:00",
    }


def _steps(person, intake, slot, state="arrived"):
    """Return how the stay came about, from the offer to where it stands."""
    last = [each for each, _at in STAY].index(state)
    placement = f"{person['code']}/{intake}/{slot}"
    before = ("", *(state for state, _at in STAY))
    return [
        {
            "placement": placement,
            "from_state": left,
            "to_state": state,
            "at": f"{at}T03:00:00+00:00",
            "by": "administrator",
        }
        for left, (state, at) in zip(before, STAY[: last + 1], strict=False)
    ]


def _participant(person, serial):
    birth = person["born"]
    assert isinstance(birth, date), person["code"]
    female = person["sex"] == "F"
    return {
        "code": person["code"],
        "given_name": person["given"],
        "family_name": person["family"],
        "birth_date": birth.isoformat(),
        "sex": person["sex"],
        "citizenship": person["citizenship"],
        "province": person["province"],
        "regency": person["regency"],
        "home_institution": person["home"],
        "registered_by": person["home"],
        "kkni": text(person["kkni"]),
        "isced_f": person["isced"],
        "email": f"{person['code'].lower()}@peserta.example",
        "nik": nik(serial, birth, female),
        "disability": person["disability"],
    }
