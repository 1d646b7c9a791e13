"""Load the reference data: facts with their sources, from fixtures/reference."""

from django.db import transaction

from programs import tables
from programs.models import (
    CostCategory,
    Country,
    ExamSitting,
    ExchangeRate,
    FeeWaiver,
    ImmigrationRoute,
    LanguageScale,
    ProvinceCapital,
    QualificationLevel,
    Region,
    RegionList,
    RouteCap,
    Skill,
)
from programs.tables import Table

TABLES = (
    ("countries.csv", Table(Country, "code")),
    ("province_capitals.csv", Table(ProvinceCapital, "province")),
    ("qualification_levels.csv", Table(QualificationLevel, "kkni")),
    ("skills.csv", Table(Skill, "framework", "code")),
    (
        "language_scales.csv",
        Table(LanguageScale, "test", "version", "band", "from_score"),
    ),
    ("exam_sittings.csv", Table(ExamSitting, "test", "held_on")),
    ("cost_categories.csv", Table(CostCategory, "code")),
    ("exchange_rates.csv", Table(ExchangeRate, "currency", "kind", "valid_from")),
    ("immigration_routes.csv", Table(ImmigrationRoute, "code")),
    ("route_caps.csv", Table(RouteCap, "route", "code")),
    ("fee_waivers.csv", Table(FeeWaiver, "code")),
)
"""Files whose columns are fields, in the order in which they need each other."""

REGIONS = Table(Region, "kemendagri_code")
REGION_LISTS = Table(RegionList, "code", "version")


@transaction.atomic
def load(directory):
    """Write what is new or different; return {file: (added, changed)}."""
    keys = tables.Keys()
    counts = _load_regions(directory, keys)
    for file, table in TABLES:
        counts[file] = table.upsert(tables.read_rows(directory / file), keys)
    return counts


def _load_regions(directory, keys):
    """Provinces first, then the regencies in them, then lists of either."""
    provinces = [
        row | {"level": "province", "parent": ""}
        for row in tables.read_rows(directory / "provinces.csv")
    ]
    counts = {"provinces.csv": REGIONS.upsert(provinces, keys)}
    regencies = map(_regency, tables.read_rows(directory / "regencies.csv"))
    counts["regencies.csv"] = REGIONS.upsert(regencies, keys)
    lists = []
    for row in tables.read_rows(directory / "region_lists.csv"):
        members = tables.read_rows(directory / row.pop("regions_file"))
        codes = [member["kemendagri_code"] for member in members]
        lists.append(row | {"regions": "|".join(codes)})
    counts["region_lists.csv"] = REGION_LISTS.upsert(lists, keys)
    return counts


def _regency(row):
    """A regency's province is the first half of its code in the Kemendagri system."""
    province = row["kemendagri_code"].partition(".")[0]
    return row | {"level": "regency", "parent": province}
