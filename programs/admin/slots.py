"""Slots with what they require and teach."""

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
)
from unfold.decorators import display

from programs import clock
from programs.choices import LIVE_PLACEMENT_STATES, SlotState
from programs.domain import promised, slot_checks, slots
from programs.domain.actors import coordinates, runs_program
from programs.models import (
    Institution,
    Intake,
    ResourceUse,
    SkillRequirement,
    Slot,
)
from programs.roles import Permission, Role

from .base import EVERYONE, DeskHistoryAdmin, DeskTabular
from .displays import SafeDayColumn, StateColumn, StayColumn
from .fields import without
from .filters import RowsFilter, SlotSafeDayFilter
from .transitions import Move, MovesMixin
from .verbs import JudgedForm, VerbsMixin, reason_field
from .widgets import with_preview

MANAGERS = (Permission.MANAGE_PROGRAMS,)
OFFICERS_OWN = (
    *("min_kkni", "isced_fields", "route", "agreement"),
    *("taught_language", "taught_cefr"),
)
"""What officers say of a slot, and its host reads."""
FIXED = ("intake", "host", "code", "country", *OFFICERS_OWN)
"""What a host does not change of its slot."""


def hosts_of(user):
    """Return the ids of the institutions whose slots somebody offers."""
    return user.institution_ids(Role.PARTNER) if user.allows(Permission.RATE) else []


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
    host_id = None
    """The institution that offers; None where the form asks for it."""

    def _post_clean(self):
        if self.host_id and self.instance._state.adding:
            self.instance.host_id = self.host_id
        super()._post_clean()


@admin.register(Slot)
class SlotAdmin(
    VerbsMixin, StateColumn, StayColumn, SafeDayColumn, MovesMixin, DeskHistoryAdmin
):
    """Places that hosts offer."""

    verbs = slots
    form = SlotForm
    moves = SLOT_MOVES
    movers = (Permission.MANAGE_PROGRAMS, Permission.RATE)

    readable_by = EVERYONE
    managed_by = (Permission.MANAGE_PROGRAMS, Permission.RATE)
    program_paths = ("intake.program",)
    list_display = [
        "role_title",
        "code",
        "host",
        "city",
        "stay",
        "safe_until",
        "capacity",
        "num_placed",
        "state_label",
    ]
    ordering = ["code", "pk"]  # counting people would drop the model's own
    list_filter = [
        ("intake", RowsFilter),
        ("state", ChoicesDropdownFilter),
        SlotSafeDayFilter,
        ("country", RowsFilter),
        ("host", AutocompleteSelectFilter),
    ]
    list_select_related = ["host", "country", "intake__program"]
    search_fields = ["code", "role_title_en", "role_title_id", "city", "host__name"]
    autocomplete_fields = [
        *("intake", "host", "country", "province"),
        *("route", "agreement"),
    ]
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
                    "province",
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
            .with_safe_day()
        )

    def manages(self, request, row=None):
        """Let hosts write their own slots, coordinators those of their programs."""
        own = hosts_of(request.user)
        if row is None:
            return coordinates(request.user) or bool(own)
        return row.host_id in own or runs_program(request.user, row.intake.program)

    def has_change_permission(self, request, obj=None):
        """Let a slot be changed as long as the domain takes changes from the reader."""
        if not self.manages(request, obj):
            return False
        return obj is None or not any(
            slot_checks.of_intake(obj, by=request.user, is_new=False)
        )

    def get_fieldsets(self, request, obj=None):
        """Ask a host for what a host says of a slot."""
        fieldsets = super().get_fieldsets(request, obj)
        if coordinates(request.user):
            return fieldsets
        left_out = {"note"} if obj else {"note", "reason", "state_words", *OFFICERS_OWN}
        if not obj and len(hosts_of(request.user)) == 1:
            left_out.add("host")
        return without(fieldsets, left_out)

    def get_readonly_fields(self, request, obj=None):
        """Show a host what it cannot change of its slot."""
        fixed = FIXED if obj and not coordinates(request.user) else ()
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_autocomplete_fields(self, request):
        """Let a host choose among the few intakes that take slots."""
        fields = super().get_autocomplete_fields(request)
        hosts_own = () if coordinates(request.user) else ("intake",)
        return [name for name in fields if name not in hosts_own]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Offer a host only intakes that take slots."""
        if db_field.name == "intake" and not coordinates(request.user):
            intakes = Intake.objects.visible_to(request.user)
            kwargs["queryset"] = intakes.filter(state__in=slot_checks.STILL_OPEN)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_inline_instances(self, request, obj=None):
        """Leave what is shared to the coordinators, as the API does."""
        inlines = super().get_inline_instances(request, obj)
        if coordinates(request.user) or not self.manages(request, obj):
            return inlines
        return [each for each in inlines if not isinstance(each, ResourceUseInline)]

    def get_changeform_initial_data(self, request):
        """Begin with where the host is."""
        given = super().get_changeform_initial_data(request)
        own = [] if coordinates(request.user) else hosts_of(request.user)
        if len(own) != 1:
            return given
        host = Institution.objects.get(pk=own[0])
        own = {"city": host.city, "province": slots.province_of(host)}
        return {"country": host.country_id, **own, **given}

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Show officers what the condition means while it is typed: it names people."""
        form = super().get_form(request, obj, change, **kwargs)
        if coordinates(request.user):
            return with_preview(form, of="slot", row=obj)
        own = hosts_of(request.user)
        form.host_id = own[0] if len(own) == 1 else None
        return form

    def problems(self, form, *, by):
        """Return the refusals of a slot as it is to be."""
        reason = form.cleaned_data.get("reason", "")
        return super().problems(form, by=by, entry={"reason": reason})

    def changed_of(self, form):
        """Leave out why the rules change: that is no field of the slot."""
        return tuple(name for name in form.changed_data if name != "reason")

    def save_model(self, request, obj, form, change):
        """Propose a new slot by the verb, opened at once by who runs the program.

        Of one that is changed, remember who passes before skills are saved.
        """
        if change:
            form.passed = promised.failing([obj.pk])
            super().save_model(request, obj, form, change)
            return
        by, now = request.user, clock.now()
        opens = runs_program(by, obj.intake.program)
        entry = slots.Entry(obj, to=SlotState.OPEN if opens else None)
        slots.propose_many(entries=[entry], by=by, now=now)

    def tell(self, form, changed, **facts):
        """Write trail and events of a change; a new slot has told of itself.

        Skills need a reason as rules do.
        """
        if changed is None:
            return
        reason = form.cleaned_data.get("reason", "")
        if not reason.strip():
            promised.require_passing([form.instance.pk], form.passed, by=facts["by"])
        super().tell(form, changed, reason=reason, **facts)

    @display(description=_("seats"), ordering="capacity_max")
    def capacity(self, slot):
        return f"{slot.capacity_min}–{slot.capacity_max}"

    @display(description=_("placed"), ordering="placed_count")
    def num_placed(self, slot):
        return slot.placed_count
