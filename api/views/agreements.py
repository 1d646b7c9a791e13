"""Agreements."""

from api.filters.agreements import AgreementFilter
from api.serializers.agreements import AgreementSerializer
from programs.domain import agreements
from programs.models import Agreement

from .base import READ, ReadOnly


class AgreementViewSet(ReadOnly):
    """Agreements the caller is a party to, with what is used of their caps."""

    queryset = Agreement.objects.all()
    loads = {"parties": ["parties"]}
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilter
    ordered_by = ("code", "valid_from", "valid_to")
    searched_in = ("code", "title")
    needs = READ

    def get_serializer_context(self):
        uses = agreements.use_by_year(self.get_queryset())
        return {**super().get_serializer_context(), "uses": uses}
