"""What happened, in ids."""

from api.filters.events import EventFilter
from api.serializers.events import EventSerializer
from programs.models import Event
from programs.roles import Permission

from .base import List, Resource


class EventViewSet(List, Resource):
    """What happened to the caller's things, in order, as ids (at least once)."""

    queryset = Event.objects.all()
    serializer_class = EventSerializer
    filterset_class = EventFilter
    needs = {"list": list(Permission)}
