"""Keys of the caller's institution."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from api import keys
from api.exceptions import Problem
from api.models import InstitutionKey
from api.pagination import CursorPages
from api.serializers import keys as serializers
from api.serializers.keys import TESTING, mode
from programs import clock, sandbox
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
        data = self.validated()
        wanted, own = data.pop("mode", mode()), mode()
        if wanted == own:
            made = keys.issue_own(by=request.user, now=clock.now(), **data)
            return self._with_secret(*made)
        if own == TESTING:
            detail = _("A test key makes test keys only; call with a live one.")
            raise Problem(403, "live_key_needed", detail, field="mode")
        return self._create_test(data)

    def _create_test(self, data):
        """Make the first key of the other side, and answer it as it is read there."""
        own = self.request.user.key
        data.setdefault("allowed_networks", own.allowed_networks)
        made = keys.issue_test(
            institution=own.institution, by=self.request.user, now=clock.now(), **data
        )
        with sandbox.entered():
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
