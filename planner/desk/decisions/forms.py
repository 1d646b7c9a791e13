"""The forms of the desk's own pages."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from planner.allocation.decisions.replan import CHANGE_PRICE, MOST
from planner.models import Scenario
from programs.choices import IntakeState
from programs.figures import Figure, Whole
from programs.models import Intake


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
    seconds = Whole(
        label=_("Seconds at most"),
        initial=60,
        min_value=1,
        max_value=settings.ALLOCATION_MAX_SECONDS,
        help_text=_("The best plan found by then is kept."),
    )
    gap = Figure(
        label=_("Good enough at (%)"),
        initial=0,
        min_value=0,
        max_value=100,
        decimal_places=3,
        is_share=True,
        help_text=_("Stop once the plan is proven this close to the best possible."),
    )
    seed = Whole(
        label=_("Seed"),
        initial=1,
        min_value=0,
        max_value=2**31 - 1,
        help_text=_(
            "The same data, limits and seed give the same plan, unless the clock cuts "
            "the search; the page of the run says which."
        ),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        ready = [IntakeState.CLOSED, IntakeState.ALLOCATING]
        intakes = Intake.objects.visible_to(user).filter(state__in=ready)
        self.fields["intakes"].queryset = intakes.select_related("program")
        if not self.initial.get("intakes"):
            # Most often everything that is closed is planned together.
            self.initial["intakes"] = [intake.pk for intake in intakes]
        self.fields["scenario"].queryset = Scenario.objects.visible_to(user).what_ifs()

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

    most_changes = Whole(
        label=_("People who may lose or change their place, at most"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=_(
            "Empty: no limit. Where what has changed forces more, there is no plan, "
            "and the page says how many it takes."
        ),
    )
    change_price = Whole(
        label=_("Price of a changed offer (points)"),
        initial=CHANGE_PRICE,
        min_value=0,
        max_value=MOST,
        help_text=_(
            "Moving somebody happens only where the plan gains more than this, taking "
            "a place away costs twice as much. Accepted offers cost three times, "
            "confirmed ones five times; who has departed stays."
        ),
    )
    seconds = Whole(
        label=_("Seconds at most"),
        initial=60,
        min_value=1,
        max_value=settings.ALLOCATION_MAX_SECONDS,
    )

    def limits(self):
        """Return the checked input as arguments of the verb."""
        return self.cleaned_data


class CommentForm(forms.Form):
    """A comment that goes with a decision."""

    comment = forms.CharField(
        label=_("Comment"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
