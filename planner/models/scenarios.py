"""Scenarios: what if a budget, a capacity, a quota or a weight were different."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.models import Intake, ObjectiveProfile, User
from programs.models.base import PublicModel

from .overrides import validate_overrides


class ScenarioQuerySet(models.QuerySet):
    """Scenarios, narrowed to what somebody may see."""

    def visible_to(self, user):
        """Coordinators see scenarios of their own programs, partners none."""
        return access.restrict(self, user, institution=None, program="intakes__program")


class Scenario(PublicModel):
    """A named set of changes to the data of some intakes, on top of its parent's."""

    name = models.CharField(_("name"), max_length=120, unique=True)
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
            models.CheckConstraint(condition=~Q(name=""), name="scenario_has_a_name")
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
        """Return the overrides of the whole lineage; the youngest word counts."""
        merged = {}
        for scenario in self.lineage():
            for group, changes in scenario.overrides.items():
                merged[group] = merged.get(group, {}) | changes
        return merged

    def objective(self):
        """Return the profile of the nearest scenario that names one, or None."""
        return next((s.profile for s in self.lineage()[::-1] if s.profile), None)
