"""Province columns: one for each registry, since their codes clash in Papua."""

from collections import Counter

from django.utils.translation import gettext as _

from programs.choices import RegionLevel
from programs.transfer.columns import Pattern

HINT = "11 … 97"
PROVINCE = r"\d{2}(\.0)?"
REGENCY = r"\d{2}\.\d{2}"
CLASHING = {"91", "92", "93", "94", "95", "96", "97"}


def pair(prefix, *, or_regency=False):
    """Return the two columns that may name a province.

    ``or_regency``: the first takes Kemendagri's code of a regency as well.
    """
    first = f"{PROVINCE}|{REGENCY}" if or_regency else PROVINCE
    return (
        Pattern(f"{prefix}_kemendagri", pattern=first, hint=HINT, limit=5),
        Pattern(f"{prefix}_bps", pattern=PROVINCE, hint=HINT, limit=4),
    )


def settle(row, prefix, regions):
    """Put the region's Kemendagri code into the values, from whichever column."""
    columns = {
        registry: f"{prefix}_{registry}"
        for registry in ("kemendagri", "bps")
        if f"{prefix}_{registry}" in row.values
    }
    if not columns:
        return
    provinces = {}
    for registry, column in columns.items():
        code = row.values.pop(column).removesuffix(".0")
        if not code:
            continue
        provinces[registry] = regions[registry].get(code)
        if provinces[registry] is None:
            _refuse(row, column, registry, code, regions)
    if row.failed(*columns.values()):
        return
    codes = {region.kemendagri_code for region in provinces.values()}
    if len(codes) > 1:
        row.refuse(columns["bps"], "two-registries")
        return
    row.values[prefix] = codes.pop() if codes else ""


def _refuse(row, column, registry, code, regions):
    other = regions["bps" if registry == "kemendagri" else "kemendagri"].get(code)
    if other is None:
        row.refuse(column, "no-province", code=code)
        return
    row.refuse(
        column,
        "province-clash",
        code=code,
        ours=_("no province"),
        theirs=other.name,
    )


def write(values, prefix, regions_by_code):
    """Return the two columns for a region's Kemendagri code; BPS names provinces."""
    region = regions_by_code.get(values)
    is_province = region is not None and region.level == RegionLevel.PROVINCE
    return {
        f"{prefix}_kemendagri": region.kemendagri_code if region else "",
        f"{prefix}_bps": region.bps_code if is_province else "",
    }


def clashes(rows, prefix):
    """Return {registry: rows that name a province of Papua by it alone}."""
    found = Counter()
    for registry, other in (("kemendagri", "bps"), ("bps", "kemendagri")):
        found[registry] = sum(
            row.cells.get(f"{prefix}_{registry}", "")[:2] in CLASHING
            and not row.cells.get(f"{prefix}_{other}")
            for row in rows
        )
    return found


def clash_note(found):
    """Return a sentence when a single registry names provinces of Papua, or ""."""
    for registry, count in found.items():
        if count:
            return _(
                "%(count)d rows name a province of Papua by its %(registry)s code "
                "alone; codes 91 to 97 mean other provinces in the other registry. "
                "Check a few."
            ) % {"count": count, "registry": registry.upper()}
    return ""
