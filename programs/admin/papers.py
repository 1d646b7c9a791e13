"""What people can do and when they are free: lines judged by the domain."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from programs import clock
from programs.domain import participants
from programs.models import (
    Availability,
    Education,
    Employment,
    LanguageCertificate,
    LanguageScale,
    SkillClaim,
)

from .base import DeskTabular
from .changes import ChangedRows

OF_SCALE = ("language", "test", "band", "scale_version", "cefr")
"""What follows from a line of the reference table."""


class JudgedRows(ChangedRows):
    """Lines of a person, judged together as a verb judges them.

    ``list_name`` is what the domain calls the list.
    """

    list_name = ""

    def clean(self):
        """Show each refusal at the line that it is about."""
        super().clean()
        if any(self.errors) or not self.has_changed():
            return
        kept = [
            form
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        rows = [form.instance for form in kept]
        for refusal in participants.of_list(self.list_name, rows, now=clock.now()):
            _name, line, *field = refusal.field.split("/")
            if field == [self.fk.name]:  # a new person, saved before its lines
                continue
            form = kept[int(line)]
            known = field and field[0] in form.fields
            form.add_error(field[0] if known else None, str(refusal))


class JudgedInline(DeskTabular):
    """Lines of a person; ``list_name`` is what the domain calls them."""

    formset = JudgedRows
    list_name = ""

    def get_formset(self, request, obj=None, **kwargs):
        """Tell the rows which list they are."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.list_name = self.list_name
        return formset


class SkillClaimInline(JudgedInline):
    """Skills with level and evidence."""

    model = SkillClaim
    list_name = "skills"
    autocomplete_fields = ["skill"]

    def get_queryset(self, request):
        """Bring skills along."""
        return super().get_queryset(request).select_related("skill")


class CertificateForm(forms.ModelForm):
    """A passed test: band and level follow from the reference, nobody types them."""

    scale = forms.ModelChoiceField(
        LanguageScale.objects.order_by("language", "test", "version", "cefr", "band"),
        label=_("test and band"),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "scale" not in self.fields:  # of somebody who only reads
            return
        self.fields["scale"].label_from_instance = named
        row = self.instance
        if row._state.adding:
            return
        scales = self.fields["scale"].queryset
        self.initial["scale"] = scales.filter(
            test=row.test, band=row.band, version=row.scale_version
        ).first()
        # One of a table that is no longer there stays as it is.
        self.fields["scale"].required = self.initial["scale"] is not None

    @property
    def changed_data(self):
        """The columns that change: those of another band are five."""
        changed = super().changed_data
        own = [name for name in changed if name != "scale"]
        return [*own, *OF_SCALE] if "scale" in changed else own

    def _post_clean(self):
        scale = self.cleaned_data.get("scale")
        if scale is not None:
            row = self.instance
            row.language, row.cefr = scale.language, scale.cefr
            row.test, row.band = scale.test, scale.band
            row.scale_version = scale.version
        super()._post_clean()


def named(scale):
    """Return how a band is called in a list: language, test, band, worth."""
    told = f"{scale.language}: {scale.test} {scale.band} = {scale.cefr}"
    return f"{told} ({scale.version})"


class LanguageCertificateInline(JudgedInline):
    """Passed language tests with their expiry."""

    model = LanguageCertificate
    form = CertificateForm
    list_name = "languages"
    fields = ["scale", "score", "taken_on", "valid_to"]

    def get_fields(self, request, obj=None):
        """Show the columns themselves to who only reads."""
        if self.has_add_permission(request, obj):
            return self.fields
        return [*OF_SCALE, *self.fields[1:]]


class AvailabilityInline(JudgedInline):
    """When the person is free."""

    model = Availability
    list_name = "availability"


class EducationInline(JudgedInline):
    """Studies, finished and going on."""

    model = Education
    list_name = "education"


class EmploymentInline(JudgedInline):
    """Jobs, past and present."""

    model = Employment
    list_name = "employment"
