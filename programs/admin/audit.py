"""The chained history of decisions, for reading."""

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AllValuesCheckboxFilter, RangeDateTimeFilter
from unfold.decorators import display

from programs import formats
from programs.models import AuditEvent
from programs.roles import Permission

from .base import DeskAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(DeskAdmin):
    """Who did what to which thing, when."""

    readable_by = (Permission.VIEW_ALL,)
    list_display = ["sequence", "when", "actor", "action", "object_type", "object_id"]
    list_filter = [
        ("action", AllValuesCheckboxFilter),
        ("object_type", AllValuesCheckboxFilter),
        ("at", RangeDateTimeFilter),
    ]
    search_fields = ["actor", "action", "object_id", "hash"]
    fields = [
        ("sequence", "when"),
        ("actor", "action"),
        ("object_type", "object_id"),
        "details",
        "request_id",
        "previous_hash",
        "hash",
    ]
    readonly_fields = ["when", "details"]

    @display(description=_("at"), ordering="at")
    def when(self, event):
        return formats.moment(event.at)

    @display(description=_("details"))
    def details(self, event):
        text = json.dumps(event.data, indent=2, ensure_ascii=False, sort_keys=True)
        return format_html("<pre>{}</pre>", text)
