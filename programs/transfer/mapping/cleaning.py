"""What is read out of a cell as people write it: a day behind a place, a spaced NIK."""

import re

from programs.transfer.cells import Number

PLACE_BEFORE = re.compile(r"^[^\d,/]*[A-Za-z][^\d,/]*[,/]\s*(?=\d)")
"""“Bandung, ” before the day of birth."""
WEEKDAY = re.compile(
    r"^(senin|selasa|rabu|kamis|jum'?at|sabtu|minggu),?\s+", re.IGNORECASE
)
TIME_BEHIND = re.compile(r"[ T]\d{1,2}[:.]\d{2}([:.]\d{2})?$")
SPACES = re.compile(r"[\s.\-_]+")


def clean(name, cell):
    """Return what a cell says, without what people write around it.

    Parameters
    ----------
    name: of the field.
    """
    if isinstance(cell, Number):
        return cell
    text = cell.strip()
    if name == "nik":
        bare = SPACES.sub("", text.lstrip("'"))
        return bare if bare.isdigit() else text
    if name in {"birth_date", "certificate_day"}:
        day = TIME_BEHIND.sub("", PLACE_BEFORE.sub("", WEEKDAY.sub("", text)))
        return re.sub(r"\s*([/.-])\s*", r"\1", " ".join(day.split()))
    if name == "email":
        return text.removeprefix("mailto:")
    if name == "code":
        return text.replace("/", "-").replace(" ", "")
    return text


def is_cleaned(name, before, after):
    """Return whether a cell was changed beyond its outer spaces."""
    return name in CLEANED and str(before).strip() != after


CLEANED = ("nik", "birth_date", "certificate_day", "email", "code")
"""Fields whose cells may be written otherwise than they are kept."""
