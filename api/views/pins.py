"""Pins of single people."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from api.filters.pins import PinFilter
from api.serializers import pins as serializers
from programs import clock
from programs.choices import PinKind
from programs.domain import pins
from programs.models import Pin
from programs.roles import Permission

from .base import List, Nothing, Resource, Retrieve
from .policies import OFFICERS

PINNERS = [Permission.MANAGE_PROGRAMS, Permission.PLAN]


class PinViewSet(Retrieve, List, Resource):
    """Binding words on one person and one slot or pathway."""

    queryset = Pin.objects.select_related("application__intake__program")
    serializer_class = serializers.PinSerializer
    write_serializers = {"create": serializers.WritePin, "destroy": Nothing}
    filterset_class = PinFilter
    needs = {
        "list": OFFICERS,
        "retrieve": OFFICERS,
        "create": PINNERS,
        "destroy": PINNERS,
    }

    @extend_schema(responses={201: serializers.PinSerializer})
    def create(self, request):
        """Pin a person to a place, or keep the person out; the last word counts."""
        data = self.validated()
        verb = pins.pin if data.pop("kind") == PinKind.PIN else pins.forbid
        application = data.pop("nomination")
        row = verb(application=application, by=request.user, now=clock.now(), **data)
        return self.answer(row, 201)

    @extend_schema(responses={204: None})
    def destroy(self, request, pk):
        """Take a word back: plans decide again."""
        pins.remove(pin=self.get_object(), by=request.user, now=clock.now())
        return Response(status=204)
