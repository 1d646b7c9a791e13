"""Searches: that somebody has to be found for the free places of a plan."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .runs import AllocationRun
from .served import Served


class Search(Served):
    """A look for who could take the free places of a plan in force.

    It exists until a worker has looked. A plan has one at a time, however many places
    became free.
    """

    run = models.OneToOneField(
        AllocationRun,
        models.CASCADE,
        related_name="search",
        verbose_name=_("allocation run"),
    )

    class Meta(Served.Meta):
        verbose_name = _("search for who is next")
        verbose_name_plural = _("searches for who is next")

    def __str__(self):
        return f"{self.run}: {self.get_state_display()}"
