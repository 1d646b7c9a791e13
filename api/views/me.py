"""Who is calling."""

from rest_framework.response import Response

from api import throttling
from api.serializers.keys import mode
from api.serializers.me import MeSerializer
from programs.models import Institution
from programs.roles import Permission

from .base import Resource


class MeViewSet(Resource):
    """The caller as this installation knows it: the first thing to ask for."""

    queryset = Institution.objects.all()
    serializer_class = MeSerializer
    untagged = frozenset({"retrieve"})
    needs = {"retrieve": list(Permission)}

    def retrieve(self, request):
        """Who is calling: institution, scopes, limits, and until when the key opens."""
        return Response(MeSerializer(self._caller(request)).data)

    def _caller(self, request):
        key = getattr(request.user, "key", None)
        return {
            "institution": self._institution(request.user),
            "key": key and key.prefix,
            "mode": mode(),
            "name": key and key.name,
            "scopes": sorted(key.scopes) if key else [],
            "expires_at": key and key.expiry_date,
            "allowed_networks": key.allowed_networks if key else [],
            "limits": throttling.standing(request),
        }

    @staticmethod
    def _institution(user):
        own = set(user.institution_ids())
        return Institution.objects.get(pk=own.pop()) if len(own) == 1 else None
