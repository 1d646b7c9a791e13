"""Scenarios, runs and publications as tables, beside the pages made for them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from planner.desk.parts.phases import ending_of
from planner.models import AllocationRun, Publication, Scenario
from programs import clock, formats
from programs.admin.base import DeskAdmin
from programs.admin.displays import StateColumn
from programs.roles import Permission


@admin.register(Scenario)
class ScenarioAdmin(DeskAdmin):
    """Named sets of changes to try out."""

    managed_by = (Permission.PLAN,)
    list_display = ["name", "parent", "profile", "created_by", "created"]
    list_select_related = ["parent", "profile", "created_by"]
    search_fields = ["name", "description"]
    autocomplete_fields = ["intakes", "parent", "profile"]
    fieldsets = [
        (None, {"fields": ["name", "description", "intakes", ("parent", "profile")]}),
        (
            _("Changes"),
            {
                "fields": ["overrides"],
                "description": _(
                    "For example: budgets “SOURCE:2027” to 2000000000 or “+10%”, "
                    "capacities of a slot as min and max, quotas with value, price or "
                    "off, weights by name. A wrong entry is named when you save."
                ),
            },
        ),
    ]

    def is_open(self, scenario):
        """Keep a scenario as it was once a run rests on it."""
        return not scenario.runs.exists()

    def save_model(self, request, obj, form, change):
        """Note who made it."""
        if not change:
            obj.created_by, obj.created_at = request.user, clock.now()
        super().save_model(request, obj, form, change)

    @display(description=_("at"), ordering="created_at")
    def created(self, scenario):
        return formats.moment(scenario.created_at)


@admin.register(AllocationRun)
class AllocationRunAdmin(StateColumn, DeskAdmin):
    """Runs as rows, for auditors; people use the page of the run."""

    list_display = ["number", "state_label", "scenario", "created_by", "requested"]
    list_filter = [("state", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter)]
    list_select_related = ["scenario", "created_by"]
    search_fields = ["number", "input_digest", "result_digest"]
    exclude = ["progress", "summary", "tiers", "phases", "detail", "termination"]
    big = ["progress", "summary", "tiers", "parameters"]
    readonly_fields = ["ending"]

    def get_queryset(self, request):
        """Leave the big columns where they are."""
        return super().get_queryset(request).defer(*self.big)

    @display(description=_("why it ended"))
    def ending(self, run):
        return ending_of(run) or "–"

    @display(description=_("requested at"), ordering="created_at")
    def requested(self, run):
        return formats.moment(run.created_at)


@admin.register(Publication)
class PublicationAdmin(DeskAdmin):
    """The moments at which plans became decisions."""

    list_display = ["run", "published_by", "published", "num_placements"]
    list_select_related = ["run", "published_by"]
    search_fields = ["run__number", "result_digest"]

    @display(description=_("published at"), ordering="published_at")
    def published(self, publication):
        return formats.moment(publication.published_at)
