"""What the ministry wants to know of people besides what every record holds."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from programs import clock
from programs.domain import facts
from programs.domain.actors import coordinates
from programs.models import FactDefinition, PersonFact

from .base import DeskTabular
from .changes import ChangedRows
from .geography import ReferenceAdmin

MASK = "••••••••"


class FactForm(forms.ModelForm):
    """A fact as an officer states or confirms it; what is sensitive stays masked."""

    is_verified = forms.BooleanField(label=_("verified"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding or "value" not in self.fields:
            return
        if self.stays:
            for field in self.fields.values():
                field.disabled = True
        if "is_verified" in self.fields:
            self.fields["is_verified"].initial = self.instance.verified_at is not None
        if self.instance.definition.is_sensitive:
            self.initial["value"] = ""
            self.fields["value"].required = False
            self.fields["value"].widget.attrs["placeholder"] = MASK

    @property
    def stays(self):
        """Whether an officer has confirmed it, and who is signed in is none."""
        return facts.is_officers(self.instance) and not coordinates(self.by)

    def clean_value(self):
        """Keep what is masked unless it is written anew."""
        value = self.cleaned_data["value"]
        is_kept = not value and not self.instance._state.adding
        return self.instance.value if is_kept else value

    def _post_clean(self):
        super()._post_clean()
        if self.errors or not self.has_changed():
            return
        row = self.instance
        for refusal in facts.of_row(row, by=self.by):
            field = refusal.field if refusal.field in self.fields else None
            self.add_error(field, str(refusal))
        if self.cleaned_data.get("is_verified") and coordinates(self.by):
            facts.confirm(row, self.by, clock.now())
        else:
            row.verified_at, row.verified_by = None, ""


class FactRows(ChangedRows):
    """Facts, saved with who has confirmed them; what is confirmed officers change."""

    def add_fields(self, form, index):
        """Offer no deleting of what only an officer may take away."""
        super().add_fields(form, index)
        if not form.instance._state.adding and form.stays and self.can_delete:
            form.fields["DELETE"].disabled = True

    def save_existing(self, form, obj, commit=True):
        """Save a fact as a whole: that it is confirmed is no field of its form."""
        if commit:
            form.instance.save()
        return form.instance


class FactInline(DeskTabular):
    """What the ministry wants to know of the person."""

    model = PersonFact
    form = FactForm
    formset = FactRows
    fields = [
        "definition",
        "value",
        "valid_from",
        "valid_to",
        "evidence",
        "is_verified",
    ]

    def get_queryset(self, request):
        """Bring the definitions along."""
        return super().get_queryset(request).select_related("definition")

    def get_fields(self, request, obj=None):
        """Show values to who only reads, but never what is sensitive.

        What somebody states about own people, officers confirm.
        """
        if self.has_add_permission(request, obj):
            officers_own = () if coordinates(request.user) else ("is_verified",)
            return [name for name in self.fields if name not in officers_own]
        shown = {"value": "shown_value", "is_verified": "verified_at"}
        return [shown.get(name, name) for name in self.fields]

    def get_readonly_fields(self, request, obj=None):
        """Return what is shown in the place of the form's own fields."""
        if self.has_add_permission(request, obj):
            return []
        return ["shown_value", "verified_at"]

    @display(description=_("value"))
    def shown_value(self, fact):
        return MASK if fact.definition.is_sensitive else fact.value

    def get_formset(self, request, obj=None, **kwargs):
        """Tell the forms who is signed in."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.by = request.user
        return formset


@admin.register(FactDefinition)
class FactDefinitionAdmin(ReferenceAdmin):
    """What the ministry wants to know of people, besides what every record holds."""

    list_display = [
        "name",
        "code",
        "kind",
        "unit",
        "valid_months",
        "stated_by",
        "is_verified",
        "is_sensitive",
    ]
    list_filter = [("kind", ChoicesDropdownFilter), "is_sensitive"]
    search_fields = ["code", "name_en", "name_id"]
