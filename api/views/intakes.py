"""Intakes."""

from api import changes
from api.filters.intakes import IntakeFilter
from api.serializers.intakes import IntakeSerializer
from programs.models import Intake

from .base import READ, ReadOnly


class IntakeViewSet(ReadOnly):
    """Intakes that left draft."""

    queryset = Intake.objects.all()
    serializer_class = IntakeSerializer
    filterset_class = IntakeFilter
    ordered_by = ("code", "opens_on", "closes_on", "starts_on")
    searched_in = ("code", "program__title_en", "program__title_id")
    changes = changes.INTAKES
    needs = READ
