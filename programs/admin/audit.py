"""The chained history of decisions, for reading."""

import json

from django.contrib import admin
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AllValuesCheckboxFilter, RangeDateTimeFilter
from unfold.decorators import display

from programs import audit_actions, formats
from programs.domain import sealing
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent, User
from programs.roles import Permission

from .audit_objects import address_of, kind_of
from .base import DeskAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(DeskAdmin):
    """Who did what to which thing, when."""

    readable_by = (Permission.VIEW_ALL,)
    list_display = ["sequence", "when", "who", "what", "thing", "action"]
    list_filter = [
        ("action", AllValuesCheckboxFilter),
        ("object_type", AllValuesCheckboxFilter),
        ("at", RangeDateTimeFilter),
    ]
    search_fields = ["actor", "action", "object_id", "hash"]
    fields = [
        ("sequence", "when"),
        ("who", "what"),
        ("thing", "object_id"),
        ("action", "object_type"),
        "details",
        "request_id",
        "previous_hash",
        "hash",
    ]
    readonly_fields = ["when", "who", "what", "thing", "details"]

    def get_queryset(self, request):
        """Bring the names of users along: the trail itself knows them by number."""
        number = Concat(Value("user:"), Cast("pk", CharField()))
        users = User.objects.annotate(number=number).filter(number=OuterRef("actor"))
        rows = super().get_queryset(request)
        return rows.annotate(username=Subquery(users.values("username")[:1]))

    @display(description=_("by"), ordering="actor")
    def who(self, event):
        if event.actor == SYSTEM.actor:
            return _("the planner itself")
        return event.username or event.actor

    @display(description=_("what was done"), ordering="action")
    def what(self, event):
        return audit_actions.words_of(event.action)

    @display(description=_("to what"), ordering="object_type")
    def thing(self, event):
        name, address = kind_of(event), address_of(event)
        return format_html('<a href="{}">{}</a>', address, name) if address else name

    @display(description=_("at"), ordering="at")
    def when(self, event):
        return formats.moment(event.at)

    @display(description=_("details"))
    def details(self, event):
        data = sealing.opened(event)
        text = json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True)
        return format_html("<pre>{}</pre>", text)
