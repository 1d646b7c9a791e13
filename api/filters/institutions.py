"""Parameters of institutions."""

from django_filters import rest_framework as filters

from programs.models import Institution


class InstitutionFilter(filters.FilterSet):
    """By code, kind and country."""

    class Meta:
        model = Institution
        fields = ["code", "kind", "country"]
