"""Programs."""

from api.filters.programs import ProgramFilter
from api.serializers.programs import ProgramSerializer
from programs.models import Program

from .base import READ, ReadOnly


class ProgramViewSet(ReadOnly):
    """Programs that are open to partners, or that the caller hosts."""

    queryset = Program.objects.select_related("owner").prefetch_related("goals")
    serializer_class = ProgramSerializer
    filterset_class = ProgramFilter
    needs = READ
