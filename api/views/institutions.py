"""Institutions."""

from api.filters.institutions import InstitutionFilter
from api.serializers.institutions import InstitutionReference
from programs.domain import institutions
from programs.models import Institution

from .base import READ, ReadOnly


class InstitutionViewSet(ReadOnly):
    """The own institution, those of own agreements, and whoever own rows refer to."""

    queryset = Institution.objects.all()
    serializer_class = InstitutionReference
    filterset_class = InstitutionFilter
    ordered_by = ("code", "name")
    searched_in = ("code", "name")
    needs = READ

    def get_queryset(self):
        return institutions.met_by(self.request.user)
