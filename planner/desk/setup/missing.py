"""What a step lacks and the coordinator adds on the way."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.choices import InstitutionKind
from programs.domain import senders
from programs.models import Country


class HostForm(forms.Form):
    """A host that is in no list yet."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in senders.HOSTS],
        initial=InstitutionKind.COMPANY,
    )
    country = forms.ModelChoiceField(
        Country.objects.all(), label=_("Country"), empty_label=None
    )
    city = forms.CharField(label=_("City"), max_length=100)

    def __init__(self, data=None, *, intake):
        partner = intake.program.partner_country_id
        super().__init__(data, initial={"country": partner}, prefix="host")

    def save(self, *, by, now):
        """Add the host."""
        return senders.add_host(by=by, now=now, **self.cleaned_data)
