"""The form that brings a file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.choices import ImportKind


class UploadForm(forms.Form):
    """A file of rows, and what they are."""

    kind = forms.ChoiceField(choices=ImportKind, label=_("What the rows are"))
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or Excel (.xlsx). A sheet of your own may have any columns in any "
            "order: you see what each is taken for before anything is written."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    reason = forms.CharField(
        label=_("Reason for late rows, or for changed rules"),
        required=False,
        max_length=500,
        help_text=_(
            "Only where an intake takes applications no more and is not decided yet, "
            "or where somebody with an offer or a place would no longer pass; the "
            "trail keeps it with each row."
        ),
    )
