"""What events there are."""

from django.http import Http404
from rest_framework.response import Response

from api import conditional
from api.pagination import OnePage
from api.serializers.event_kinds import KindOfEventSerializer, row_of
from programs.event_kinds import EventKind
from programs.models import Event
from programs.roles import Permission

from .base import Resource


class EventKindViewSet(Resource):
    """The closed list of what partners may be told of."""

    queryset = Event.objects.none()
    serializer_class = KindOfEventSerializer
    pagination_class = OnePage
    paged = frozenset()
    needs = {action: list(Permission) for action in ("list", "retrieve")}
    lookup_field = "kind"
    lookup_value_converter = "str"

    def list(self, request):
        """Every kind of event, in one page."""
        rows = [row_of(kind) for kind in EventKind]
        data = KindOfEventSerializer(rows, many=True).data
        return self.paginator.get_paginated_response(data)

    def retrieve(self, request, kind):
        """One kind of event."""
        if kind not in EventKind.values:
            raise Http404
        data = KindOfEventSerializer(row_of(EventKind(kind))).data
        return Response(data, headers={"ETag": conditional.etag_of(data)})
