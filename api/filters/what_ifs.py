"""Parameters of what-if questions."""

from django_filters import rest_framework as filters

from planner.models import WhatIf


class WhatIfFilter(filters.FilterSet):
    """By run, nomination, and whether the run itself asks."""

    run = filters.UUIDFilter()
    nomination = filters.UUIDFilter(field_name="application")

    class Meta:
        model = WhatIf
        fields = ["run", "nomination", "is_standing"]
