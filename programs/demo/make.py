"""Make a demonstration: the same seed and sizes give the same files, byte by byte."""

import csv
from collections import defaultdict

import numpy as np

from . import cases, evidence, names, offer, people, stated, wishes
from .corridors import BASE_SLOTS, Corridors
from .numbers import stream
from .regions import Regions

PEOPLE, SLOTS, SEED = 600, BASE_SLOTS, 2026
"""The size and the seed of the demonstration in fixtures/demo."""


def make(fixtures, *, num_people=PEOPLE, num_slots=SLOTS, seed=SEED):
    """Return {file: rows} of a whole demonstration.

    Parameters
    ----------
    fixtures: the folder that holds ``reference`` and ``demo``.
    num_people: how many people, those of the teaching cases among them.
    num_slots: how many slots; beyond sixty they are copies with hosts of their own.
    seed: another seed makes other people with the same wishes on average.
    """
    corridors = Corridors(fixtures / "demo" / "corridors", num_slots)
    regions = Regions.read(fixtures / "reference")
    cultures = names.read(fixtures / "demo" / "names.toml")
    tables = defaultdict(list, offer.tables(corridors))
    tables["institutions.csv"] += regions.institutions()
    taught = cases.read(fixtures / "demo" / "corridors" / "cases.toml", corridors)
    number = max(num_people - len(taught["participants.csv"]), 0)
    for crowd in people.crowds(corridors, cultures, regions, number, seed):
        _add_crowd(tables, corridors, crowd, seed)
    for file, rows in taught.items():
        tables[file] += rows
    file = "language_certificates.csv"
    tables[file] = evidence.each_once(tables[file])
    known = ("participants.csv", "institutions.csv", "applications.csv")
    tables |= stated.tables(*(tables[name] for name in known), corridors)
    return {file: rows for file, rows in tables.items() if rows}


def _add_crowd(tables, corridors, crowd, seed):
    codes = crowd.codes()
    tables["participants.csv"] += people.rows(crowd)
    rng = stream(seed, "papers", crowd.program["code"])
    tables["availabilities.csv"] += evidence.availabilities(codes, crowd.program, rng)
    claims = {}
    everybody = [(crowd.program, range(crowd.size))]
    for program, who in everybody + wishes.second_choices(corridors, crowd, seed):
        topic = (crowd.program["code"], program["code"])
        _add_wishes(tables, corridors, crowd, program, list(who), claims, seed, topic)
    tables["skill_claims.csv"] += evidence.skill_claims(codes, claims, rng)


def _add_wishes(tables, corridors, crowd, program, who, claims, seed, topic):
    """Add the applications of some of a crowd to one program, with their papers."""
    codes, rng = crowd.codes(), stream(seed, "wishes", *topic)
    offers = [offer for offer in corridors.offers if offer.program is program]
    who = np.array(who)
    wish = wishes.Wishes(crowd, program, offers, who, rng)
    teams = {}
    if program is crowd.program:
        factor = crowd.size / program["applicants"]
        groups = wishes.team_groups(program, crowd.size, factor)
        wish.join(groups)
        teams = _add_teams(tables, program, groups)
    for skill, levels in wish.skills().items():
        known = claims.setdefault(skill, np.zeros(crowd.size, int))
        known[who] = np.maximum(known[who], levels)
    language, rank = wish.languages()
    holders = [codes[number] for number in who.tolist()]
    tables["language_certificates.csv"] += evidence.certificates(
        holders, language, rank, rng, program.get("language_test")
    )
    pathways = wishes.pathways_by_first_slot(corridors)
    tables["applications.csv"] += wish.applications(codes, teams)
    tables["preferences.csv"] += wish.preferences(codes, pathways)
    tables["host_ratings.csv"] += wish.ratings(codes)


def _add_teams(tables, program, groups):
    """Add the program's teams; return the team of each member's position."""
    teams = {}
    for number, group in enumerate(groups, start=1):
        code = f"tim-{program['code']}-{number:02d}"
        tables["teams.csv"].append(
            {
                "intake": wishes.intake_code(program),
                "code": code,
                "name": f"Tim {program['code']} {number}",
            }
        )
        teams |= dict.fromkeys(group, code)
    return teams


def write(tables, directory):
    """Write each table as a CSV file; return how many rows there are in all."""
    directory.mkdir(parents=True, exist_ok=True)
    for file, rows in tables.items():
        with (directory / file).open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return sum(map(len, tables.values()))
