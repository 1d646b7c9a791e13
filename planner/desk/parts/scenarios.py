"""Scenarios that people made and named, apart from budgets tried out."""

from planner.models import Scenario

MARK = "#"
"""How the names of scenarios begin that were made here and not by hand."""


def by_hand(user):
    """Return the scenarios people made and named, of those the reader may see."""
    return Scenario.objects.visible_to(user).exclude(name__startswith=MARK)
