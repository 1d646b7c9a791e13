"""Countries, regions, region lists and immigration routes: reference data."""

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from programs.choices import RegionLevel
from programs.models import Country, ImmigrationRoute, Region, RegionList
from programs.roles import Permission

from .base import EVERYONE, DeskAdmin
from .filters import RowsFilter

LEVELS = {
    "origin": RegionLevel.PROVINCE,
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


@admin.register(Region)
class RegionAdmin(ReferenceAdmin):
    """Provinces and regencies with the codes of both registries."""

    list_display = ["name", "level", "parent", "kemendagri_code", "bps_code"]
    list_filter = [("level", ChoicesDropdownFilter)]
    list_select_related = ["parent"]
    search_fields = ["name", "kemendagri_code", "bps_code", "iso_3166_2"]
    autocomplete_fields = ["parent"]

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
        "basis",
    ]
    list_filter = [("country", RowsFilter)]
    list_select_related = ["country"]
    search_fields = ["code", "name_en", "name_id"]
    autocomplete_fields = ["country"]
