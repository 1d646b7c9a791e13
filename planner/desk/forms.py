"""The forms of the desk's own pages."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from planner.allocation.decisions.replan import CHANGE_PRICE
from planner.desk.frontier import MARK
from planner.desk.scenarios import HINTS, change_of
from planner.models import Scenario
from planner.models.overrides import validate_overrides
from programs.choices import ImportKind, IntakeState
from programs.models import Intake


def by_hand(user):
    """Return the scenarios people made and named, of those the reader may see."""
    return Scenario.objects.visible_to(user).exclude(name__startswith=MARK)


class RunForm(forms.Form):
    """What a planner asks for: which intakes, under which scenario, for how long."""

    intakes = forms.ModelMultipleChoiceField(
        Intake.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=_("Intakes"),
        help_text=_("Intakes planned together share budgets, quotas and resources."),
        error_messages={"required": _("Choose at least one intake.")},
    )
    scenario = forms.ModelChoiceField(
        Scenario.objects.none(),
        required=False,
        label=_("Scenario"),
        empty_label=_("the data as they are"),
        help_text=_("A scenario changes budgets, seats, quotas or weights by name."),
    )
    seconds = forms.IntegerField(
        label=_("Seconds at most"),
        initial=60,
        min_value=1,
        max_value=settings.ALLOCATION_MAX_SECONDS,
        help_text=_("The best plan found by then is kept."),
    )
    gap = forms.DecimalField(
        label=_("Good enough at (%)"),
        initial=0,
        min_value=0,
        max_value=100,
        decimal_places=3,
        help_text=_("Stop once the plan is proven this close to the best possible."),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=1,
        min_value=0,
        max_value=2**31 - 1,
        help_text=_("The same data, limits and seed give the same plan."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        ready = [IntakeState.CLOSED, IntakeState.ALLOCATING]
        intakes = Intake.objects.visible_to(user).filter(state__in=ready)
        self.fields["intakes"].queryset = intakes.select_related("program")
        if not self.initial.get("intakes"):
            # Most often everything that is closed is planned together.
            self.initial["intakes"] = [intake.pk for intake in intakes]
        self.fields["scenario"].queryset = by_hand(user)

    def limits(self):
        """Return the checked input as arguments of the verb."""
        data = self.cleaned_data
        return {
            "intakes": list(data["intakes"]),
            "scenario": data["scenario"],
            "seconds": data["seconds"],
            "gap": float(data["gap"]) / 100,
            "seed": data["seed"],
        }


class ReplanForm(forms.Form):
    """How dear it is to change what people were told."""

    change_price = forms.IntegerField(
        label=_("Price of a changed offer (points)"),
        initial=CHANGE_PRICE,
        min_value=0,
        help_text=_(
            "A change happens only where the plan gains more than this. Accepted "
            "offers cost three times as much, confirmed ones five times; who has "
            "departed stays."
        ),
    )
    seconds = forms.IntegerField(
        label=_("Seconds at most"),
        initial=60,
        min_value=1,
        max_value=settings.ALLOCATION_MAX_SECONDS,
    )

    def limits(self):
        """Return the checked input as arguments of the verb."""
        return self.cleaned_data


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
        self.fields["parent"].queryset = by_hand(user)

    def clean_name(self):
        """Refuse a name that is taken, or that looks like one of ours."""
        name = self.cleaned_data["name"]
        if name.startswith(MARK):
            raise forms.ValidationError(
                _("A name does not begin with %(mark)s.") % {"mark": MARK}
            )
        if Scenario.objects.filter(name=name).exists():
            raise forms.ValidationError(_("A scenario of this name exists."))
        return name


class ChangeForm(forms.Form):
    """One change of a scenario: what, and to what."""

    target = forms.ChoiceField(label=_("What"), required=False)
    value = forms.CharField(label=_("To what"), required=False, max_length=40)

    def __init__(self, *args, targets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = targets

    def clean(self):
        """Read the change in the form its group needs."""
        data = super().clean()
        group, _bar, key = data.get("target", "").partition("|")
        if not group:
            return data
        try:
            change = change_of(group, data["value"])
            validate_overrides({group: {key: change}})
        except ValueError as error:
            raise forms.ValidationError(
                _("Write %(hint)s.") % {"hint": HINTS[group]}
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


class CommentForm(forms.Form):
    """A comment that goes with a decision."""

    comment = forms.CharField(
        label=_("Comment"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )


class UploadForm(forms.Form):
    """A file of rows, and what they are."""

    kind = forms.ChoiceField(choices=ImportKind, label=_("What the rows are"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8) or Excel (.xlsx), with the column names in row 1."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
