"""What was decided; it changes through the domain's verbs only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display

from programs import formats
from programs.models import (
    FundingLine,
    Placement,
    PlacementEvent,
    ReserveEntry,
    SkillAchieved,
)

from .base import EVERYONE, DeskAdmin, DeskTabular
from .columns import StateColumn


class FundingLineInline(DeskTabular):
    """Who pays what, in which year."""

    model = FundingLine
    read_only = True
    fields = ["category", "source", "fiscal_year", "amount_in_words"]
    readonly_fields = ["amount_in_words"]

    def get_queryset(self, request):
        """Bring sources along."""
        return super().get_queryset(request).select_related("category", "source")

    @display(description=_("amount"))
    def amount_in_words(self, line):
        return formats.rupiah(line.amount)


class PlacementEventInline(DeskTabular):
    """What happened so far: who, when, why."""

    model = PlacementEvent
    read_only = True
    fields = ["at", "from_state", "to_state", "by", "reason"]


class SkillAchievedInline(DeskTabular):
    """The transcript."""

    model = SkillAchieved
    read_only = True

    def get_queryset(self, request):
        """Bring skills along."""
        return super().get_queryset(request).select_related("skill")


@admin.register(Placement)
class PlacementAdmin(StateColumn, DeskAdmin):
    """Stays, from offer to completion."""

    readable_by = EVERYONE
    program_paths = ("slot.intake.program",)
    list_display = [
        "person",
        "slot",
        "host",
        "state_label",
        "offered",
        "answer_by",
        "pathway",
    ]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("slot__intake", RelatedDropdownFilter),
        ("slot__host", AutocompleteSelectFilter),
        ("expires_at", RangeDateFilter),
    ]
    list_select_related = [
        "application__participant",
        "slot__host",
        "slot__intake__program",
        "pathway",
    ]
    search_fields = [
        "application__participant__code",
        "application__participant__given_name",
        "application__participant__family_name",
        "slot__code",
    ]
    inlines = [PlacementEventInline, FundingLineInline, SkillAchievedInline]
    fields = [
        ("application", "slot"),
        ("state_label", "version"),
        ("offered_at", "expires_at"),
        ("pathway", "agreement"),
        ("run", "publication"),
        "reason",
    ]
    readonly_fields = ["state_label"]

    def get_queryset(self, request):
        """Leave encrypted columns where they are."""
        rows = super().get_queryset(request)
        return rows.defer(
            "application__participant__nik", "application__participant__disability"
        )

    @display(
        description=_("participant"), ordering="application__participant__given_name"
    )
    def person(self, placement):
        return str(placement.application.participant)

    @display(description=_("host"), ordering="slot__host__name")
    def host(self, placement):
        return placement.slot.host

    @display(description=_("offered"), ordering="offered_at")
    def offered(self, placement):
        return formats.moment(placement.offered_at)

    @display(description=_("answer by"), ordering="expires_at")
    def answer_by(self, placement):
        return formats.moment(placement.expires_at)


@admin.register(ReserveEntry)
class ReserveEntryAdmin(DeskAdmin):
    """Ordered waiting lists."""

    list_display = ["slot", "position", "person", "is_open"]
    list_filter = [("slot__intake", RelatedDropdownFilter), "is_open"]
    list_select_related = ["slot", "application__participant"]
    search_fields = ["slot__code", "application__participant__code"]

    @display(description=_("participant"))
    def person(self, entry):
        return str(entry.application.participant)
