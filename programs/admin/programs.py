"""Programs, intakes, slots, pathways and what slots share."""

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RangeDateFilter,
)
from unfold.decorators import display

from programs.choices import (
    LIVE_PLACEMENT_STATES,
    ApplicationState,
    IntakeState,
    SlotState,
)
from programs.domain import intakes, slots
from programs.models import (
    Intake,
    Pathway,
    PathwayStep,
    Program,
    ProgramGoal,
    ResourceUse,
    SharedResource,
    SkillRequirement,
    Slot,
)
from programs.roles import Permission

from .base import EVERYONE, DeskAdmin, DeskHistoryAdmin, DeskTabular
from .columns import StateColumn, StayColumn
from .filters import RowsFilter
from .moves import Move, MovesMixin

MANAGERS = (Permission.MANAGE_PROGRAMS,)


class ProgramGoalInline(DeskTabular):
    """Measurable goals of a program."""

    model = ProgramGoal


@admin.register(Program)
class ProgramAdmin(DeskHistoryAdmin):
    """Schemes of cooperation with their admission rules."""

    readable_by = EVERYONE
    managed_by = MANAGERS
    program_paths = ("",)
    list_display = [
        "title",
        "code",
        "kind",
        "priority_sector",
        "owner",
        "partner_country",
        "num_intakes",
    ]
    list_filter = [
        ("kind", ChoicesDropdownFilter),
        ("priority_sector", ChoicesDropdownFilter),
        ("owner", RowsFilter),
        ("partner_country", RowsFilter),
    ]
    list_select_related = ["owner", "partner_country"]
    search_fields = ["code", "title_en", "title_id"]
    autocomplete_fields = ["owner", "partner_country", "citizenship"]
    inlines = [ProgramGoalInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("title_en", "title_id"),
                    ("code", "owner"),
                    ("kind", "priority_sector"),
                    ("partner_country", "is_incoming"),
                    "legal_basis",
                    "description",
                ]
            },
        ),
        (
            _("Who may take part"),
            {
                "fields": [
                    ("citizenship", "min_kkni"),
                    ("min_age", "max_age"),
                    "isced_fields",
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        """Count intakes with the rows."""
        return super().get_queryset(request).annotate(intake_count=Count("intakes"))

    @display(description=_("intakes"), ordering="intake_count")
    def num_intakes(self, program):
        return program.intake_count


class SlotInline(DeskTabular):
    """The slots of an intake at a glance; each is edited on its own page."""

    model = Slot
    read_only = True
    show_change_link = True
    fields = ["code", "host", "city", "starts_on", "capacity_min", "capacity_max"]

    def get_queryset(self, request):
        """Bring hosts along."""
        return super().get_queryset(request).select_related("host")


INTAKE_MOVES = (
    Move(
        IntakeState.OPEN,
        _("Open"),
        _("Institutions can nominate people and hosts can propose slots."),
        intakes.open_,
    ),
    Move(
        IntakeState.CLOSED,
        _("Close"),
        _("No more applications are taken; hosts can rate, planners can plan."),
        intakes.close,
    ),
    Move(
        IntakeState.ALLOCATING,
        _("Hand to the planners"),
        _("Planners prepare a plan; nothing is decided before it is published."),
        intakes.start_allocating,
    ),
    Move(
        IntakeState.RUNNING,
        _("Start"),
        _("The stays have begun."),
        intakes.start,
    ),
    Move(
        IntakeState.COMPLETED,
        _("Complete"),
        _("All stays are over; the intake can no longer be changed."),
        intakes.complete,
    ),
    Move(
        IntakeState.CANCELLED,
        _("Cancel the intake"),
        _("The intake is called off for good. Hosts of its slots are told."),
        intakes.cancel,
        takes_reason=True,
        needs_reason=True,
        is_danger=True,
    ),
)


@admin.register(Intake)
class IntakeAdmin(StateColumn, MovesMixin, DeskHistoryAdmin):
    """Runs of a program with their dates and state."""

    moves = INTAKE_MOVES
    movers = MANAGERS

    readable_by = EVERYONE
    managed_by = MANAGERS
    program_paths = ("program",)
    list_display = [
        "code",
        "program",
        "state_label",
        "closes_on",
        "decide_by",
        "starts_on",
        "seats",
        "applicants",
    ]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("program", RowsFilter),
        ("decide_by", RangeDateFilter),
    ]
    list_select_related = ["program"]
    search_fields = ["code", "program__title_en", "program__title_id"]
    autocomplete_fields = ["program"]
    readonly_fields = ["state_words"]
    inlines = [SlotInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("program", "code"),
                    "state_words",
                    ("opens_on", "closes_on"),
                    "decide_by",
                    ("starts_on", "ends_on"),
                    ("max_choices", "offer_days"),
                ]
            },
        )
    ]

    def get_queryset(self, request):
        """Count applicants with the rows."""
        sent = ~Q(applications__state=ApplicationState.DRAFT)
        return (
            super()
            .get_queryset(request)
            .annotate(
                num_applicants=Count("applications", filter=sent, distinct=True),
            )
            .prefetch_related("slots")
        )

    def is_open(self, intake):
        """Keep what was decided as it was."""
        return intake.state not in {IntakeState.COMPLETED, IntakeState.CANCELLED}

    @display(description=_("seats"))
    def seats(self, intake):
        return sum(slot.capacity_max for slot in intake.slots.all())

    @display(description=_("applicants"), ordering="num_applicants")
    def applicants(self, intake):
        return intake.num_applicants


class SkillRequirementInline(DeskTabular):
    """What a slot requires, prefers and teaches."""

    model = SkillRequirement
    autocomplete_fields = ["skill"]


class ResourceUseInline(DeskTabular):
    """What each person in the slot uses up."""

    model = ResourceUse
    autocomplete_fields = ["resource"]


SLOT_MOVES = (
    Move(
        SlotState.OPEN,
        _("Open the slot"),
        _("People can wish for the slot, and plans can fill it."),
        slots.open_,
        in_bulk=True,
    ),
    Move(
        SlotState.WITHDRAWN,
        _("Withdraw the slot"),
        _("Nobody can be placed in the slot any more."),
        slots.withdraw,
        is_danger=True,
    ),
)


@admin.register(Slot)
class SlotAdmin(StateColumn, StayColumn, MovesMixin, DeskHistoryAdmin):
    """Places that hosts offer."""

    moves = SLOT_MOVES
    movers = (Permission.MANAGE_PROGRAMS, Permission.RATE)

    readable_by = EVERYONE
    managed_by = MANAGERS
    program_paths = ("intake.program",)
    list_display = [
        "role_title",
        "code",
        "host",
        "city",
        "stay",
        "capacity",
        "num_placed",
        "state_label",
    ]
    list_filter = [
        ("intake", RowsFilter),
        ("state", ChoicesDropdownFilter),
        ("country", RowsFilter),
        ("host", AutocompleteSelectFilter),
    ]
    list_select_related = ["host", "country", "intake__program"]
    search_fields = ["code", "role_title_en", "role_title_id", "city", "host__name"]
    autocomplete_fields = ["intake", "host", "country", "route", "agreement"]
    inlines = [SkillRequirementInline, ResourceUseInline]
    readonly_fields = ["state_words"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("role_title_en", "role_title_id"),
                    ("code", "state_words"),
                    ("intake", "host"),
                    ("city", "country"),
                    ("starts_on", "ends_on"),
                    ("capacity_min", "capacity_max"),
                    "note",
                ]
            },
        ),
        (
            _("Who may go"),
            {
                "fields": [
                    ("work_language", "min_cefr"),
                    ("min_kkni", "isced_fields"),
                    ("route", "agreement"),
                ]
            },
        ),
        (_("Language taught"), {"fields": [("taught_language", "taught_cefr")]}),
    ]

    def get_queryset(self, request):
        """Count the people placed with the rows."""
        live = Q(placements__state__in=LIVE_PLACEMENT_STATES)
        return (
            super()
            .get_queryset(request)
            .annotate(placed_count=Count("placements", filter=live))
        )

    def is_open(self, slot):
        """Keep what was decided as it was."""
        return slot.intake.state not in {IntakeState.COMPLETED, IntakeState.CANCELLED}

    @display(description=_("seats"), ordering="capacity_max")
    def capacity(self, slot):
        return f"{slot.capacity_min}–{slot.capacity_max}"

    @display(description=_("placed"), ordering="placed_count")
    def num_placed(self, slot):
        return slot.placed_count


class PathwayStepInline(DeskTabular):
    """The slots of a pathway in order."""

    model = PathwayStep
    autocomplete_fields = ["slot"]
    tab = False


@admin.register(Pathway)
class PathwayAdmin(DeskAdmin):
    """Chains of slots: each teaches what the next requires."""

    readable_by = EVERYONE
    managed_by = MANAGERS
    program_paths = ("intake.program",)
    list_display = ["title", "code", "intake"]
    list_filter = [("intake", RowsFilter)]
    list_select_related = ["intake__program"]
    search_fields = ["code", "title_en", "title_id"]
    autocomplete_fields = ["intake"]
    inlines = [PathwayStepInline]


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
