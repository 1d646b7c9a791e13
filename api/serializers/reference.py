"""Reference data: codes and names in both languages."""

from rest_framework import serializers

from programs.models import (
    CostCategory,
    Country,
    LanguageScale,
    ProcessingPurpose,
    Region,
    Skill,
)

from .base import Bilingual


class CountrySerializer(serializers.ModelSerializer):
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


class RegionSerializer(serializers.ModelSerializer):
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


class SkillSerializer(serializers.ModelSerializer):
    """A skill by framework and code."""

    name = Bilingual()

    class Meta:
        model = Skill
        fields = ["framework", "code", "family", "name"]


class LanguageScaleSerializer(serializers.ModelSerializer):
    """What a band of a language test is worth."""

    class Meta:
        model = LanguageScale
        fields = ["language", "test", "version", "band", "cefr", "validity_months"]


class CostCategorySerializer(serializers.ModelSerializer):
    """A kind of cost."""

    name = Bilingual()

    class Meta:
        model = CostCategory
        fields = ["code", "name"]


class ProcessingPurposeSerializer(serializers.ModelSerializer):
    """What personal data are processed for, on which legal basis, for how long."""

    class Meta:
        model = ProcessingPurpose
        fields = ["purpose", "legal_basis", "reference", "keep_days"]
