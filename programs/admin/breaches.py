"""The register of data breaches: noted by administrators, read by auditors."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from programs import clock, formats
from programs.domain import breaches
from programs.models import Breach
from programs.roles import Permission

from .base import DeskAdmin
from .changes import FreshForm


class BreachForm(FreshForm):
    """What is known; telling is ticked when it was done."""

    tell_people = forms.BooleanField(
        label=_("The people concerned were told now"), required=False
    )
    tell_authority = forms.BooleanField(
        label=_("The authority was told now"), required=False
    )

    class Meta:
        model = Breach
        fields = [
            "found_at",
            "what_happened",
            "data_concerned",
            "num_people",
            "measures",
        ]

    def clean_found_at(self):
        """Refuse a day to come."""
        found_at = self.cleaned_data["found_at"]
        if found_at > clock.now():
            raise forms.ValidationError(_("It cannot have been found after now."))
        return found_at


@admin.register(Breach)
class BreachAdmin(DeskAdmin):
    """What happened to whose data, and whether it was told in time."""

    readable_by = (Permission.VIEW_ALL, Permission.MANAGE_USERS)
    managed_by = (Permission.MANAGE_USERS,)
    form = BreachForm
    list_display = ["data_concerned", "num_people", "found", "due", "told"]
    search_fields = ["data_concerned"]
    readonly_fields = ["due", "told"]

    def get_readonly_fields(self, request, obj=None):
        """Keep what was noted; only telling and measures are added."""
        noted = ["found_at", "what_happened", "data_concerned", "num_people"]
        return [*self.readonly_fields, *(noted if obj else [])]

    def _audit(self, request, action, row, message):
        """Write nothing more: the verbs have told the trail."""

    def save_model(self, request, obj, form, change):
        """Note the breach, or who was told of it."""
        data, now = form.cleaned_data, clock.now()
        if not change:
            names = ("found_at", "what_happened", "data_concerned", "num_people")
            facts = {name: data[name] for name in (*names, "measures")}
            made = breaches.record(by=request.user, now=now, **facts)
            obj.__dict__.update(made.__dict__)
        if change or data["tell_people"] or data["tell_authority"]:
            breaches.tell(
                breach=obj,
                by=request.user,
                now=now,
                people=data["tell_people"],
                authority=data["tell_authority"],
                measures=data.get("measures", ""),
            )

    @display(description=_("found at"), ordering="found_at")
    def found(self, breach):
        return formats.moment(breach.found_at)

    @display(description=_("telling due at"), ordering="due_at")
    def due(self, breach):
        return formats.moment(breach.due_at) if breach.due_at else "–"

    @display(description=_("told"))
    def told(self, breach):
        people, authority = breach.people_told_at, breach.authority_told_at
        return ", ".join(
            f"{who}: {formats.moment(at) if at else '–'}"
            for who, at in ((_("people"), people), (_("authority"), authority))
        )
