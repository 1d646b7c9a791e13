"""Filters that offer only rows the reader may see."""

from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter

from programs import clock
from programs.choices import PlacementState
from programs.days import day_of, zone_of
from programs.models import Placement
from programs.models.safe_days import SOON

from .base import visible


class RowsFilter(RelatedDropdownFilter):
    """Choose by a related row; one query, however many rows there are."""

    def field_choices(self, field, request, model_admin):
        """Return the rows the reader may see, by their names."""
        model = field.remote_field.model
        rows = visible(model._default_manager.all(), request.user)
        if any(other.name == "program" for other in model._meta.fields):
            rows = rows.select_related("program")
        return [(row.pk, str(row)) for row in rows]


class SafeDayFilter(DropdownFilter):
    """Choose by the last safe decision day: passed, or soon."""

    title = _("last safe decision day")
    parameter_name = "safe"

    def narrowed(self, queryset, today):
        """Return {value: rows}, of rows that ``with_safe_day`` has brought."""
        raise NotImplementedError

    def queryset(self, request, queryset):
        """Return the rows of the value that was chosen."""
        found = self.narrowed(queryset, day_of(clock.now()))
        return found.get(self.value(), queryset)


class SlotSafeDayFilter(SafeDayFilter):
    """Slots whose places are yet to be decided."""

    def lookups(self, request, model_admin):
        """Return what may be chosen."""
        return [
            ("late", _("passed, and not decided")),
            ("due", _("within 30 days, and not decided")),
        ]

    def narrowed(self, queryset, today):
        """Return undecided slots that are late, or due."""
        return {
            "late": queryset.decided_by(None, today - timedelta(days=1)),
            "due": queryset.decided_by(today, today + SOON),
        }


class PlacementSafeDayFilter(SafeDayFilter):
    """Placements that were decided too late, and offers that are to be answered."""

    def lookups(self, request, model_admin):
        """Return what may be chosen."""
        return [
            ("late", _("decided after it")),
            ("due", _("offers not answered within 30 days of it")),
        ]

    def narrowed(self, queryset, today):
        """Return placements decided too late, and offers whose papers have to begin."""
        offered = TruncDate("offered_at", tzinfo=zone_of())
        is_open = Q(state=PlacementState.OFFERED)
        return {
            "late": queryset.alias(offered_on=offered).filter(
                safe_day__lt=F("offered_on")
            ),
            "due": queryset.filter(is_open, safe_day__lte=today + SOON),
        }


class ConditionalFilter(DropdownFilter):
    """Choose placements that wait for something to be met, or those that do not."""

    title = _("conditional")
    parameter_name = "conditional"

    def lookups(self, request, model_admin):
        """Return what may be chosen."""
        return [("yes", _("waits for something")), ("no", _("firm"))]

    def queryset(self, request, queryset):
        """Return the rows of the value that was chosen."""
        waiting = Placement.objects.conditional().values("pk")
        found = {
            "yes": queryset.filter(pk__in=waiting),
            "no": queryset.exclude(pk__in=waiting),
        }
        return found.get(self.value(), queryset)
