"""The form that brings a file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programs import transfer
from programs.choices import ImportKind
from programs.domain.actors import coordinates


def kinds_for(user):
    """Return (kind, label) of the files that somebody may bring."""
    return [
        (kind.value, kind.label)
        for kind in ImportKind
        if transfer.KINDS[str(kind)].is_for(user)
    ]


class UploadForm(forms.Form):
    """A file of rows, and what they are."""

    kind = forms.ChoiceField(label=_("What the rows are"))
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

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds_for(user)
        if not coordinates(user):  # nothing late is taken from anybody else
            del self.fields["reason"]
