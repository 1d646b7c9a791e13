"""How many people an immigration route lets in, or lets stay, in a period."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.choices import CapCounts, PrioritySector

from .base import PublicModel, ReferenceQuerySet, Sourced
from .geography import ImmigrationRoute


class RouteCap(PublicModel, Sourced):
    """A cap of a route: over which period, in which sector, on whom, and how many.

    ``entries`` counts stays that begin in the period, ``staying`` the people who are
    there on any one of its days. Days are half-open. One that is counted anew each year
    holds in every calendar year of its period.
    """

    route = models.ForeignKey(
        ImmigrationRoute,
        models.CASCADE,
        related_name="caps",
        verbose_name=_("immigration route"),
    )
    code = models.SlugField(_("code"), max_length=40)
    counts = models.CharField(_("counts"), max_length=10, choices=CapCounts)
    sector = models.CharField(
        _("sector"),
        max_length=20,
        choices=PrioritySector,
        blank=True,
        help_text=_("Of the program. Empty: all."),
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("The first day on which it does not count any more."),
    )
    is_yearly = models.BooleanField(
        _("counted anew each year"),
        default=False,
        help_text=_("Entries of each calendar year by themselves."),
    )
    most = models.PositiveIntegerField(_("most"))

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("cap of an immigration route")
        verbose_name_plural = _("caps of immigration routes")
        ordering = ["route", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["route", "code"], name="route_names_a_cap_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="cap_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(is_yearly=False) | Q(counts=CapCounts.ENTRIES),
                name="only_entries_are_counted_by_year",
            ),
        ]

    def __str__(self):
        return f"{self.route.code}/{self.code}"

    def covers(self, sector):
        """Return whether it is about places of programs of this sector."""
        return self.sector in ("", sector)

    def holds_on(self, day):
        """Return whether a day lies in its period."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def span(self, starts_on, ends_on):
        """Return the part of a stay in its period, as (first day, day after), or None.

        Parameters
        ----------
        starts_on, ends_on: the half-open stay.
        """
        first = max(starts_on, self.valid_from)
        after = ends_on if self.valid_to is None else min(ends_on, self.valid_to)
        return (first, after) if first < after else None
