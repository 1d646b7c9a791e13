"""The fee waivers in force at a place: costs that a worker must not be charged."""

from programs.choices import ProgramKind
from programs.models import FeeWaiver

from .rows import Place


class Waivers:
    """All fee waivers, read once."""

    def __init__(self) -> None:
        self._rows = [
            (waiver, {category.pk for category in waiver.categories.all()})
            for waiver in FeeWaiver.objects.prefetch_related("categories")
        ]

    @property
    def conditions(self) -> set[str]:
        """The conditions that say for whom they are; one may be empty."""
        return {waiver.condition for waiver, _categories in self._rows}

    def at(self, place: Place, category: str) -> list[FeeWaiver]:
        """Return the waivers of a category that are in force at a place."""
        if place.kind != ProgramKind.WORK_PLACEMENT:
            return []
        where = {
            "country": place.country,
            "sector": place.sector,
            "day": place.starts_on,
        }
        return [
            waiver
            for waiver, categories in self._rows
            if category in categories and waiver.holds(**where)
        ]
