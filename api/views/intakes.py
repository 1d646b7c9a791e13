"""Intakes."""

from api.filters.intakes import IntakeFilter
from api.serializers.intakes import IntakeSerializer
from programs.models import Intake

from .base import READ, ReadOnly


class IntakeViewSet(ReadOnly):
    """Intakes that left draft."""

    queryset = Intake.objects.all()
    serializer_class = IntakeSerializer
    filterset_class = IntakeFilter
    needs = READ
