"""Changes of stays: read by both sides, answered by the one that has not agreed."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from api.filters.placement_changes import PlacementChangeFilter
from api.serializers import placement_changes as serializers
from programs import clock
from programs.domain import stay_changes
from programs.models import PlacementChange
from programs.roles import Permission

from .base import READ, Nothing, ReadOnly

PARTIES = [Permission.NOMINATE, Permission.RATE]


class PlacementChangeViewSet(ReadOnly):
    """Other days or another slot for a stay, as sender or host proposed them."""

    queryset = PlacementChange.objects.select_related(
        "slot__intake__program",
        "placement__application",
        "placement__slot__intake__program",
    )
    serializer_class = serializers.PlacementChangeSerializer
    filterset_class = PlacementChangeFilter
    ordered_by = ("proposed_at",)
    write_serializers = {
        "agree": Nothing,
        "refuse": serializers.RefuseChange,
        "withdraw": Nothing,
    }
    honours_if_match = frozenset({"agree", "refuse", "withdraw"})
    needs = {**READ, "agree": PARTIES, "refuse": PARTIES, "withdraw": PARTIES}

    @extend_schema(responses=serializers.PlacementChangeSerializer)
    @action(detail=True, methods=["post"])
    def agree(self, request, pk):
        """Agree as the side that is waited for; with both consents it happens."""
        return self._answer(stay_changes.agree)

    @extend_schema(responses=serializers.PlacementChangeSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request, pk):
        """Refuse, with a reason; the stay remains as it is."""
        return self._answer(stay_changes.refuse)

    @extend_schema(responses=serializers.PlacementChangeSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """Take back what the own side proposed, before it is agreed."""
        return self._answer(stay_changes.withdraw)

    def _answer(self, verb):
        change = self.get_object()
        self.require_same(change)
        verb(change=change, by=self.request.user, now=clock.now(), **self.validated())
        return self.answer(change)
