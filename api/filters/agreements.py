"""Parameters of agreements."""

from django_filters import rest_framework as filters

from programs.models import Agreement


class AgreementFilter(filters.FilterSet):
    """By state and kind of program."""

    class Meta:
        model = Agreement
        fields = ["code", "state", "program_kind"]
