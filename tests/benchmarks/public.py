"""Instances from data that nobody here made, read as problems.

The files lie in `../shared/data` beside the project, each with its SOURCE.txt; they are
read from there and never copied. Where they are absent the command says so and ends.

`teams-rank`, `teams-weights`: 416 students in groups, 160 teams of the University of
Southern Denmark, 2016. A group stays together; a team runs with at least its minimum or
not at all; every group gets a team of a topic it ranked.

`courses`: 1,063 answers about computer science courses at Amherst, Fall 2024. One agent
is a wish of a student for a section (answer 5 or more). Limits are the seats, how many
courses a student asks for, one section of a course, and hours that collide. As many
seats as possible, then points: a seat counts 100,000.
"""

import csv
import re
import sys
from collections import Counter, defaultdict
from contextlib import closing
from datetime import datetime
from itertools import pairwise

from planner.optimiser.files.problem_json import problem_from_document
from tests.paths import DATA

SEAT = 100_000
"""What a seat is worth in points: more than all points together."""

LIKED = 5
"""The least answer that counts as a wish."""

PERMITTED = {
    "farmaci": {"alle", "farmaci"},
    "alle": {"alle", "natbidat"},
    "natbidat": {"alle", "natbidat"},
}
"""The types of project that a type of student may take."""

BEST = {"teams-rank": -590, "teams-weights": 45_207, "courses": 2_419 * SEAT + 17_116}
"""Best values, as other solvers proved them on the same readings."""


def teams_rank():
    """Every group placed; the least sum of ranks, by students."""
    return _teams(lambda rank: -rank)


def teams_weights():
    """Every group placed; 2 to the power of 8 - rank for each student."""
    return _teams(lambda rank: 2 ** max(8 - rank, 0))


def _teams(worth):
    folder = DATA / "sdu_projects"
    groups, kind, ranks = defaultdict(list), {}, defaultdict(dict)
    for group, student, type_ in _lines(folder / "tmp_students.txt"):
        groups[group].append(student)
        kind[student] = type_
    for student, project, rank, _weight in _lines(folder / "tmp_priorities.txt"):
        ranks[student][project] = int(rank)
    teams = [
        (project, team, int(least), int(most), type_)
        for project, team, least, most, type_ in _lines(folder / "tmp_projects.txt")
    ]
    return _document(
        "teams",
        [{"id": group, "must": True} for group in groups],
        [
            {"id": f"{p}{t}", "lower": least, "upper": most, "only_if_used": True}
            for p, t, least, most, _ in teams
        ],
        [
            {
                "agent": group,
                "id": f"{p}{t}",
                "value": worth(ranks[members[0]][p]) * len(members),
                "uses": {f"{p}{t}": len(members)},
            }
            for group, members in groups.items()
            for p, t, _, most, type_ in teams
            if p in ranks[members[0]]
            and type_ in PERMITTED[kind[members[0]]]
            and len(members) <= most
        ],
    )


def _lines(path):
    rows = path.read_text(encoding="utf-8").splitlines()
    return [line.split(";") for line in rows if line.strip()]


def courses():
    """Seats first, then the points of those who sit."""
    sections = _sections()
    resources, options = {}, []
    for number, (most, wishes) in enumerate(_answers(sections)):
        limits = {f"student:{number}": most}
        ends = [end for _, _, times, _ in wishes if times for end in times[1:]]
        marks = list(pairwise(sorted(set(ends))))
        for course, section, times, points in wishes:
            limits |= {f"course:{number}:{course}": 1}
            uses = [f"student:{number}", f"course:{number}:{course}"]
            for day in times[0] if times else ():
                uses += [
                    f"hours:{number}:{day}:{start}"
                    for start, stop in marks
                    if start >= times[1] and stop <= times[2]
                ]
            options.append((f"{number}:{course}-{section}", uses, points, section))
            options[-1][1].append(f"seat:{course}-{section}")
        resources |= limits
    seats = {f"seat:{c}-{s}": limit for c, s, _, limit in sections.values()}
    return _courses(seats, resources, options)


def _courses(seats, limits, options):
    """Leave out what cannot bind: a limit that fewer use than it allows."""
    users = Counter(name for _, uses, _, _ in options for name in uses)
    upper = {name: limits.get(name, 1) for name in users} | seats
    binding = {n for n, most in upper.items() if users[n] > most or n in seats}
    return _document(
        "courses",
        [{"id": agent} for agent, *_ in options],
        [{"id": name, "upper": upper[name]} for name in sorted(binding)],
        [
            {
                "agent": agent,
                "id": "seat",
                "value": SEAT + points,
                "uses": {name: 1 for name in uses if name in binding},
            }
            for agent, uses, points, _ in options
        ],
    )


def _sections():
    """Return {column of the survey: (course, section, (days, from, to), seats)}."""
    import openpyxl

    folder = DATA / "umass_courses"
    with closing(
        openpyxl.load_workbook(folder / "courses.xlsx", read_only=True)
    ) as book:
        rows = list(book.active.iter_rows(values_only=True))[1:]
    seats = {(str(row[0]), str(row[4]).zfill(2)): int(row[3]) for row in rows}
    found = {}
    for line in (folder / "mapping.csv").read_text(encoding="utf-8").splitlines():
        column, _, text = line.partition("|")
        name = re.search(r"</strong>DEPT\s+(\d+\w*)(?:-(\d+))?", text)
        if name:
            key = name[1], name[2] or "01"
            found[column] = (*key, _hours(text), seats.get(key, 30))
    return found


def _hours(text):
    """Return the days and minutes of a section, or None."""
    clock = r"(\d\d:\d\d [AP]M)"
    told = rf"Schedule:&nbsp;</strong>\s*([A-Za-z]+)\s+{clock} - {clock}"
    found = re.search(told, text)
    if not found:
        return None
    # Only the time of day counts: no date, no zone.
    ends = [datetime.strptime(end, "%I:%M %p") for end in found.groups()[1:]]
    days = re.findall(r"Mon|Tue|Wed|Thu|Fri", found[1])
    return (days, *(end.hour * 60 + end.minute for end in ends))


def _answers(sections):
    """Yield how many courses each student asks for, and the sections they like."""
    path = DATA / "umass_courses" / "survey.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    seen, column = Counter(), {}
    for at, name in enumerate(head):
        column[f"{name}.{seen[name]}" if seen[name] else name] = at
        seen[name] += 1
    for row in rows:
        try:
            most = max(1, min(6, int(float(row[column["3"]]))))
        except ValueError:
            continue
        wishes = [
            (course, section, times, int(row[column[name]]))
            for name, (course, section, times, _) in sections.items()
            if name in column and row[column[name]].strip().isdigit()
        ]
        wishes = [wish for wish in wishes if wish[3] >= LIKED]
        if wishes:
            yield most, wishes


def _document(name, agents, resources, options):
    return problem_from_document(
        {
            "format": "allocation-instance/1",
            "name": name,
            "agents": agents,
            "resources": resources,
            "supplies": [],
            "options": options,
        }
    )


PUBLIC = {"teams-rank": teams_rank, "teams-weights": teams_weights, "courses": courses}


def read(name):
    """Return a problem, or end the command in one line where the data are absent."""
    if not DATA.is_dir():
        sys.exit(f"{name}: there is no {DATA}, so nothing is measured")
    return PUBLIC[name]()
