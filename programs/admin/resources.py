"""What slots share: mentors, licences, hours, beds."""

from django.contrib import admin
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
)

from programs.models import (
    ResourceUse,
    SharedResource,
)
from programs.roles import Permission

from .base import DeskAdmin, DeskTabular
from .filters import RowsFilter

MANAGERS = (Permission.MANAGE_PROGRAMS,)


class UsesInline(DeskTabular):
    """The slots that use a shared resource."""

    model = ResourceUse
    autocomplete_fields = ["slot"]
    tab = False

    def get_queryset(self, request):
        """Bring slots along."""
        return super().get_queryset(request).select_related("slot", "resource")


@admin.register(SharedResource)
class SharedResourceAdmin(DeskAdmin):
    """Mentors, licences, hours and beds that several slots share."""

    managed_by = MANAGERS
    list_display = ["name", "code", "kind", "owner", "capacity", "unit"]
    list_filter = [("kind", ChoicesDropdownFilter), ("owner", RowsFilter)]
    list_select_related = ["owner"]
    search_fields = ["code", "name_en", "name_id"]
    autocomplete_fields = ["owner"]
    inlines = [UsesInline]
