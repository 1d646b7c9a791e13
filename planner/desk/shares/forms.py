"""The form that brings a base table."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.choices import QuotaKind
from programs.models import Intake


class BaseTableForm(forms.Form):
    """A table of provinces and people, and what its shares ask for."""

    intake = forms.ModelChoiceField(Intake.objects.none(), label=_("Intake"))
    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Bringing the same code again changes the same quotas."),
    )
    name_en = forms.CharField(label=_("Name (English)"), max_length=120)
    name_id = forms.CharField(label=_("Name (Indonesian)"), max_length=120)
    kind = forms.ChoiceField(label=_("Direction"), choices=QuotaKind)
    is_hard = forms.BooleanField(label=_("Hard"), required=False)
    price = forms.IntegerField(
        label=_("Price (points a person)"), min_value=0, max_value=10**6, initial=500
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or Excel (.xlsx) with the columns people and province_kemendagri or "
            "province_bps, one province a row."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def __init__(self, *args, intakes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["intake"].queryset = intakes
