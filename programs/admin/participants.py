"""People: skills, certificates, availability; what is personal stays masked."""

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

from programs import clock
from programs.choices import Disability
from programs.domain import mergers, officers, participants, personal_data
from programs.models import (
    Application,
    Availability,
    LanguageCertificate,
    Participant,
    SkillClaim,
)
from programs.refusals import Refusal
from programs.roles import Permission

from .base import EVERYONE, OFFICERS, DeskHistoryAdmin, DeskTabular
from .facts import EducationInline, EmploymentInline, FactInline
from .filters import RowsFilter
from .rights import RightsMixin
from .verbs import VerbsMixin

MASK = "••••••••••••••••"


class SkillClaimInline(DeskTabular):
    """Skills with level and evidence."""

    model = SkillClaim
    autocomplete_fields = ["skill"]

    def get_queryset(self, request):
        """Bring skills along."""
        return super().get_queryset(request).select_related("skill")


class LanguageCertificateInline(DeskTabular):
    """Passed language tests with their expiry."""

    model = LanguageCertificate


class AvailabilityInline(DeskTabular):
    """When the person is free."""

    model = Availability


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
    readable_by = EVERYONE
    managed_by = (Permission.MANAGE_PROGRAMS,)
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
    readonly_fields = [
        "masked_nik",
        "masked_passport",
        "masked_disability",
        "restricted_at",
        "erase_on",
    ]
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

    def problems(self, form, *, by, **facts):
        """Let the domain judge, which asks what day it is."""
        return super().problems(form, by=by, now=clock.now())

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
