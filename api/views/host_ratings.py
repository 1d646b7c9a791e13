"""What hosts think of candidates, until the intake's deadline."""

from django.http import Http404
from drf_spectacular.utils import extend_schema

from api.filters.nominations import HostRatingFilter
from api.serializers import host_ratings as serializers
from programs import clock
from programs.domain import host_ratings, slot_checks, slots
from programs.models import HostRating
from programs.roles import Permission

from .base import List, Resource, Retrieve

RATINGS = [Permission.VIEW_ALL, Permission.VIEW_OWN_PROGRAMS, Permission.RATE]


class HostRatingViewSet(Retrieve, List, Resource):
    """Scores and vetoes for people who ranked the caller's own slots."""

    queryset = HostRating.objects.all()
    serializer_class = serializers.HostRatingSerializer
    write_serializers = {"create": serializers.WriteHostRating}
    filterset_class = HostRatingFilter
    needs = {
        "list": RATINGS,
        "retrieve": RATINGS,
        "create": [Permission.RATE],
    }

    @extend_schema(responses={201: serializers.HostRatingSerializer})
    def create(self, request):
        """Score or veto a candidate of an own slot; the last word counts."""
        data = self.validated()
        slot = slot_checks.require_host(slot=data.pop("slot"), by=request.user)
        candidate = slots.candidates(slot=slot).filter(pk=data.pop("nomination"))
        application = candidate.first()
        if application is None:
            raise Http404
        rating = host_ratings.rate(
            application=application,
            slot=slot,
            by=request.user,
            now=clock.now(),
            **data,
        )
        return self.answer(rating, 201)
