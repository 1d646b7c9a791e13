"""Reference data: codes and names in both languages."""

from rest_framework import serializers

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
    RouteCap,
    SharedResource,
    Skill,
)

from .base import Bilingual
from .rows import Rows


class CountrySerializer(Rows, serializers.ModelSerializer):
    """A country, its currency, and the language its citizens prove by no test."""

    name = Bilingual()
    transfer_basis = serializers.CharField(
        source="transfer_basis.ground",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="What lets people's data go there; null: nothing is noted.",
    )

    class Meta:
        model = Country
        fields = [
            "code",
            "name",
            "currency",
            "is_partner",
            "native_language",
            "transfer_basis",
        ]


class RegionSerializer(Rows, serializers.ModelSerializer):
    """A region with the codes of both registries; they clash in Papua."""

    class Meta:
        model = Region
        fields = [
            "kemendagri_code",
            "bps_code",
            "iso_3166_2",
            "level",
            "name",
            "parent",
        ]


class FactDefinitionSerializer(Rows, serializers.ModelSerializer):
    """Something the ministry wants to know of people, by its code."""

    name = Bilingual()

    class Meta:
        model = FactDefinition
        fields = [
            "code",
            "name",
            "kind",
            "unit",
            "valid_months",
            "stated_by",
            "is_verified",
            "is_sensitive",
        ]


class SkillSerializer(Rows, serializers.ModelSerializer):
    """A skill by framework and code."""

    name = Bilingual()

    class Meta:
        model = Skill
        fields = ["framework", "code", "family", "name"]


class ExamSittingSerializer(Rows, serializers.ModelSerializer):
    """A day on which a test is held, and how many days its results take."""

    class Meta:
        model = ExamSitting
        fields = ["held_on", "result_days", "basis", "source"]


class LanguageScaleSerializer(Rows, serializers.ModelSerializer):
    """What a band of a language test is worth, and when the test is held."""

    sittings = ExamSittingSerializer(source="sitting_lines", many=True)

    class Meta:
        model = LanguageScale
        fields = [
            "language",
            "test",
            "version",
            "band",
            "from_score",
            "cefr",
            "validity_months",
            "sittings",
        ]


class CostCategorySerializer(Rows, serializers.ModelSerializer):
    """A kind of cost."""

    name = Bilingual()

    class Meta:
        model = CostCategory
        fields = ["code", "name"]


class ProcessingPurposeSerializer(Rows, serializers.ModelSerializer):
    """What personal data are processed for, on which legal basis, for how long."""

    class Meta:
        model = ProcessingPurpose
        fields = ["purpose", "legal_basis", "reference", "keep_days"]


class RouteCapSerializer(Rows, serializers.ModelSerializer):
    """How many people a route lets in, or lets stay, in a half-open period."""

    class Meta:
        model = RouteCap
        fields = ["code", "counts", "sector", "valid_from", "valid_to"]
        fields += ["is_yearly", "most", "basis", "source"]


class ImmigrationRouteSerializer(Rows, serializers.ModelSerializer):
    """A visa or residence status that stays rest on."""

    name = Bilingual()
    caps = RouteCapSerializer(many=True)

    class Meta:
        model = ImmigrationRoute
        fields = [
            "code",
            "name",
            "country",
            "valid_from",
            "valid_to",
            "stay_until",
            "lead_time_days",
            "travel_days",
            "caps",
        ]


class QualificationLevelSerializer(Rows, serializers.ModelSerializer):
    """A KKNI level with its peers in ASEAN and in Europe."""

    name = Bilingual()

    class Meta:
        model = QualificationLevel
        fields = ["kkni", "aqrf", "eqf", "name"]


class FundingSourceSerializer(Rows, serializers.ModelSerializer):
    """Who pays for something: what ``source`` in the funding of a placement names."""

    class Meta:
        model = FundingSource
        fields = ["code", "name", "kind"]


class SharedResourceSerializer(Rows, serializers.ModelSerializer):
    """Something scarce that several slots use: what ``resource`` of a slot names."""

    name = Bilingual()
    unit = Bilingual()

    class Meta:
        model = SharedResource
        fields = ["code", "name", "kind", "owner", "capacity", "unit"]
