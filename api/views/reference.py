"""Reference data, readable by every caller."""

from api.filters import reference as filters
from api.serializers import reference as serializers
from programs.models import (
    CostCategory,
    Country,
    LanguageScale,
    ProcessingPurpose,
    Region,
    Skill,
)
from programs.roles import Permission

from .base import ReadOnly

ANYBODY = {action: list(Permission) for action in ("list", "retrieve")}


class Reference(ReadOnly):
    """Rows that are the same for everybody."""

    needs = ANYBODY
    lookup_value_converter = "str"

    def get_queryset(self):
        return self.queryset.all()


class CountryViewSet(Reference):
    """Countries by ISO 3166-1 alpha-2 code."""

    queryset = Country.objects.select_related("transfer_basis")
    serializer_class = serializers.CountrySerializer
    filterset_class = filters.CountryFilter


class RegionViewSet(Reference):
    """Indonesian regions by Kemendagri code, with BPS and ISO 3166-2 codes."""

    queryset = Region.objects.all()
    serializer_class = serializers.RegionSerializer
    filterset_class = filters.RegionFilter


class SkillViewSet(Reference):
    """Skills in both languages."""

    queryset = Skill.objects.all()
    serializer_class = serializers.SkillSerializer
    filterset_class = filters.SkillFilter
    needs = {"list": ANYBODY["list"]}


class LanguageViewSet(Reference):
    """What the bands of language tests are worth, by versioned scale."""

    queryset = LanguageScale.objects.all()
    serializer_class = serializers.LanguageScaleSerializer
    filterset_class = filters.LanguageScaleFilter


class CostCategoryViewSet(Reference):
    """Kinds of cost."""

    queryset = CostCategory.objects.all()
    serializer_class = serializers.CostCategorySerializer
    filterset_class = filters.CostCategoryFilter


class PurposeViewSet(Reference):
    """The register of purposes: legal bases, and how long data are kept."""

    queryset = ProcessingPurpose.objects.all()
    serializer_class = serializers.ProcessingPurposeSerializer
    filterset_class = filters.PurposeFilter
    needs = {"list": ANYBODY["list"]}
