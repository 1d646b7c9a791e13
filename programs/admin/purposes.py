"""The registers of purposes and of bases of transfer."""

from django.contrib import admin

from programs.models import ProcessingPurpose, TransferBasis

from .base import DeskHistoryAdmin
from .geography import ReferenceAdmin


@admin.register(ProcessingPurpose)
class ProcessingPurposeAdmin(DeskHistoryAdmin, ReferenceAdmin):
    """What data are processed for; a closed list, whose bases and periods are set."""

    list_display = ["purpose", "legal_basis", "reference", "keep_days", "looked_on"]
    readonly_fields = ["purpose", "looked_on"]

    def has_add_permission(self, request):
        """Add nothing: a purpose is what the planner does."""
        return False


@admin.register(TransferBasis)
class TransferBasisAdmin(DeskHistoryAdmin, ReferenceAdmin):
    """What lets people's data go to hosts in a country."""

    list_display = ["country", "ground", "document", "valid_to"]
    list_select_related = ["country"]
    search_fields = ["country__name_en", "country__name_id", "document"]
    autocomplete_fields = ["country"]
    may_delete = True
