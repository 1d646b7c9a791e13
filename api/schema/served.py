"""The description of the API, as it was committed."""

from drf_spectacular.views import SpectacularAPIView
from rest_framework.response import Response

from . import committed


class Description(SpectacularAPIView):
    """OpenAPI 3.1, as YAML or, where that is asked for, as JSON."""

    def _get_schema_response(self, request):
        return Response(committed.read())
