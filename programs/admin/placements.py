"""What was decided; it changes through the domain's verbs only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RangeDateFilter,
)
from unfold.decorators import display

from programs import formats
from programs.choices import CHANGING_PLACEMENT_STATES, PlacementState
from programs.domain import awaited, placements
from programs.models import (
    FundingLine,
    PlaceCondition,
    Placement,
    PlacementEvent,
    ReserveEntry,
    SkillAchieved,
)
from programs.roles import Permission

from .base import EVERYONE, DeskAdmin, DeskTabular
from .displays import SafeDayColumn, StateColumn, StayColumn
from .filters import ConditionalFilter, PlacementSafeDayFilter, RowsFilter
from .transitions import Move, MovesMixin


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
    fields = ["at", "from_state", "to_state", "on", "by", "reason"]


class PlaceConditionInline(DeskTabular):
    """What the place waits for, without the words where they are confidential."""

    model = PlaceCondition
    read_only = True
    fields = ["needed", "due_on", "state", "settled_at"]
    readonly_fields = ["needed"]

    def get_queryset(self, request):
        """Bring along what is confidential, and the order of the days."""
        return super().get_queryset(request).with_privacy().order_by("due_on")

    @display(description=_("to be met"))
    def needed(self, row):
        return awaited.said([row])[row.pk]


class SkillAchievedInline(DeskTabular):
    """The transcript."""

    model = SkillAchieved
    read_only = True

    def get_queryset(self, request):
        """Bring skills along."""
        return super().get_queryset(request).select_related("skill")


MOVES = (
    Move(
        PlacementState.ACCEPTED,
        _("Accept for the person"),
        _("The person takes the place; the host is asked to confirm."),
        placements.accept,
        party=placements.require_sender,
        takes_reason=True,
        in_bulk=True,
    ),
    Move(
        PlacementState.CONFIRMED,
        _("Confirm for the host"),
        _("The host expects the person."),
        placements.confirm,
        party=placements.require_host,
        takes_reason=True,
        in_bulk=True,
    ),
    Move(
        PlacementState.DEPARTED,
        _("Record the departure"),
        _("The person has left for the host."),
        placements.depart,
        party=placements.require_sender,
        takes_reason=True,
        takes_day=True,
        in_bulk=True,
    ),
    Move(
        PlacementState.ARRIVED,
        _("Record the arrival"),
        _("The person has arrived at the host."),
        placements.arrive,
        party=placements.require_host,
        takes_reason=True,
        takes_day=True,
        in_bulk=True,
    ),
    Move(
        PlacementState.COMPLETED,
        _("Record the completion"),
        _("The stay is completed."),
        placements.complete,
        party=placements.require_host,
        takes_reason=True,
        takes_day=True,
        in_bulk=True,
    ),
    Move(
        PlacementState.DECLINED,
        _("Decline for the person"),
        _("The seat and the money become free; the person leaves the intake."),
        placements.decline,
        party=placements.require_sender,
        takes_reason=True,
        is_danger=True,
    ),
    Move(
        PlacementState.REJECTED,
        _("Reject for the host"),
        _("The seat and the money become free; the person is unplaced again."),
        placements.reject,
        party=placements.require_host,
        takes_reason=True,
        needs_reason=True,
        is_danger=True,
    ),
    Move(
        PlacementState.NO_SHOW,
        _("Record that the person did not come"),
        _("The seat and the money become free."),
        placements.mark_no_show,
        party=placements.require_host,
        takes_reason=True,
        takes_day=True,
        is_danger=True,
    ),
    Move(
        PlacementState.ENDED_EARLY,
        _("Record an early end"),
        _("The stay ends before its last day."),
        placements.end_early,
        party=placements.require_host,
        takes_reason=True,
        takes_day=True,
        needs_reason=True,
        is_danger=True,
    ),
)


@admin.register(Placement)
class PlacementAdmin(StateColumn, StayColumn, SafeDayColumn, MovesMixin, DeskAdmin):
    """Stays, from offer to completion."""

    moves = MOVES
    movers = (Permission.MANAGE_PROGRAMS, Permission.NOMINATE, Permission.RATE)

    readable_by = EVERYONE
    program_paths = ("slot.intake.program",)
    list_display = [
        "person",
        "slot",
        "host",
        "state_label",
        "offered",
        "answer_by",
        "safe_until",
        "pathway",
    ]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ConditionalFilter,
        PlacementSafeDayFilter,
        ("slot__intake", RowsFilter),
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
    inlines = [
        PlaceConditionInline,
        PlacementEventInline,
        FundingLineInline,
        SkillAchievedInline,
    ]
    fields = [
        ("application", "slot"),
        ("state_words", "version"),
        ("stay", "safe_until"),
        ("offered_at", "expires_at"),
        ("pathway", "agreement"),
        ("run", "publication"),
        "reason",
    ]
    readonly_fields = ["state_words", "stay", "safe_until"]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Lead to the page of the stay, where it can be changed."""
        row = self.get_object(request, object_id)
        context = {"stay": row and row.state in CHANGING_PLACEMENT_STATES}
        context |= extra_context or {}
        return super().change_view(request, object_id, form_url, context)

    def get_queryset(self, request):
        """Leave encrypted columns where they are."""
        rows = super().get_queryset(request).with_safe_day()
        return rows.defer(
            "application__participant__nik",
            "application__participant__passport",
            "application__participant__disability",
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
    list_filter = [("slot__intake", RowsFilter), "is_open"]
    list_select_related = ["slot", "application__participant"]
    search_fields = ["slot__code", "application__participant__code"]

    @display(description=_("participant"))
    def person(self, entry):
        return str(entry.application.participant)
