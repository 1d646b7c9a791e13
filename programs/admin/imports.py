"""Files that people brought, and the rows parked from them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from programs import formats
from programs.models import ImportBatch
from programs.roles import Permission

from .base import DeskAdmin
from .displays import StateColumn


@admin.register(ImportBatch)
class ImportBatchAdmin(StateColumn, DeskAdmin):
    """What became of each file; new files come through the import page."""

    readable_by = (Permission.IMPORT_DATA, Permission.VIEW_ALL)
    list_display = [
        "filename",
        "kind",
        "state_label",
        "num_rows",
        "num_good",
        "num_bad",
        "created_by",
        "created",
    ]
    list_filter = [
        ("kind", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ("created_at", RangeDateFilter),
    ]
    list_select_related = ["created_by"]
    search_fields = ["filename", "digest"]
    fields = [
        ("filename", "kind"),
        ("state", "digest"),
        ("num_rows", "num_good"),
        "num_bad",
        ("created_by", "created_at"),
    ]

    def get_queryset(self, request):
        """Leave the files where they are: each would be read and decrypted."""
        return super().get_queryset(request).defer("content")

    @display(description=_("at"), ordering="created_at")
    def created(self, batch):
        return formats.moment(batch.created_at)
