"""Agreements, and how much of their caps each year uses."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from programs.models import Agreement

from .institutions import InstitutionReference
from .rows import Rows


class AgreementUse(serializers.Serializer):
    """What the places of one calendar year take of the agreement's caps."""

    year = serializers.IntegerField()
    people = serializers.IntegerField()
    person_months = serializers.DecimalField(max_digits=9, decimal_places=1)


class AgreementSerializer(Rows, serializers.ModelSerializer):
    """An agreement, its caps, and how much of them each year's places use."""

    parties = InstitutionReference(many=True)
    used = serializers.SerializerMethodField()

    class Meta:
        model = Agreement
        fields = [
            "id",
            "code",
            "title",
            "parties",
            "program_kind",
            "state",
            "valid_from",
            "valid_to",
            "yearly_cap",
            "yearly_person_months",
            "used",
        ]

    @extend_schema_field(AgreementUse(many=True))
    def get_used(self, row):
        """Return the use of each year that has any, first year first."""
        uses = self.context["uses"].items()
        rows = [
            {
                "year": year,
                "people": use.people,
                "person_months": round(Decimal(float(use.person_months)), 1),
            }
            for (identifier, year), use in sorted(uses, key=lambda item: item[0][1])
            if identifier == row.pk
        ]
        return AgreementUse(rows, many=True).data
