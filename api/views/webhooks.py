"""Webhook endpoints of the caller's institution."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.exceptions import institution_of
from api.filters.webhooks import DeliveryFilter
from api.hooks import endpoints
from api.models import WebhookDelivery, WebhookEndpoint
from api.serializers import webhooks as serializers
from programs import clock
from programs.roles import Permission

from .base import List, Nothing, ReadOnly, Resource, Retrieve, accepted

CALLERS = [Permission.NOMINATE, Permission.RATE, Permission.PLAN]


class WebhookEndpointViewSet(Retrieve, List, Resource):
    """Addresses that hear of the caller's events, signed and in order."""

    queryset = WebhookEndpoint.objects.all()
    ordered_by = ("created_at",)
    serializer_class = serializers.WebhookEndpointSerializer
    write_serializers = {
        "create": serializers.WriteEndpoint,
        "partial_update": serializers.ChangeEndpoint,
        "rotate_secret": Nothing,
        "ping": Nothing,
        "replay": serializers.ReplayEvents,
        "destroy": Nothing,
    }
    honours_if_match = frozenset({"partial_update"})
    untagged = frozenset({"ping"})
    needs = {
        "list": CALLERS,
        "retrieve": CALLERS,
        "create": CALLERS,
        "partial_update": CALLERS,
        "destroy": CALLERS,
        "rotate_secret": CALLERS,
        "ping": CALLERS,
        "replay": CALLERS,
    }

    @extend_schema(responses={201: serializers.SecretEndpointSerializer})
    def create(self, request):
        """Register an address; its secret is in this answer and in no other."""
        endpoint = endpoints.register(
            institution_id=institution_of(request.user),
            by=request.user,
            now=clock.now(),
            **self.validated(),
        )
        return self._with_secret(endpoint, 201)

    @extend_schema(responses=serializers.WebhookEndpointSerializer)
    def partial_update(self, request, pk):
        """Change address or kinds, pause it, or wake it after failures."""
        endpoint = self.get_object()
        self.require_same(endpoint)
        endpoints.change(
            endpoint=endpoint,
            by=request.user,
            now=clock.now(),
            **self.validated(partial=True),
        )
        return self.answer(endpoint)

    @extend_schema(responses={204: None})
    def destroy(self, request, pk):
        """Forget an address; nothing more is sent to it."""
        endpoint = self.get_object()
        endpoints.remove(endpoint=endpoint, by=request.user, now=clock.now())
        return Response(status=204)

    @extend_schema(request=None, responses=serializers.SecretEndpointSerializer)
    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request, pk):
        """Replace the secret; the new one is in this answer and in no other."""
        endpoint = endpoints.rotate(
            endpoint=self.get_object(), by=request.user, now=clock.now()
        )
        return self._with_secret(endpoint, 200)

    @extend_schema(responses={202: serializers.DeliverySerializer})
    @action(detail=True, methods=["post"])
    def ping(self, request, pk):
        """Have a message sent that tells of nothing; the log says how it went."""
        delivery = endpoints.ping(
            endpoint=self.get_object(), by=request.user, now=clock.now()
        )
        return logged(delivery, request)

    @extend_schema(responses=serializers.WebhookEndpointSerializer)
    @action(detail=True, methods=["post"])
    def replay(self, request, pk):
        """Have every event after a number sent again, in order, under the same ids."""
        endpoint = endpoints.replay(
            endpoint=self.get_object(),
            by=request.user,
            now=clock.now(),
            **self.validated(),
        )
        return self.answer(endpoint)

    def _with_secret(self, endpoint, status):
        response = self.answer(endpoint, status)
        response.data["secret"] = endpoint.secret
        return response


def logged(delivery, request):
    """Answer a message that will be sent with where the log has it."""
    path = "api:webhook-delivery-detail"
    address = reverse(path, args=[delivery.pk], request=request)
    return accepted(serializers.DeliverySerializer(delivery).data, address)


class DeliveryViewSet(ReadOnly):
    """Messages to the own endpoints for a month: attempts, answers, what comes next."""

    queryset = WebhookDelivery.objects.select_related("endpoint")
    serializer_class = serializers.DeliverySerializer
    write_serializers = {"replay": Nothing}
    filterset_class = DeliveryFilter
    ordered_by = ("created_at",)
    untagged = frozenset({"replay"})
    needs = {"list": CALLERS, "retrieve": CALLERS, "replay": CALLERS}

    @extend_schema(responses={202: serializers.DeliverySerializer})
    @action(detail=True, methods=["post"])
    def replay(self, request, pk):
        """Have a message sent once more, under the same id."""
        delivery = endpoints.send_again(
            delivery=self.get_object(), by=request.user, now=clock.now()
        )
        return logged(delivery, request)
