"""Countries, provinces and routes; the first two are made once, then read."""

from datetime import date

from model_bakery.recipe import Recipe, foreign_key

from programs.choices import CapCounts, RegionLevel, RegionListKind, TransferGround
from programs.models import (
    Country,
    ImmigrationRoute,
    ProvinceCapital,
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


JAVA = {
    "32": ("Jawa Barat", "Bandung", "-6.90", "107.58"),
    "33": ("Jawa Tengah", "Semarang", "-6.97", "110.38"),
    "35": ("Jawa Timur", "Surabaya", "-7.38", "112.79"),
}


def java():
    """Return three provinces in a row, each a neighbour of the next, by their codes.

    From capital to capital it is 309 km from the first to the second, 270 on to the
    third, and 577 from the first to the third.
    """
    west_java()
    found = {}
    for code, (name, capital, latitude, longitude) in JAVA.items():
        values = {"level": RegionLevel.PROVINCE, "name": name, "bps_code": code}
        found[code], _made = Region.objects.get_or_create(
            kemendagri_code=code, defaults=values
        )
        ProvinceCapital.objects.create(
            province=found[code], name=capital, latitude=latitude, longitude=longitude
        )
    for one, other in (("32", "33"), ("33", "35")):
        found[one].capital.neighbours.add(found[other])
        found[other].capital.neighbours.add(found[one])
    return found


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
province_capital = Recipe(
    ProvinceCapital,
    province=foreign_key(region),
    name="Kupang",
    latitude="-10.17",
    longitude="123.67",
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
