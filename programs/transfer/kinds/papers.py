"""Lists in a cell: skills, certificates and free times of a person."""

from datetime import date

from programs.choices import SkillEvidence
from programs.transfer.columns import Listing, read_day
from programs.transfer.messages import CellError

SKILLS = Listing("skills", least=2, most=4, example="AI-PYT:3:course")
FOR_EVER = "none"
"""The end of a certificate that does not end, though its scale's usually do."""
EVIDENCE = frozenset(SkillEvidence.values)
LANGUAGES = Listing("languages", least=3, most=5, example="JLPT:N4:2026-07-05:2025")
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
    """Return a reader of (test, band, taken on, version, valid to)."""
    versions = {}
    for test, version in scales:
        versions.setdefault(test, []).append(version)

    def read(parts):
        test, band, date, version, valid_to = (*parts, "", "")[:5]
        if test not in versions:
            raise CellError("band", known=", ".join(sorted(versions)))
        if not version and len(versions[test]) > 1:
            raise CellError("version", versions=", ".join(sorted(versions[test])))
        version = version or versions[test][0]
        scale = find_band(scales.get((test, version), ()), band)
        if scale is None:
            known = [line[0] for line in scales.get((test, version), ())]
            raise CellError("band", known=", ".join(known or sorted(versions[test])))
        day = read_day(date)
        ends = end_of(day, scale[3])
        if valid_to:
            ends = None if valid_to == FOR_EVER else read_day(valid_to)
        return test, band, day.isoformat(), version, ends.isoformat() if ends else ""

    return read


def write_certificate(entry, scales):
    """Return an entry as a file has it, where an empty end means the scale's own."""
    test, band, taken, version, valid_to = entry
    scale = find_band(scales.get((test, version), ()), band)
    lasts = bool(scale and scale[3]) and not valid_to
    return test, band, taken, version, FOR_EVER if lasts else valid_to


def find_band(lines, band):
    """Return the scale's line for a band, or for a score within one such as 42-71."""
    for line in lines:
        least, dash, most = line[0].partition("-")
        if line[0] == band:
            return line
        if dash and band.isdigit() and int(least) <= int(band) <= int(most):
            return line
    return None


def end_of(day, months):
    """Return the day some months later (28 February where that month is short)."""
    if not months:
        return None
    years, month = divmod(day.month - 1 + months, 12)
    last = 28 if month == 1 else 30 if month in {3, 5, 8, 10} else 31
    return date(day.year + years, month + 1, min(day.day, last))


def read_period(parts):
    """Return (from, until) of a free time."""
    start, end = map(read_day, parts)
    if end <= start:
        raise CellError("order", other=start.isoformat())
    return start.isoformat(), end.isoformat()
