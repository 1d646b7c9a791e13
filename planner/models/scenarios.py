"""Scenarios: what if a budget, a capacity, a quota or a weight were different."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.models import Intake, ObjectiveProfile, User
from programs.models.base import PublicModel

from .overrides import stacked, validate_overrides
from .states import ScenarioPurpose


class ScenarioQuerySet(models.QuerySet):
    """Scenarios, narrowed to what somebody may see."""

    def visible_to(self, user):
        """Coordinators see scenarios of their own programs, partners none."""
        return access.restrict(self, user, institution=None, program="intakes__program")

    def what_ifs(self):
        """Scenarios that people made and named, apart from budgets tried out."""
        return self.filter(purpose=ScenarioPurpose.WHAT_IF)


class Scenario(PublicModel):
    """A named set of changes to the data of some intakes, on top of its parent's.

    One that tries out a budget of a run belongs to that run and is shown with it.
    """

    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(
        _("purpose"),
        max_length=12,
        choices=ScenarioPurpose,
        default=ScenarioPurpose.WHAT_IF,
        db_default=ScenarioPurpose.WHAT_IF,
        editable=False,
    )
    tried_for = models.ForeignKey(
        "planner.AllocationRun",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="budget_trials",
        verbose_name=_("tried out for"),
        help_text=_("The run whose budget is tried out."),
    )
    description = models.TextField(_("description"), blank=True)
    intakes = models.ManyToManyField(
        Intake, related_name="scenarios", verbose_name=_("intakes")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("builds on"),
    )
    profile = models.ForeignKey(
        ObjectiveProfile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("objective profile"),
    )
    overrides = models.JSONField(
        _("changes"), default=dict, blank=True, validators=[validate_overrides]
    )
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("at"))

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="scenario_has_a_name"),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(purpose=ScenarioPurpose.WHAT_IF),
                name="scenario_name_is_given_once",
                violation_error_message=_("A scenario of this name exists."),
            ),
            models.UniqueConstraint(
                fields=["tried_for", "name"], name="budget_is_tried_once_a_run"
            ),
            models.CheckConstraint(
                condition=Q(
                    purpose=ScenarioPurpose.BUDGET_TRIAL, tried_for__isnull=False
                )
                | Q(purpose=ScenarioPurpose.WHAT_IF, tried_for__isnull=True),
                name="scenario_of_a_trial_has_its_run",
            ),
        ]

    def __str__(self):
        return self.name

    def lineage(self):
        """Return the scenarios it builds on, oldest first, and itself."""
        line, seen, at = [], set(), self
        while at is not None and at.pk not in seen:
            line.append(at)
            seen.add(at.pk)
            at = at.parent
        return line[::-1]

    def changes(self):
        """Return the overrides of the whole lineage; the youngest word counts.

        A change with its sign is about what the scenarios above leave (``stacked``).
        """
        merged = {}
        for scenario in self.lineage():
            for group, changes in scenario.overrides.items():
                held = merged.setdefault(group, {})
                for key, change in changes.items():
                    held[key] = stacked(held.get(key), change)
        return merged

    def objective(self):
        """Return the profile of the nearest scenario that names one, or None."""
        return next((s.profile for s in self.lineage()[::-1] if s.profile), None)
