"""Reference data, readable by every caller, by the codes that rows carry."""

from django.shortcuts import get_object_or_404

from api.filters import reference as filters
from api.lines import Lines
from api.serializers import reference as serializers
from programs.domain import institutions
from programs.models import (
    CostCategory,
    Country,
    ExamSitting,
    FactDefinition,
    FundingSource,
    ImmigrationRoute,
    LanguageScale,
    ProcessingPurpose,
    QualificationLevel,
    Region,
    SharedResource,
    Skill,
)
from programs.roles import Permission

from .base import READ, ReadOnly

ANYBODY = {action: list(Permission) for action in ("list", "retrieve")}


class Reference(ReadOnly):
    """Rows that are the same for everybody."""

    needs = ANYBODY
    lookup_path = ()
    """The fields of the code that rows carry, where it is not the key by itself."""
    lookup_value_converter = "str"

    def get_queryset(self):
        return self.unrestricted()

    def get_object(self):
        """Return the row with the code, each part of it a part of the path."""
        if not self.lookup_path:
            return super().get_object()
        return get_object_or_404(self.get_queryset(), **self.kwargs)


class CountryViewSet(Reference):
    """Countries by ISO 3166-1 alpha-2 code."""

    queryset = Country.objects.select_related("transfer_basis")
    serializer_class = serializers.CountrySerializer
    filterset_class = filters.CountryFilter
    searched_in = ("code", "name_en", "name_id")


class RegionViewSet(Reference):
    """Indonesian regions by Kemendagri code, with BPS and ISO 3166-2 codes."""

    queryset = Region.objects.all()
    serializer_class = serializers.RegionSerializer
    filterset_class = filters.RegionFilter
    ordered_by = ("name",)
    searched_in = ("kemendagri_code", "bps_code", "iso_3166_2", "name")


class SkillViewSet(Reference):
    """Skills in both languages, by framework and code."""

    queryset = Skill.objects.all()
    serializer_class = serializers.SkillSerializer
    filterset_class = filters.SkillFilter
    lookup_path = ("framework", "code")
    ordered_by = ("code",)
    searched_in = ("framework", "code", "name_en", "name_id")


class FactViewSet(Reference):
    """What the ministry wants to know of people besides what every record holds."""

    queryset = FactDefinition.objects.all()
    serializer_class = serializers.FactDefinitionSerializer
    filterset_class = filters.FactFilter
    lookup_field = "code"
    searched_in = ("code", "name_en", "name_id")


SITTINGS = Lines(
    "sitting_lines",
    ExamSitting,
    "test",
    ("held_on", "result_days", "basis", "source"),
    order=("held_on",),
    key="test",
)


class LanguageViewSet(Reference):
    """What the bands of language tests are worth, by test, version and band."""

    queryset = LanguageScale.objects.all()
    loads = {"sittings": [SITTINGS]}
    serializer_class = serializers.LanguageScaleSerializer
    filterset_class = filters.LanguageScaleFilter
    lookup_path = ("test", "version", "band")
    ordered_by = ("test",)
    searched_in = ("language", "test", "version")

    def get_object(self):
        """Return what the band is worth whatever the score."""
        rows = self.get_queryset().filter(from_score=0)
        return get_object_or_404(rows, **self.kwargs)


class CostCategoryViewSet(Reference):
    """Kinds of cost."""

    queryset = CostCategory.objects.all()
    serializer_class = serializers.CostCategorySerializer
    filterset_class = filters.CostCategoryFilter
    searched_in = ("code", "name_en", "name_id")


class PurposeViewSet(Reference):
    """The register of purposes: legal bases, and how long data are kept."""

    queryset = ProcessingPurpose.objects.all()
    serializer_class = serializers.ProcessingPurposeSerializer
    filterset_class = filters.PurposeFilter
    lookup_field = "purpose"


class ImmigrationRouteViewSet(Reference):
    """Visas and residence statuses that stays rest on: the ``route`` of a slot."""

    queryset = ImmigrationRoute.objects.all()
    loads = {"caps": ["caps"]}
    serializer_class = serializers.ImmigrationRouteSerializer
    filterset_class = filters.ImmigrationRouteFilter
    lookup_field = "code"


class QualificationLevelViewSet(Reference):
    """Levels of the Indonesian framework (KKNI), with those of ASEAN and Europe."""

    queryset = QualificationLevel.objects.all()
    serializer_class = serializers.QualificationLevelSerializer
    lookup_field = "kkni"
    lookup_value_converter = "int"


class FundingSourceViewSet(Reference):
    """Who pays, as far as the caller's rows name them: the ``source`` of funding."""

    queryset = FundingSource.objects.all()
    serializer_class = serializers.FundingSourceSerializer
    filterset_class = filters.FundingSourceFilter
    lookup_field = "code"
    needs = READ

    def get_queryset(self):
        return institutions.payers_met_by(self.request.user)


class SharedResourceViewSet(Reference):
    """What slots share, as far as the caller's slots use it: their ``resource``."""

    queryset = SharedResource.objects.all()
    serializer_class = serializers.SharedResourceSerializer
    filterset_class = filters.SharedResourceFilter
    lookup_field = "code"
    needs = READ

    def get_queryset(self):
        return institutions.resources_met_by(self.request.user)
