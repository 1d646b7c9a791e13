"""Parameters of slots."""

from django_filters import rest_framework as filters

from programs.models import Slot


class SlotFilter(filters.FilterSet):
    """By intake, host, country, state, and until when they are decided in time."""

    intake = filters.UUIDFilter()
    host = filters.UUIDFilter()
    last_safe_day_from = filters.DateFilter(method="safe_from")
    last_safe_day_to = filters.DateFilter(method="safe_to")

    class Meta:
        model = Slot
        fields = ["code", "intake", "host", "country", "state"]

    def safe_from(self, queryset, name, value):
        return queryset.with_safe_day().filter(safe_day__gte=value)

    def safe_to(self, queryset, name, value):
        return queryset.with_safe_day().filter(safe_day__lte=value)
