"""Programs and their intakes."""

from functools import partial

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    RangeDateFilter,
)
from unfold.decorators import display

from programs.choices import (
    ApplicationState,
    IntakeState,
)
from programs.domain import intakes, programs
from programs.models import (
    Intake,
    Program,
    ProgramGoal,
    Slot,
)
from programs.roles import Permission

from .base import EVERYONE, DeskHistoryAdmin, DeskTabular
from .displays import StateColumn
from .filters import RowsFilter
from .program_rules import ProgramRuleInline
from .transitions import Move, MovesMixin
from .verbs import JudgedForm, reason_field
from .widgets import with_preview

MANAGERS = (Permission.MANAGE_PROGRAMS,)


class ProgramGoalInline(DeskTabular):
    """Measurable goals of a program."""

    model = ProgramGoal


class ProgramForm(JudgedForm):
    """A program; rules that would keep out who has a place change for a reason."""

    reason = reason_field()


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
    inlines = [ProgramRuleInline, ProgramGoalInline]
    form = ProgramForm
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
                    "condition",
                    "reason",
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        """Count intakes with the rows."""
        return super().get_queryset(request).annotate(intake_count=Count("intakes"))

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Let the form ask the domain whether the condition can be taken."""
        form = super().get_form(request, obj, change, **kwargs)
        form.judge = staticmethod(partial(_refused, by=request.user))
        return with_preview(form, of="program", row=obj)

    def save_model(self, request, obj, form, change):
        """Keep why the rules change, for the trail."""
        request.change_reason = form.cleaned_data.get("reason", "").strip()
        super().save_model(request, obj, form, change)

    def facts_of(self, request):
        """Return what the trail says of the change beside its fields."""
        reason = getattr(request, "change_reason", "")
        return {"reason": reason} if reason else {}

    @display(description=_("intakes"), ordering="intake_count")
    def num_intakes(self, program):
        return program.intake_count


def _refused(form, *, by):
    """Return the refusals of a program's rules as its form has filled them."""
    changed = [name for name in form.changed_data if name != "reason"]
    reason = form.cleaned_data.get("reason", "")
    refused = programs.of_rules(form.instance, by=by, changed=changed, reason=reason)
    return list(refused)


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
                    ("time_zone", "two_approvals"),
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
