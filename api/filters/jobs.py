"""Parameters of jobs."""

from django_filters import rest_framework as filters

from planner.models import BulkJob


class JobFilter(filters.FilterSet):
    """By kind."""

    class Meta:
        model = BulkJob
        fields = ["kind"]
