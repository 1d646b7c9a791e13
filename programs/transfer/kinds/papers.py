"""Lists in a cell: skills, certificates and free times of a person."""

import re
from datetime import date
from decimal import Decimal

from programs.choices import EducationLevel, SkillEvidence, StudyStatus
from programs.conditions.vocabulary import NUMBER
from programs.domain import facts
from programs.domain.scales import line_of
from programs.transfer.columns import Listing, read_day
from programs.transfer.messages import CellError

SKILLS = Listing("skills", least=2, most=4, example="AI-PYT:3:course")
FOR_EVER = "none"
"""The end of a certificate that does not end, though its scale's usually do."""
EVIDENCE = frozenset(SkillEvidence.values)
LANGUAGES = Listing("languages", least=3, most=6, example="JLPT:N4:2026-07-05:2025")
EDUCATION = Listing(
    "education",
    least=8,
    most=8,
    example="s1:0714:graduated:2026-08-01:3.42::A:Politeknik Negeri Batam",
)
EMPLOYMENT = Listing(
    "employment", least=3, most=4, example="PT Maju:0714:2024-01-01:2026-06-30"
)
FACTS = Listing("facts", least=3, most=5, example="maths-test:14.5:2027-01-05")
SENSITIVE_FACTS = Listing(
    "sensitive_facts", private=True, least=3, most=5, example="fit:yes:2027-01-05"
)
AVAILABILITY = Listing("availability", least=2, most=2, example="2027-01-01:2027-06-30")


def settle(row, column, read_entry, key):
    """Replace the texts of a list by its entries, or note the first that is wrong."""
    if column not in row.values:
        return
    try:
        entries = tuple(sorted(map(read_entry, row.values[column])))
    except CellError as error:
        row.refuse(column, error.code, **error.params)
        return
    if len({key(entry) for entry in entries}) < len(entries):
        row.refuse(column, "twice", what=column)
    row.values[column] = entries


def skill_reader(skills):
    """Return a reader of (code, level, evidence, valid to)."""

    def read(parts):
        code, level, evidence, valid_to = (*parts, "", "")[:4]
        if code not in skills:
            raise CellError("unknown", what="skill")
        if level not in {"0", "1", "2", "3", "4"}:
            raise CellError("range", least=0, most=4)
        if evidence and evidence not in EVIDENCE:
            raise CellError("choice", choices=", ".join(SkillEvidence.values))
        ends = read_day(valid_to).isoformat() if valid_to else ""
        return code, level, evidence or SkillEvidence.SELF.value, ends

    return read


def language_reader(scales):
    """Return a reader of (test, band, taken on, version, valid to, score)."""
    versions = {}
    for test, version in scales:
        versions.setdefault(test, []).append(version)

    def read(parts):
        test, band, date, version, valid_to, score = (*parts, "", "", "")[:6]
        if score and not NUMBER.fullmatch(score := score.replace(",", ".")):
            raise CellError("decimal")
        if test not in versions:
            raise CellError("band", known=", ".join(sorted(versions)))
        if not version:
            version = _only_version(scales, test, versions[test], band)
        lines = scales.get((test, version), ())
        scale = line_of(lines, band, score)
        if scale is None:
            known = dict.fromkeys(line.band for line in lines)
            raise CellError("band", known=", ".join(known or sorted(versions[test])))
        day = read_day(date)
        ends = end_of(day, scale.validity_months)
        if valid_to:
            ends = None if valid_to == FOR_EVER else read_day(valid_to)
        last = ends.isoformat() if ends else ""
        return test, band, day.isoformat(), version, last, points(score)

    return read


def _only_version(scales, test, versions, band):
    """Return the version whose scale knows the band; several have to be told apart."""
    knowing = [each for each in versions if line_of(scales[test, each], band)]
    if len(knowing or versions) > 1:
        raise CellError("version", versions=", ".join(sorted(knowing or versions)))
    return (knowing or versions)[0]


def write_certificate(entry, scales):
    """Return an entry as a file has it, where an empty end means the scale's own."""
    test, band, taken, version, valid_to, score = entry
    scale = line_of(scales.get((test, version), ()), band)
    lasts = bool(scale and scale.validity_months) and not valid_to
    ends = FOR_EVER if lasts else valid_to
    return test, band, taken, version, ends, *filter(None, [score])


def points(score):
    """Return a score as a file has it, empty for none."""
    return f"{Decimal(score).normalize():f}" if score not in (None, "") else ""


def end_of(day, months):
    """Return the day some months later (28 February where that month is short)."""
    if not months:
        return None
    years, month = divmod(day.month - 1 + months, 12)
    last = 28 if month == 1 else 30 if month in {3, 5, 8, 10} else 31
    return date(day.year + years, month + 1, min(day.day, last))


def read_study(parts):
    """Return the parts of a study, each as it is written back."""
    level, field, status, graduated, gpa, semester, worth, institution = parts
    _require_choice(level, EducationLevel.values)
    _require_choice(status, StudyStatus.values)
    _require_field(field)
    if gpa and not re.fullmatch(r"[0-3]([.,]\d{1,2})?|4([.,]0{1,2})?", gpa):
        raise CellError("range", least=0, most=4)
    if semester and not (semester.isdigit() and int(semester) <= 20):
        raise CellError("range", least=0, most=20)
    day = read_day(graduated).isoformat() if graduated else ""
    if bool(day) != (status == StudyStatus.GRADUATED):
        raise CellError("graduation")
    gpa = f"{Decimal(gpa.replace(',', '.')):.2f}" if gpa else ""
    semester = str(int(semester)) if semester else ""
    return level, field, status, day, gpa, semester, worth, institution


def read_job(parts):
    """Return (employer, field, from, until) of a job."""
    employer, field, start, end = (*parts, "")[:4]
    _require_field(field)
    ends = read_day(end).isoformat() if end else ""
    return employer, field, read_day(start).isoformat(), ends


def fact_reader(definitions):
    """Return a reader of (code, value, from, until, evidence).

    Parameters
    ----------
    definitions: what the ministry has defined, by code.
    """

    def read(parts):
        code, value, start, end, evidence = (*parts, "", "")[:5]
        if code not in definitions:
            raise CellError("unknown", what="fact")
        definition, day = definitions[code], read_day(start)
        usual = facts.usual(definition.kind, value)
        if usual is None:
            raise CellError("fact-value", fact=code)
        ends = read_day(end) if end else facts.end_of(definition, day)
        until = ends.isoformat() if ends else ""
        return code, usual, day.isoformat(), until, evidence

    return read


def _require_choice(text, choices):
    if text not in choices:
        raise CellError("choice", choices=", ".join(choices))


def _require_field(text):
    if not re.fullmatch(r"(0\d|10)\d{0,2}", text):
        raise CellError("pattern", hint="0714")


def read_period(parts):
    """Return (from, until) of a free time."""
    start, end = map(read_day, parts)
    if end <= start:
        raise CellError("order", other=start.isoformat())
    return start.isoformat(), end.isoformat()
