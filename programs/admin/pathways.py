"""Pathways: chains of slots, and how many are expected to arrive."""

from django import forms
from django.contrib import admin

from programs.domain import pathways
from programs.models import Pathway, PathwayStep
from programs.roles import Permission

from .base import EVERYONE, DeskAdmin, DeskTabular
from .changes import ChangedRows
from .filters import RowsFilter
from .verbs import JudgedForm

MANAGERS = (Permission.MANAGE_PROGRAMS,)


class PathwaySteps(ChangedRows):
    """The steps of a pathway, judged together with it."""

    def clean(self):
        """Refuse what the domain refuses of the steps."""
        super().clean()
        if any(form.errors for form in self.forms):
            return
        steps = [
            form.instance
            for form in self.forms
            if form.cleaned_data.get("slot") and not form.cleaned_data.get("DELETE")
        ]
        for refusal in pathways.of_steps(steps):
            raise forms.ValidationError(str(refusal))


class PathwayStepInline(DeskTabular):
    """The slots of a pathway in order."""

    model = PathwayStep
    formset = PathwaySteps
    autocomplete_fields = ["slot"]
    tab = False


@admin.register(Pathway)
class PathwayAdmin(DeskAdmin):
    """Chains of slots: each teaches what the next requires."""

    form = JudgedForm
    readable_by = EVERYONE
    managed_by = MANAGERS
    program_paths = ("intake.program",)
    list_display = ["title", "code", "intake", "arrival_worth", "goal"]
    list_filter = [("intake", RowsFilter)]
    list_select_related = ["intake__program", "goal"]
    search_fields = ["code", "title_en", "title_id"]
    autocomplete_fields = ["intake"]
    inlines = [PathwayStepInline]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Let the form ask the domain whether the goal is one of the program."""
        form = super().get_form(request, obj, change, **kwargs)
        form.judge = staticmethod(lambda form: pathways.of_goal(form.instance))
        return form
