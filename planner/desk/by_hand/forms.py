"""The form that brings a plan made by hand."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HandPlanForm(forms.Form):
    """A file of people and slots."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or Excel (.xlsx) with the columns participant and slot; registered_by "
            "and intake where a code alone is not clear. An empty slot means no place."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
