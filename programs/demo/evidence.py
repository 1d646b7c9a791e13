"""Papers people bring: skill claims, language certificates, times they are free."""

from datetime import date, timedelta

import numpy as np

from .people import TODAY
from .wishes import EVIDENCE, GENERAL_SKILLS

CEFR = ("", "A1", "A2", "B1", "B2", "C1")
BANDS = {
    "JLPT": ("", "N5", "N4", "N3", "N2", "N1"),
    "JFT-Basic": ("", "", "pass", "", "", ""),
    "HSK": ("", "1", "2", "3", "4", "5"),
    "TOCFL": ("", "1", "2", "3", "4", "5"),
    "IELTS": ("", "", "", "4.5", "6.0", "7.0"),
    "TOEFL-iBT": ("", "", "", "58", "81", "98"),
    "TOEIC-LR": ("", "180", "420", "640", "820", "960"),
    "DET": ("", "", "50", "75", "100", "125"),
}
"""A band or score of each test for the CEFR ranks 0 to 5; "" where it has none."""
VERSIONS = {
    "JLPT": "2025", "JFT-Basic": "2019", "HSK": "publisher-2010", "TOCFL": "2020",
    "IELTS": "2024", "TOEFL-iBT": "2019", "TOEIC-LR": "2016", "DET": "2022",
}  # fmt: skip
TESTS = {
    "ja": ["JLPT", "JLPT", "JLPT", "JLPT", "JFT-Basic"],
    "zh": ["HSK"],
    "en": ["IELTS", "IELTS", "TOEFL-iBT", "TOEIC-LR", "DET"],
    "id": [],
}
FALLBACK = {"ja": "JLPT", "zh": "HSK", "en": "TOEIC-LR"}
"""The test that has a band at every level."""
POINTS = {"N3": 104, "N2": 112, "N1": 142}
"""The score from which a band of the JLPT is worth the level above its lowest."""
SPREAD = 30
EVER_VALID = {"JLPT", "JFT-Basic"}
JLPT_DAYS = [date(2026, 7, 5), date(2025, 12, 7), date(2025, 7, 6), date(2024, 12, 1)]


def skill_claims(codes, levels, rng):
    """Yield rows of skill_claims.csv: drawn levels and one general skill each."""
    size = len(codes)
    general = rng.choice(GENERAL_SKILLS, size)
    general_level = np.where(rng.random(size) < 0.45, rng.integers(1, 4, size), 0)
    for skill, column in sorted(levels.items()):
        held = column > 0
        proof = rng.choice(EVIDENCE, size, p=[0.35, 0.3, 0.2, 0.15])
        ends = rng.random(size) < 0.02
        for who in np.flatnonzero(held).tolist():
            yield _claim(codes[who], skill, column[who], proof[who], ends[who])
    for who in np.flatnonzero(general_level).tolist():
        if general[who] not in levels or levels[general[who]][who] == 0:
            yield _claim(codes[who], general[who], general_level[who], "self", False)


def _claim(code, skill, level, proof, ends):
    return {
        "participant": code,
        "skill": skill,
        "level": str(level),
        "evidence": str(proof),
        "valid_to": "2027-01-31" if ends else "",
    }


def certificates(codes, language, rank, rng, test=None):
    """Yield rows of language_certificates.csv; a few are about to expire."""
    size = len(codes)
    recent = 20 + 300 * rng.beta(1, 2, size)
    days = np.where(rng.random(size) < 0.08, rng.integers(500, 720, size), recent)
    pick = rng.integers(0, 60, size)
    for who in np.flatnonzero(rank).tolist():
        tests = [test] if test else TESTS[language[who]]
        name = tests[pick[who] % len(tests)]
        if not BANDS[name][rank[who]]:
            name = FALLBACK[language[who]]
        day = TODAY - timedelta(days=int(days[who]))
        if name == "JLPT":
            day = JLPT_DAYS[pick[who] % len(JLPT_DAYS)]
        yield {
            "participant": codes[who],
            "language": str(language[who]),
            "test": name,
            "band": BANDS[name][rank[who]],
            "scale_version": VERSIONS[name],
            "cefr": CEFR[rank[who]],
            "score": _points(BANDS[name][rank[who]], pick[who]),
            "taken_on": day.isoformat(),
            "valid_to": "" if name in EVER_VALID else two_years_on(day).isoformat(),
        }


def _points(band, pick):
    """Return a score that is worth the level the band stands for here."""
    return str(POINTS[band] + int(pick) % SPREAD) if band in POINTS else ""


def each_once(rows):
    """Keep the first of equal certificates: who applies twice brings one paper."""
    names = ("participant", "test", "band", "taken_on")
    papers = {}
    for row in rows:
        papers.setdefault(tuple(row[name] for name in names), row)
    return list(papers.values())


def two_years_on(day):
    """Return the same day two years later (28 February for a leap day)."""
    return day.replace(
        year=day.year + 2, day=min(day.day, 28 if day.month == 2 else 31)
    )


def availabilities(codes, program, rng):
    """Yield rows of availabilities.csv: one in ten names a time, some too late."""
    size = len(codes)
    named = rng.random(size) < 0.1
    late = rng.random(size) < 0.3
    for who in np.flatnonzero(named).tolist():
        start = program["starts_on"] + timedelta(days=60 if late[who] else -30)
        end = max(program["ends_on"], start) + timedelta(days=45)
        yield {
            "participant": codes[who],
            "starts_on": start.isoformat(),
            "ends_on": end.isoformat(),
        }
