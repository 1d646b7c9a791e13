"""Keys of the caller's institution."""

from datetime import timedelta

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from api import keys
from api.models import InstitutionKey
from api.pagination import CursorPages
from api.serializers import keys as serializers
from programs import clock
from programs.roles import Permission

from .base import List, Nothing, Resource, Retrieve

CALLERS = [Permission.NOMINATE, Permission.RATE, Permission.PLAN]


class KeyPages(CursorPages):
    """In the order of the part that is no secret: a cursor holds what rows lie by."""

    key = "prefix"


class KeyViewSet(Retrieve, List, Resource):
    """Keys of the own institution, for whoever calls with one of them."""

    queryset = InstitutionKey.objects.all()
    serializer_class = serializers.KeySerializer
    pagination_class = KeyPages
    write_serializers = {
        "create": serializers.WriteKey,
        "rotate": serializers.RotateKey,
        "destroy": Nothing,
    }
    needs = {
        "list": CALLERS,
        "retrieve": CALLERS,
        "create": CALLERS,
        "rotate": CALLERS,
        "destroy": CALLERS,
    }
    lookup_field = "prefix"
    lookup_url_kwarg = "key"
    lookup_value_converter = "str"

    def check_permissions(self, request):
        """Let in who calls with a key: at the desk administrators look after them."""
        super().check_permissions(request)
        if getattr(request.user, "key", None) is None:
            raise PermissionDenied

    @extend_schema(responses={201: serializers.SecretKeySerializer})
    def create(self, request):
        """Make a key; its secret is in this answer and in no other."""
        made = keys.issue_own(by=request.user, now=clock.now(), **self.validated())
        return self._with_secret(*made)

    @extend_schema(responses={201: serializers.SecretKeySerializer})
    @action(detail=True, methods=["post"])
    def rotate(self, request, key):
        """Make the key that replaces one; both open until the old one's time is over.

        The new one has the name, the scopes and the networks of the old one.
        """
        old, body = self.get_object(), self.validated()
        hours = body.get("overlap_hours")
        overlap = keys.OVERLAP if hours is None else timedelta(hours=hours)
        made = keys.rotate(key=old, by=request.user, now=clock.now(), overlap=overlap)
        return self._with_secret(*made)

    @extend_schema(responses={204: None})
    def destroy(self, request, key):
        """Withdraw a key: it opens nothing from the next request on."""
        keys.revoke(key=self.get_object(), by=request.user, now=clock.now())
        return Response(status=204)

    def _with_secret(self, key, secret):
        response = self.answer(key, 201)
        response.data["secret"] = secret
        return response
