"""Programs."""

from api.filters.programs import ProgramFilter
from api.serializers.programs import ProgramSerializer
from programs.models import Program

from .base import READ, ReadOnly


class ProgramViewSet(ReadOnly):
    """Programs that are open to partners, or that the caller hosts."""

    queryset = Program.objects.select_related("owner")
    loads = {"goals": ["goals"], "rules": ["rules"]}
    ordered_by = ("code",)
    searched_in = ("code", "title_en", "title_id")
    serializer_class = ProgramSerializer
    filterset_class = ProgramFilter
    needs = READ
