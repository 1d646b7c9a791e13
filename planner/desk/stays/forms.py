"""What a stay is to be: other days, or another slot of its host."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.choices import SlotState
from programs.models import Slot


class ChangeForm(forms.Form):
    """A change of a stay, as it is proposed."""

    starts_on = forms.DateField(
        label=_("Starts on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=_("Ends on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The first day after the stay."),
    )
    slot = forms.ModelChoiceField(
        Slot.objects.none(),
        label=_("Slot"),
        required=False,
        empty_label=_("the same slot"),
        help_text=_("In another slot the stay has its days, unless you change them."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, placement, user, **kwargs):
        days = {"starts_on": placement.starts_on, "ends_on": placement.ends_on}
        days = {name: day.isoformat() for name, day in days.items()}
        super().__init__(*args, initial=days, **kwargs)
        own = placement.slot
        others = Slot.objects.visible_to(user).filter(
            host=own.host_id, intake=own.intake_id, state=SlotState.OPEN
        )
        self.fields["slot"].queryset = others.exclude(pk=own.pk).order_by("code")

    def wanted(self):
        """Return what the verb is to be told; days that stay as they are go unsaid."""
        data = {name: value for name, value in self.cleaned_data.items() if value}
        if "slot" in data:
            same = set(data) & {"starts_on", "ends_on"} - set(self.changed_data)
            data = {name: value for name, value in data.items() if name not in same}
        return data
