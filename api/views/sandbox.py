"""The sandbox: a season of one's own, and a planner that acts when it is asked to."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from api.exceptions import Problem
from api.models import Scope
from api.serializers import sandbox as serializers
from programs import clock, sandbox
from programs.models import Intake
from programs.roles import Permission
from programs.sandbox import counterparts, planning, seasons

from .base import List, Nothing, Resource, Retrieve

CALLERS = [Permission.NOMINATE, Permission.RATE]


class SeasonViewSet(Retrieve, List, Resource):
    """Seasons to try everything with, for whoever calls with a test key."""

    queryset = Intake.objects.prefetch_related("slots")
    serializer_class = serializers.SeasonSerializer
    write_serializers = dict.fromkeys(
        ("create", "close", "place", "counterpart"), Nothing
    )
    untagged = frozenset({"close", "place", "counterpart"})
    needs = dict.fromkeys(
        ("list", "retrieve", "create", "close", "place", "counterpart"), CALLERS
    )

    def check_permissions(self, request):
        """Let test keys in: there is nothing of this on the live side."""
        super().check_permissions(request)
        if not sandbox.is_entered():
            detail = _("Call with a test key: make one with POST keys/.")
            raise Problem(403, "test_key_needed", detail)

    def get_queryset(self):
        own = seasons.of(self.institution).values("pk")
        return self.unrestricted().filter(pk__in=own)

    @property
    def institution(self):
        """Whose seasons they are."""
        return self.request.user.key.institution

    @extend_schema(responses={201: serializers.SeasonSerializer})
    def create(self, request):
        """Begin a season that is open today, with seeded people and slots."""
        scopes = request.user.key.scopes
        intake = seasons.begin(
            institution=self.institution,
            sends=Scope.NOMINATE in scopes,
            hosts=Scope.HOST in scopes,
            now=clock.now(),
        )
        return self.answer(intake, 201)

    @extend_schema(responses=serializers.SteppedSeason)
    @action(detail=True, methods=["post"])
    def close(self, request, pk):
        """Take no more nominations; hosts read and rate candidates now."""
        intake = planning.close(intake=self.get_object(), now=clock.now())
        return self._stepped(intake, [])

    @extend_schema(responses=serializers.SteppedSeason)
    @action(detail=True, methods=["post"])
    def place(self, request, pk):
        """Plan and publish at once: first come, first served, by their own wishes.

        An intake that is still open is closed before.
        """
        intake = self.get_object()
        return self._stepped(intake, planning.place(intake=intake, now=clock.now()))

    @extend_schema(responses=serializers.SteppedSeason)
    @action(detail=True, methods=["post"])
    def counterpart(self, request, pk):
        """Let everybody else take their next step with the caller's placements.

        Proposed slots are opened; hosts confirm and report arrivals and ends, senders
        accept and report departures. What is the caller's own to do is left alone.
        """
        intake = self.get_object()
        moved = counterparts.step(
            intake=intake, institution=self.institution, now=clock.now()
        )
        return self._stepped(intake, moved)

    def _stepped(self, intake, placements):
        own = self.institution.pk
        concerned = [
            str(each.pk)
            for each in placements
            if own in (each.slot.host_id, each.application.nominated_by_id)
        ]
        fresh = self.get_queryset().get(pk=intake.pk)
        told = {"season": fresh, "placements": concerned}
        return Response(serializers.SteppedSeason(told).data)
