"""Countries, provinces and routes; the first two are made once, then read."""

from datetime import date

from model_bakery.recipe import Recipe, foreign_key

from programs.choices import CapCounts, RegionLevel, RegionListKind, TransferGround
from programs.models import (
    Country,
    ImmigrationRoute,
    Region,
    RegionList,
    RouteCap,
    TransferBasis,
)

from .serial import serial

NAMES = {
    "ID": ("Indonesia", "Indonesia", "IDR", "id"),
    "MY": ("Malaysia", "Malaysia", "MYR", "ms"),
    "JP": ("Japan", "Jepang", "JPY", "ja"),
    "CN": ("China", "Tiongkok", "CNY", "zh"),
    "TW": ("Taiwan", "Taiwan", "TWD", "zh"),
}


def country_of(code):
    """Return the country with the ISO code, made when it is missing."""
    name_en, name_id, currency, language = NAMES[code]
    values = {"name_en": name_en, "name_id": name_id, "currency": currency}
    values["native_language"] = language
    return Country.objects.get_or_create(
        code=code, defaults=values | {"is_partner": code != "ID"}
    )[0]


def indonesia():
    """Return Indonesia."""
    return country_of("ID")


def malaysia():
    """Return Malaysia, where the recipes' hosts are."""
    return country_of("MY")


def japan():
    """Return Japan."""
    return country_of("JP")


def west_java():
    """Return the province most people of the recipes come from."""
    return Region.objects.get_or_create(
        kemendagri_code="32",
        defaults={
            "bps_code": "32",
            "iso_3166_2": "ID-JB",
            "level": RegionLevel.PROVINCE,
            "name": "Jawa Barat",
        },
    )[0]


country = Recipe(
    Country, code="SG", name_en="Singapore", name_id="Singapura", currency="SGD"
)
region = Recipe(
    Region,
    kemendagri_code=serial("p"),
    bps_code="",
    iso_3166_2="",
    level=RegionLevel.PROVINCE,
    name="Nusa Tenggara Timur",
)
region_list = Recipe(
    RegionList,
    code=serial("3t"),
    version="2020",
    kind=RegionListKind.UNDERDEVELOPED,
    name_en="Underdeveloped regions",
    name_id="Daerah tertinggal",
    valid_from=date(2020, 1, 1),
)
transfer_basis = Recipe(
    TransferBasis,
    country=malaysia,
    ground=TransferGround.SAFEGUARDS,
    document="Standard clauses of 2027",
)
immigration_route = Recipe(
    ImmigrationRoute,
    country=malaysia,
    code=serial("route"),
    name_en="Professional visit pass",
    name_id="Pas lawatan ikhtisas",
    valid_from=date(2020, 1, 1),
    lead_time_days=30,
)
route_cap = Recipe(
    RouteCap,
    route=foreign_key(immigration_route),
    code=serial("cap"),
    counts=CapCounts.ENTRIES,
    valid_from=date(2020, 1, 1),
    most=1,
)
