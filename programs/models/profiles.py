"""What a plan is worth: weights of an objective, and points for conditions."""

from functools import cached_property

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import BilingualName, PublicModel, seen_through, seen_within
from .history import EditHistory


class ObjectiveProfile(PublicModel, BilingualName):
    """Named, versioned weights: what a good placement is worth, in points."""

    code = models.SlugField(_("code"), max_length=50)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    description_en = models.TextField(_("description (English)"))
    description_id = models.TextField(_("description (Indonesian)"))
    placement_points = models.PositiveIntegerField(
        _("being placed"),
        default=1000,
        help_text=_("An arrival by a pathway counts as many of these as it says."),
    )
    priority_points = models.PositiveIntegerField(
        _("each carry-over point"), default=50
    )
    merit_points = models.PositiveIntegerField(_("full merit score"), default=200)
    skill_points = models.PositiveIntegerField(_("full skill fit"), default=200)
    preference_points = models.PositiveIntegerField(_("first choice"), default=300)
    host_points = models.PositiveIntegerField(_("full host score"), default=200)
    condition_points = models.PositiveIntegerField(
        _("meeting the condition"), default=0, db_default=0
    )
    condition = models.TextField(
        _("condition"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Who gets these points, in one line: not completed(this host)"),
    )
    worst_preference = models.PositiveSmallIntegerField(
        _("worst preference"),
        null=True,
        blank=True,
        help_text=_(
            "Nobody gets what stands below this place of the own list; empty or 0: no "
            "bound."
        ),
    )
    is_tiered = models.BooleanField(
        _("in tiers"),
        default=True,
        help_text=_("Place as many people as possible first, then fit and preference."),
    )

    objects = seen_within()

    @property
    def pointed(self):
        """(condition, points) of everything that gives points: its own and the rest.

        The rest is read once; a scenario may have changed its points.
        """
        own = [(self.condition, self.condition_points)] if self.condition else []
        return own + [(row.condition, row.points) for row in self.rest]

    @cached_property
    def rest(self):
        """The further conditions, in the order of their codes."""
        return list(self.conditions.order_by("code"))

    class Meta:
        verbose_name = _("objective profile")
        verbose_name_plural = _("objective profiles")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="objective_profile_version_is_unique"
            )
        ]

    def __str__(self):
        return f"{self.name} v{self.version}"

    @property
    def full_code(self):
        """What files and the API call it: a code may have several versions."""
        return f"{self.code}:{self.version}"


class ProfileCondition(PublicModel):
    """A further condition of an objective profile, with points of its own.

    Whoever meets several conditions gets the points of each.
    """

    profile = models.ForeignKey(
        ObjectiveProfile,
        models.CASCADE,
        related_name="conditions",
        verbose_name=_("objective profile"),
    )
    code = models.SlugField(_("code"), max_length=50)
    condition = models.TextField(
        _("condition"),
        help_text=_("Who gets these points, in one line: not completed(this host)"),
    )
    points = models.PositiveIntegerField(_("points"))

    objects = seen_through("profile")
    history = EditHistory()

    class Meta:
        verbose_name = _("points for a condition")
        verbose_name_plural = _("points for conditions")
        ordering = ["profile", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "code"], name="profile_condition_is_unique_a_code"
            ),
            models.CheckConstraint(
                condition=~Q(condition=""), name="profile_condition_says_who"
            ),
        ]

    def __str__(self):
        return f"{self.profile}: {self.code}"
