"""Applications with their wishes, ratings and pins; teams."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
)
from unfold.decorators import display

from programs import formats
from programs.choices import ApplicationState
from programs.models import Application, HostRating, Pin, Preference, Team
from programs.roles import Permission

from .base import EVERYONE, DeskAdmin, DeskTabular
from .columns import StateColumn
from .filters import RowsFilter

MANAGERS = (Permission.MANAGE_PROGRAMS,)


class PreferenceInline(DeskTabular):
    """Ranked wishes."""

    model = Preference
    autocomplete_fields = ["slot", "pathway"]

    def get_queryset(self, request):
        """Bring slots along."""
        return super().get_queryset(request).select_related("slot", "pathway")


class HostRatingInline(DeskTabular):
    """What hosts think, read here."""

    model = HostRating
    read_only = True
    fields = ["slot", "score", "is_veto", "reason", "rated_by"]

    def get_queryset(self, request):
        """Bring slots along."""
        return super().get_queryset(request).select_related("slot", "rated_by")


class PinInline(DeskTabular):
    """The coordinator's binding words, read here."""

    model = Pin
    read_only = True
    fields = ["slot", "kind", "reason", "until", "created_by", "created_at"]

    def get_queryset(self, request):
        """Bring slots along."""
        return super().get_queryset(request).select_related("slot", "created_by")


@admin.register(Application)
class ApplicationAdmin(StateColumn, DeskAdmin):
    """Who wishes to take part in what."""

    readable_by = EVERYONE
    managed_by = MANAGERS
    program_paths = ("intake.program",)
    list_display = [
        "person",
        "code",
        "intake",
        "nominated_by",
        "state_label",
        "merit",
        "team",
    ]
    list_filter = [
        ("intake", RowsFilter),
        ("state", ChoicesDropdownFilter),
        ("nominated_by", AutocompleteSelectFilter),
        ("participant__province", RowsFilter),
        ("participant__sex", ChoicesDropdownFilter),
    ]
    list_select_related = [
        "participant",
        "intake__program",
        "nominated_by",
        "team",
    ]
    search_fields = [
        "participant__code",
        "participant__given_name",
        "participant__family_name",
    ]
    autocomplete_fields = ["participant", "intake", "nominated_by", "team"]
    readonly_fields = ["state_label", "submitted_at"]
    inlines = [PreferenceInline, HostRatingInline, PinInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("participant", "intake"),
                    ("nominated_by", "team"),
                    ("state_label", "submitted_at"),
                    ("merit_score", "carry_over_points"),
                    "note",
                ]
            },
        )
    ]

    def get_queryset(self, request):
        """Leave encrypted columns where they are."""
        rows = super().get_queryset(request)
        return rows.defer("participant__nik", "participant__disability")

    def get_readonly_fields(self, request, obj=None):
        """Fix person, intake and sender once the application exists."""
        fixed = ["participant", "intake", "nominated_by"] if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def is_open(self, application):
        """Leave an application alone once a plan or the person has decided."""
        return application.state in {
            ApplicationState.DRAFT,
            ApplicationState.SUBMITTED,
            ApplicationState.ELIGIBLE,
            ApplicationState.INELIGIBLE,
        }

    @display(description=_("participant"), ordering="participant__given_name")
    def person(self, application):
        return application.participant.full_name

    @display(description=_("code"), ordering="participant__code")
    def code(self, application):
        return application.participant.code

    @display(description=_("merit score"), ordering="merit_score")
    def merit(self, application):
        return formats.number(application.merit_score, decimals=2)


@admin.register(Team)
class TeamAdmin(DeskAdmin):
    """People who move together."""

    managed_by = MANAGERS
    program_paths = ("intake.program",)
    list_display = ["name", "code", "intake"]
    list_filter = [("intake", RowsFilter)]
    list_select_related = ["intake__program"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["intake"]
