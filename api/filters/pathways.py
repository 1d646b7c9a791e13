"""Parameters of pathways."""

from django_filters import rest_framework as filters

from programs.models import Pathway


class PathwayFilter(filters.FilterSet):
    """By code and intake."""

    intake = filters.UUIDFilter()

    class Meta:
        model = Pathway
        fields = ["code", "intake"]
