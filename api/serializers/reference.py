"""Reference data: codes and names in both languages."""

from rest_framework import serializers

from programs.models import CostCategory, Country, LanguageScale, Region, Skill

from .base import Bilingual


class CountrySerializer(serializers.ModelSerializer):
    """A country, its currency, and the language its citizens prove by no test."""

    name = Bilingual()

    class Meta:
        model = Country
        fields = ["code", "name", "currency", "is_partner", "native_language"]


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
