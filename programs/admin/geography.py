"""Countries, regions, region lists and immigration routes: reference data."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from programs import formats
from programs.choices import RegionLevel
from programs.domain import route_caps
from programs.models import (
    Country,
    ImmigrationRoute,
    ProvinceCapital,
    Region,
    RegionList,
    RouteCap,
)
from programs.roles import Permission

from .base import EVERYONE, DeskAdmin, DeskStacked
from .filters import RowsFilter

LEVELS = {
    "origin": RegionLevel.PROVINCE,
    "neighbours": RegionLevel.PROVINCE,
    "parent": RegionLevel.PROVINCE,
    "province": RegionLevel.PROVINCE,
    "regency": RegionLevel.REGENCY,
}
"""Of which level a region has to be that a field of a form points to."""


class ReferenceAdmin(DeskAdmin):
    """Reference data: everybody reads it, an administrator looks after it."""

    readable_by = EVERYONE
    managed_by = (Permission.MANAGE_USERS,)


@admin.register(Country)
class CountryAdmin(ReferenceAdmin):
    """Countries by ISO code."""

    list_display = ["name", "code", "currency", "is_partner", "native_language"]
    list_filter = ["is_partner"]
    search_fields = ["code", "name_en", "name_id"]


class ProvinceCapitalInline(DeskStacked):
    """Where the capital lies and which provinces are neighbours."""

    model = ProvinceCapital
    tab = False
    fields = ["name", ("latitude", "longitude"), "neighbours", "basis", "source"]
    autocomplete_fields = ["neighbours"]


@admin.register(Region)
class RegionAdmin(ReferenceAdmin):
    """Provinces and regencies with the codes of both registries."""

    list_display = ["name", "level", "parent", "kemendagri_code", "bps_code"]
    fields = [
        ("name", "level"),
        "parent",
        ("kemendagri_code", "bps_code", "iso_3166_2"),
        "population",
        ("basis", "source"),
    ]
    list_filter = [("level", ChoicesDropdownFilter)]
    list_select_related = ["parent"]
    search_fields = ["name", "kemendagri_code", "bps_code", "iso_3166_2"]
    autocomplete_fields = ["parent"]
    inlines = [ProvinceCapitalInline]

    def get_inlines(self, request, obj):
        """Ask for a capital of provinces alone."""
        is_province = obj is not None and obj.level == RegionLevel.PROVINCE
        return super().get_inlines(request, obj) if is_province else []

    def get_search_results(self, request, queryset, search_term):
        """Offer a form's field what it takes; plans count costs by province."""
        rows, twice = super().get_search_results(request, queryset, search_term)
        level = LEVELS.get(request.GET.get("field_name"))
        return (rows.filter(level=level) if level else rows), twice


@admin.register(RegionList)
class RegionListAdmin(ReferenceAdmin):
    """Lists of regions that a law or a funder gives priority."""

    list_display = ["name", "version", "kind", "owner", "valid_from", "valid_to"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    search_fields = ["code", "name_en", "name_id"]
    autocomplete_fields = ["regions"]


class RouteCapInline(DeskStacked):
    """How many the route lets in or lets stay, with how many do at present."""

    model = RouteCap
    tab = False
    fields = [
        ("code", "counts"),
        ("most", "used_now"),
        ("sector", "is_yearly"),
        ("valid_from", "valid_to"),
        "basis",
        "source",
    ]
    readonly_fields = ["used_now"]

    @display(description=_("used"))
    def used_now(self, cap):
        if cap._state.adding:
            return "–"
        if not hasattr(cap.route, "used_caps"):  # all of the page in one query
            cap.route.used_caps = route_caps.used(list(cap.route.caps.all()))
        uses = cap.route.used_caps.get(cap.pk)
        if not uses:
            return formats.number(0)
        people, year, day = uses[0]
        number = formats.number(people)
        when = formats.day(day) if day else year
        return f"{number} ({when})" if when else number


@admin.register(ImmigrationRoute)
class ImmigrationRouteAdmin(ReferenceAdmin):
    """Visa routes with their dates and caps."""

    list_display = [
        "name",
        "country",
        "valid_from",
        "valid_to",
        "stay_until",
        "lead_time_days",
        "travel_days",
        "basis",
    ]
    list_filter = [("country", RowsFilter)]
    list_select_related = ["country"]
    search_fields = ["code", "name_en", "name_id"]
    autocomplete_fields = ["country"]
    inlines = [RouteCapInline]
