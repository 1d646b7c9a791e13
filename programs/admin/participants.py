"""People and what hangs on them; what is personal stays masked."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
)
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from programs import clock
from programs.choices import Disability, Sex
from programs.domain import mergers, officers, participants, personal_data
from programs.domain.actors import coordinates
from programs.models import Application, Participant
from programs.refusals import Refusal
from programs.roles import Permission, Role

from .base import EVERYONE, OFFICERS, DeskHistoryAdmin, DeskTabular
from .facts import FactInline
from .fields import without
from .filters import RowsFilter
from .papers import (
    AvailabilityInline,
    EducationInline,
    EmploymentInline,
    LanguageCertificateInline,
    SkillClaimInline,
)
from .rights import RightsMixin
from .verbs import JudgedForm, VerbsMixin

MASK = "••••••••••••••••"
MASKED = (
    "masked_nik",
    "masked_passport",
    "masked_disability",
    "restricted_at",
    "erase_on",
)
"""What a new person cannot have."""


class ParticipantForm(JudgedForm):
    """A person; ids are written here and never shown again."""

    shown_as = {"nik": "new_nik", "passport": "new_passport"}

    new_nik = forms.CharField(
        label=_("NIK"),
        required=False,
        max_length=16,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "off", "inputmode": "numeric"}
        ),
        help_text=_("Sixteen digits; kept encrypted and never shown again."),
    )
    new_passport = forms.CharField(
        label=_("passport number"),
        required=False,
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("Of somebody without a NIK, or beside it."),
    )

    @property
    def changed_data(self):
        """The names of what changes, as the domain has them."""
        own = {shown: name for name, shown in self.shown_as.items()}
        return [own.get(name, name) for name in super().changed_data]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            # Without it a person whom nobody asked would be what stands first.
            if "sex" in self.fields:
                self.fields["sex"].choices = [("", "–"), *Sex.choices]
        elif "new_nik" in self.fields:
            self.fields["new_nik"].label = _("new NIK")
            self.fields["new_passport"].label = _("new passport number")

    registrar = None
    """The institution that registers; None where the form asks for it."""

    def _post_clean(self):
        if self.registrar and self.instance._state.adding:
            self.instance.registered_by_id = self.registrar
        for name, shown in self.shown_as.items():
            if written := self.cleaned_data.get(shown, "").strip():
                setattr(self.instance, name, written)
        super()._post_clean()


class ApplicationInline(DeskTabular):
    """Where the person applied, read here."""

    model = Application
    read_only = True
    show_change_link = True
    fields = ["intake", "state", "nominated_by", "merit_score"]

    def get_queryset(self, request):
        """Show applications the reader may see."""
        rows = super().get_queryset(request).visible_to(request.user)
        return rows.select_related("intake__program", "nominated_by")


@admin.register(Participant)
class ParticipantAdmin(RightsMixin, VerbsMixin, DeskHistoryAdmin):
    """People who may take part."""

    verbs = participants
    form = ParticipantForm
    readable_by = EVERYONE
    managed_by = (Permission.MANAGE_PROGRAMS, Permission.NOMINATE)
    change_form_outer_before_template = "desk/tables/person_buttons.html"
    list_display = [
        "full_name_",
        "code",
        "sex",
        "province",
        "home_institution",
        "kkni",
        "isced_f",
    ]
    list_filter = [
        ("province", RowsFilter),
        ("sex", ChoicesDropdownFilter),
        ("home_institution", AutocompleteSelectFilter),
        "kkni",
        ("citizenship", RowsFilter),
        ("restricted_at", admin.EmptyFieldListFilter),
        ("erase_on", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["province", "home_institution"]
    search_fields = ["code", "given_name", "family_name"]
    autocomplete_fields = [
        "citizenship",
        "province",
        "regency",
        "home_institution",
        "registered_by",
    ]
    inlines = [
        SkillClaimInline,
        LanguageCertificateInline,
        AvailabilityInline,
        EducationInline,
        EmploymentInline,
        FactInline,
        ApplicationInline,
    ]
    readonly_fields = list(MASKED)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("given_name", "family_name"),
                    ("code", "registered_by"),
                    ("birth_date", "sex"),
                    ("citizenship", "email"),
                    ("province", "regency"),
                ]
            },
        ),
        (
            _("Study and work"),
            {"fields": ["home_institution", ("kkni", "isced_f")]},
        ),
        (
            _("Protected"),
            {
                "fields": [
                    ("new_nik", "new_passport"),
                    ("masked_nik", "masked_passport"),
                    "masked_disability",
                    ("restricted_at", "erase_on"),
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        """Leave encrypted columns where they are."""
        return super().get_queryset(request).defer("nik", "passport", "disability")

    def manages(self, request, row=None):
        """Let partners write the people whom their own institution registered."""
        if not super().manages(request, row) or coordinates(request.user):
            return super().manages(request, row)
        own = request.user.institution_ids(Role.PARTNER)
        return bool(own) if row is None else officers.is_sender(row, request.user)

    def get_fieldsets(self, request, obj=None):
        """Ask nobody what is known already, or may not be written."""
        fieldsets = super().get_fieldsets(request, obj)
        left_out = set() if obj else set(MASKED)
        if not self._may_write(request, obj):
            left_out |= set(ParticipantForm.shown_as.values())
        if self._registrar(request):
            left_out.add("registered_by")
        return without(fieldsets, left_out)

    def _may_write(self, request, obj):
        if obj is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, obj)

    def _registrar(self, request):
        """Return the institution that registers, where there is only one it can be."""
        if coordinates(request.user):
            return None
        own = request.user.institution_ids(Role.PARTNER)
        return own[0] if len(own) == 1 else None

    def get_changeform_initial_data(self, request):
        """Begin with what most people of a school have in common."""
        given = super().get_changeform_initial_data(request)
        own = self._registrar(request)
        return {"home_institution": own, "citizenship": "ID", **given} if own else given

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Let a partner's form know who registers."""
        form = super().get_form(request, obj, change, **kwargs)
        form.registrar = self._registrar(request)
        return form

    def problems(self, form, *, by, **facts):
        """Let the domain judge, which asks what day it is."""
        return super().problems(form, by=by, now=clock.now())

    def save_model(self, request, obj, form, change):
        """Register a new person by the verb, which knows humans by their ids."""
        if change:
            super().save_model(request, obj, form, change)
            return
        entry = participants.Entry(obj)
        participants.register_many(entries=[entry], by=request.user, now=clock.now())

    def tell(self, form, changed, **facts):
        """Write trail and events of a change; a registration has told of itself."""
        if changed is not None:
            super().tell(form, changed, **facts)

    def is_open(self, participant):
        """Leave the shell of an erased person alone."""
        return participant.erased_at is None and participant.merged_into_id is None

    def get_urls(self):
        """Add the page that shows what is masked."""
        page = self.admin_site.admin_view(self.reveal_view)
        name = "programs_participant_reveal"
        return [path("<path:object_id>/reveal/", page, name=name), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Note that a human has read the full record, and offer what may be done."""
        person = self.get_object(request, object_id)
        if person is not None and request.method == "GET":
            personal_data.note_reading(
                participant=person, by=request.user, now=clock.now()
            )
        may = {
            "may_reveal": request.user.allows(Permission.REVEAL_PERSON),
            "may_speak": person is not None
            and officers.is_sender(person, request.user),
            "may_explain": self.allows_any(request, OFFICERS),
            "former": mergers.former(person)
            if person and self.allows_any(request, OFFICERS)
            else (),
        }
        return super().change_view(
            request, object_id, form_url, {**may, **(extra_context or {})}
        )

    def reveal_view(self, request, object_id):
        """Ask what for, then show NIK and disability once; the reason is kept."""
        if not request.user.allows(Permission.REVEAL_PERSON):
            raise PermissionDenied
        person = self.visible_or_404(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Show protected data"),
            "person": person,
        }
        if request.method == "POST":
            try:
                shown = personal_data.reveal(
                    participant=person,
                    by=request.user,
                    reason=request.POST.get("reason", ""),
                    now=clock.now(),
                )
            except Refusal as refusal:
                context["refusal"] = str(refusal)
            else:
                disability = dict(Disability.choices).get(shown.disability)
                context |= {"shown": shown, "disability": disability}
        return TemplateResponse(request, "desk/tables/reveal.html", context)

    @display(description=_("name"), ordering="given_name")
    def full_name_(self, participant):
        return participant.full_name

    @display(description=_("NIK"))
    def masked_nik(self, participant):
        if participant.nik_is_doubtful:
            return _("%(mask)s – to be confirmed: it holds another date of birth") % {
                "mask": MASK
            }
        return MASK if participant.nik_hash else _("not recorded")

    @display(description=_("passport number"))
    def masked_passport(self, participant):
        return MASK if participant.passport_hash else _("not recorded")

    @display(description=_("disability"))
    def masked_disability(self, participant):
        return MASK
