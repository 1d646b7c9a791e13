"""Rights of people: requests with their clock, and consents."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from api.filters import rights as filters
from api.serializers import rights as serializers
from programs import clock
from programs.domain import consents, officers, rights
from programs.models import Consent, RightsRequest
from programs.roles import Permission

from .base import List, Nothing, Resource, Retrieve

OFFICER = [Permission.REVEAL_PERSON]
EITHER = [Permission.NOMINATE, *OFFICER]


class OfPeople(Retrieve, List, Resource):
    """Rows about people whom the caller registered, or looks after as an officer."""

    def get_queryset(self):
        return officers.handled_by(self.unrestricted(), self.request.user)


class RightsRequestViewSet(OfPeople):
    """What people asked for about their data; a human answers in 3 x 24 hours."""

    queryset = RightsRequest.objects.select_related("participant")
    ordered_by = ("due_at", "received_at")
    serializer_class = serializers.RightsRequestSerializer
    write_serializers = {
        "create": serializers.WriteRightsRequest,
        "answer_request": serializers.WriteAnswer,
    }
    filterset_class = filters.RightsRequestFilter
    needs = {
        "list": EITHER,
        "retrieve": EITHER,
        "create": EITHER,
        "answer_request": OFFICER,
    }

    @extend_schema(responses={201: serializers.RightsRequestSerializer})
    def create(self, request):
        """Send in what a person asks for; its clock starts."""
        row = rights.receive(by=request.user, now=clock.now(), **self.validated())
        return self.answer(row, 201)

    @extend_schema(responses=serializers.RightsRequestSerializer)
    @action(detail=True, methods=["post"], url_path="answer")
    def answer_request(self, request, pk):
        """Answer as a human; a key cannot."""
        row = rights.answer(
            request=self.get_object(),
            by=request.user,
            now=clock.now(),
            **self.validated(),
        )
        return self.answer(row)


class ConsentViewSet(OfPeople):
    """Consents of people: given with evidence, withdrawn at any time."""

    queryset = Consent.objects.select_related("participant")
    ordered_by = ("given_on", "recorded_at")
    serializer_class = serializers.ConsentSerializer
    write_serializers = {
        "create": serializers.WriteConsent,
        "withdraw": Nothing,
    }
    filterset_class = filters.ConsentFilter
    untagged = frozenset({"withdraw"})
    needs = dict.fromkeys(("list", "retrieve", "create", "withdraw"), EITHER)

    @extend_schema(responses={201: serializers.ConsentSerializer})
    def create(self, request):
        """Record a consent, with where it can be seen."""
        row = consents.give(by=request.user, now=clock.now(), **self.validated())
        return self.answer(row, 201)

    @extend_schema(responses=serializers.WithdrawnConsent)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """Withdraw a consent; what rests on it alone ends at once."""
        row = self.get_object()
        said = consents.withdraw(consent=row, by=request.user, now=clock.now())
        told = {"consent": row, "consequences": said}
        return Response(serializers.WithdrawnConsent(told).data)
