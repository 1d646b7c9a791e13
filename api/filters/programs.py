"""Parameters of programs."""

from django_filters import rest_framework as filters

from programs.models import Program


class ProgramFilter(filters.FilterSet):
    """By kind, sector and partner country."""

    class Meta:
        model = Program
        fields = ["code", "kind", "priority_sector", "partner_country", "is_incoming"]
