"""Slots with what they require and teach, and pathways of slots."""

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
)
from unfold.decorators import display

from programs.choices import (
    LIVE_PLACEMENT_STATES,
    IntakeState,
    SlotState,
)
from programs.domain import promised, slots
from programs.models import (
    Pathway,
    PathwayStep,
    ResourceUse,
    SkillRequirement,
    Slot,
)
from programs.roles import Permission

from .base import EVERYONE, DeskAdmin, DeskHistoryAdmin, DeskTabular
from .displays import StateColumn, StayColumn
from .filters import RowsFilter
from .transitions import Move, MovesMixin
from .verbs import JudgedForm, VerbsMixin, reason_field
from .widgets import with_preview

MANAGERS = (Permission.MANAGE_PROGRAMS,)


class SkillRequirementInline(DeskTabular):
    """What a slot requires, prefers and teaches."""

    model = SkillRequirement
    autocomplete_fields = ["skill"]


class ResourceUseInline(DeskTabular):
    """What the slot uses up: each person, or the class as a whole."""

    model = ResourceUse
    autocomplete_fields = ["resource"]


SLOT_MOVES = (
    Move(
        SlotState.OPEN,
        _("Open the slot"),
        _("People can ask for the slot, and plans can fill it."),
        slots.open_,
        party=lambda slot, by: slots.require_opener(slot=slot, by=by),
        in_bulk=True,
    ),
    Move(
        SlotState.WITHDRAWN,
        _("Withdraw the slot"),
        _("Nobody can be placed in the slot any more."),
        slots.withdraw,
        party=lambda slot, by: slots.require_host(slot=slot, by=by),
        is_danger=True,
    ),
)


class SlotForm(JudgedForm):
    """A slot; rules that would keep out who has a place change for a reason."""

    reason = reason_field()


@admin.register(Slot)
class SlotAdmin(VerbsMixin, StateColumn, StayColumn, MovesMixin, DeskHistoryAdmin):
    """Places that hosts offer."""

    verbs = slots
    form = SlotForm
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
    ordering = ["code", "pk"]  # counting people would drop the model's own
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
                    "condition",
                    ("route", "agreement"),
                ]
            },
        ),
        (_("Language taught"), {"fields": [("taught_language", "taught_cefr")]}),
        (None, {"fields": ["reason"]}),
    ]

    def get_queryset(self, request):
        """Count the people placed with the rows."""
        live = Q(placements__state__in=LIVE_PLACEMENT_STATES)
        return (
            super()
            .get_queryset(request)
            .annotate(placed_count=Count("placements", filter=live))
        )

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Show what the condition means while it is typed."""
        form = super().get_form(request, obj, change, **kwargs)
        return with_preview(form, of="slot", row=obj)

    def problems(self, form, *, by):
        """Return the refusals of a slot as it is to be."""
        reason = form.cleaned_data.get("reason", "")
        return super().problems(form, by=by, entry={"reason": reason})

    def changed_of(self, form):
        """Leave out why the rules change: that is no field of the slot."""
        return tuple(name for name in form.changed_data if name != "reason")

    def save_model(self, request, obj, form, change):
        """Remember who passes before skills are saved, which hang on the slot."""
        if change:
            form.passed = promised.failing([obj.pk])
        super().save_model(request, obj, form, change)

    def tell(self, form, changed, **facts):
        """Write trail and events, with the reason; skills need one as rules do."""
        reason = form.cleaned_data.get("reason", "")
        if changed is not None and not reason.strip():
            promised.require_passing([form.instance.pk], form.passed, by=facts["by"])
        super().tell(form, changed, reason=reason, **facts)

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
