"""Webhook endpoints of the caller's institution."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from api.exceptions import Problem
from api.hooks import endpoints
from api.models import WebhookEndpoint
from api.serializers import webhooks as serializers
from programs import clock
from programs.roles import Permission

from .base import List, Nothing, Resource, Retrieve

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
        "destroy": Nothing,
    }
    honours_if_match = frozenset({"partial_update"})
    needs = {
        "list": CALLERS,
        "retrieve": CALLERS,
        "create": CALLERS,
        "partial_update": CALLERS,
        "destroy": CALLERS,
        "rotate_secret": CALLERS,
    }

    @extend_schema(responses={201: serializers.SecretEndpointSerializer})
    def create(self, request):
        """Register an address; its secret is in this answer and in no other."""
        own = request.user.institution_ids()
        if len(own) != 1:
            detail = _("Call with the key of one institution.")
            raise Problem(422, "institution_unclear", detail)
        endpoint = endpoints.register(
            institution_id=own[0],
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

    def _with_secret(self, endpoint, status):
        response = self.answer(endpoint, status)
        response.data["secret"] = endpoint.secret
        return response
