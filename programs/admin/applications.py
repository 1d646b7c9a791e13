"""Applications with their wishes, ratings and pins; teams."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
)
from unfold.decorators import display

from programs import clock, formats
from programs.choices import ApplicationState, PinKind
from programs.domain import application_checks, applications, group_pins, pins
from programs.domain.actors import require_sender
from programs.models import (
    Application,
    HostRating,
    Pathway,
    Pin,
    Preference,
    Slot,
    Team,
)
from programs.refusals import Refusal
from programs.roles import Permission

from .base import EVERYONE, DeskAdmin, DeskTabular
from .changes import ChangedRows
from .displays import StateColumn
from .filters import RowsFilter
from .transitions import Move, MovesMixin
from .verbs import JudgedForm, VerbsMixin

MANAGERS = (Permission.MANAGE_PROGRAMS,)
PINNERS = (Permission.MANAGE_PROGRAMS, Permission.PLAN)


class WishesFormSet(ChangedRows):
    """Ranked wishes, judged together as a verb judges them."""

    by = None

    def clean(self):
        """Refuse what the domain refuses, once each wish is in order by itself."""
        super().clean()
        if any(self.errors) or not self.has_changed():
            return
        intake = self.instance.intake
        reason, now = self.data.get("reason", ""), clock.now()
        refusals = [
            *application_checks.of_intake(intake, by=self.by, now=now, reason=reason),
            *application_checks.of_wishes(intake, self._wishes()),
        ]
        if refusals:
            raise forms.ValidationError([str(refusal) for refusal in refusals])

    def _wishes(self):
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        kept.sort(key=lambda wish: wish["rank"])
        return [wish.get("slot") or wish.get("pathway") for wish in kept]


class PreferenceInline(DeskTabular):
    """Ranked wishes."""

    model = Preference
    formset = WishesFormSet

    def get_formset(self, request, obj=None, **kwargs):
        """Let the wishes be judged on behalf of whoever is signed in."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.by = request.user
        return formset

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
    fields = ["slot", "pathway", "kind", "reason", "until", "created_by", "created_at"]

    def get_queryset(self, request):
        """Bring slots and pathways along."""
        rows = super().get_queryset(request)
        return rows.select_related("slot", "pathway", "created_by")


def told_apart(slot):
    """Return a slot as coordinators choose it, another host's with its host."""
    return f"{slot.role_title} ({slot.name})"


class PinForm(forms.Form):
    """A coordinator's binding word on one slot, or one pathway, for this person."""

    slot = forms.ModelChoiceField(Slot.objects.none(), label=_("Slot"), required=False)
    pathway = forms.ModelChoiceField(
        Pathway.objects.none(), label=_("Pathway"), required=False
    )
    kind = forms.ChoiceField(choices=PinKind, label=_("What"))
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3})
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("Empty: for ever."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, intake, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slot"].queryset = intake.slots.open()
        self.fields["slot"].label_from_instance = told_apart
        self.fields["pathway"].queryset = intake.pathways.all()


WITHDRAW = Move(
    ApplicationState.WITHDRAWN,
    _("Withdraw the application"),
    _("The person leaves the intake; a place not yet begun is given back."),
    applications.withdraw,
    party=require_sender,
    takes_reason=True,
    is_danger=True,
)


class ApplicationForm(JudgedForm):
    """An application; one that comes late needs a reason, which the trail keeps."""

    reason = forms.CharField(
        label=_("Reason for coming late"),
        required=False,
        max_length=500,
        help_text=_("Where the intake takes applications no more."),
    )


@admin.register(Application)
class ApplicationAdmin(VerbsMixin, StateColumn, MovesMixin, DeskAdmin):
    """Who wishes to take part in what."""

    verbs = applications
    change_form_outer_before_template = "desk/tables/application_buttons.html"
    form = ApplicationForm
    moves = (WITHDRAW,)
    movers = (Permission.MANAGE_PROGRAMS, Permission.NOMINATE)

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
    readonly_fields = ["state_words", "submitted_at"]
    inlines = [PreferenceInline, HostRatingInline, PinInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("participant", "intake"),
                    ("nominated_by", "team"),
                    ("state_words", "submitted_at"),
                    ("merit_score", "carry_over_points"),
                    "note",
                    "reason",
                ]
            },
        )
    ]

    def problems(self, form, *, by):
        """Return the refusals of an application as it is to be."""
        reason = form.cleaned_data["reason"]
        return super().problems(form, by=by, now=clock.now(), reason=reason)

    def changed_of(self, form):
        """Leave out why it comes late: that is no field of the application."""
        return tuple(name for name in form.changed_data if name != "reason")

    def save_model(self, request, obj, form, change):
        """Send what is new; hold the intake, so that no plan is decided meanwhile."""
        applications.hold(obj)
        if not change:
            obj.state = ApplicationState.SUBMITTED
            obj.submitted_at = clock.now()
        super().save_model(request, obj, form, change)

    def tell(self, form, changed, **facts):
        """Write trail and events, with the reason of what came late."""
        reason = form.cleaned_data["reason"]
        super().tell(form, changed, reason=reason, **facts)

    def get_queryset(self, request):
        """Leave encrypted columns where they are."""
        rows = super().get_queryset(request)
        return rows.defer(
            "participant__nik", "participant__passport", "participant__disability"
        )

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

    def get_urls(self):
        """Add the page where somebody is pinned to a slot or kept out of it."""
        page = self.admin_site.admin_view(self.pin_view)
        name = "programs_application_pin"
        return [path("<path:object_id>/pin/", page, name=name), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Offer to pin, to those who may."""
        more = {
            "may_pin": self.allows_any(request, PINNERS),
            "may_link": self._may_link(request, object_id),
        }
        more |= extra_context or {}
        return super().change_view(request, object_id, form_url, more)

    def _may_link(self, request, object_id):
        """Return whether the reader may make links to the person's own page."""
        application = self.get_object(request, object_id)
        if application is None:
            return False
        try:
            require_sender(application, request.user)
        except Refusal:
            return False
        return application.participant.erased_at is None

    def pin_view(self, request, object_id):
        """Pin the person to a slot, keep the person out of it, or take that back."""
        if not self.allows_any(request, PINNERS):
            raise PermissionDenied
        application = self.visible_or_404(request, object_id)
        form = PinForm(request.POST or None, intake=application.intake)
        if request.method == "POST" and self._decide_pin(request, application, form):
            return redirect("admin:programs_application_pin", application.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Pin or keep out: %(person)s")
            % {"person": application.participant.full_name},
            "application": application,
            "pins": application.pins.select_related("slot", "pathway", "created_by"),
            "groups": group_pins.about(application),
            "form": form,
        }
        return TemplateResponse(request, "desk/tables/pin.html", context)

    def _decide_pin(self, request, application, form):
        """Call the verb of the button that was pressed; return whether it went well."""
        by, now = request.user, clock.now()
        try:
            if "remove" in request.POST:
                pin = get_object_or_404(application.pins, pk=request.POST["remove"])
                pins.remove(pin=pin, by=by, now=now)
            elif not form.is_valid():
                return False
            else:
                told = dict(form.cleaned_data)
                verb = pins.pin if told.pop("kind") == PinKind.PIN else pins.forbid
                verb(application=application, by=by, now=now, **told)
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return False
        self.message_user(request, _("Done."), messages.SUCCESS)
        return True

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
    list_display = ["name", "code", "institution", "intake"]
    list_filter = [
        ("intake", RowsFilter),
        ("institution", AutocompleteSelectFilter),
    ]
    list_select_related = ["institution", "intake__program"]
    search_fields = ["code", "name", "institution__code", "institution__name"]
    autocomplete_fields = ["intake", "institution"]
