"""The forms of a scenario: its name, and its changes one by one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from planner.desk.scenarios.choices import change_of, hint_of
from planner.models import Scenario
from planner.models.overrides import validate_overrides


class ScenarioForm(forms.Form):
    """A name for a set of changes, and what it stands on."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("What is asked"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    parent = forms.ModelChoiceField(
        Scenario.objects.none(),
        label=_("On top of"),
        required=False,
        empty_label=_("the data as they are"),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Scenario.objects.visible_to(user).what_ifs()

    def clean_name(self):
        """Refuse a name that another what-if has."""
        name = self.cleaned_data["name"]
        if Scenario.objects.what_ifs().filter(name=name).exists():
            raise forms.ValidationError(_("A scenario of this name exists."))
        return name


class ChangeForm(forms.Form):
    """One change of a scenario: what, and to what."""

    target = forms.ChoiceField(label=_("What"), required=False)
    value = forms.CharField(label=_("To what"), required=False, max_length=80)

    def __init__(self, *args, targets, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["target"].choices = targets

    def clean(self):
        """Read the change in the form its group needs."""
        data = super().clean()
        group, _bar, key = data.get("target", "").partition("|")
        if not group:
            return data
        try:
            key, change = change_of(group, key, data["value"], self.user)
            validate_overrides({group: {key: change}})
        except ValueError as error:
            raise forms.ValidationError(
                _("Write %(hint)s.") % {"hint": hint_of(group, key)}
            ) from error
        data["change"] = (group, key, change)
        return data


class ChangesFormSet(forms.BaseFormSet):
    """The changes of one scenario; at least one."""

    def clean(self):
        """Refuse a scenario that changes nothing."""
        if not any(self.errors) and not self.overrides():
            raise forms.ValidationError(_("Name at least one change."))

    def overrides(self):
        """Return all changes in the stored form."""
        merged = {}
        for form in self.forms:
            if "change" in form.cleaned_data:
                group, key, change = form.cleaned_data["change"]
                merged.setdefault(group, {})[key] = change
        return merged


Changes = forms.formset_factory(ChangeForm, formset=ChangesFormSet, extra=5)
