"""Parameters of reference data."""

from django_filters import rest_framework as filters

from programs.models import (
    CostCategory,
    Country,
    FactDefinition,
    FundingSource,
    ImmigrationRoute,
    LanguageScale,
    ProcessingPurpose,
    Region,
    SharedResource,
    Skill,
)


class CountryFilter(filters.FilterSet):
    """By being a partner."""

    class Meta:
        model = Country
        fields = ["is_partner"]


class RegionFilter(filters.FilterSet):
    """By code in either system, and by level."""

    class Meta:
        model = Region
        fields = ["kemendagri_code", "bps_code", "iso_3166_2", "level"]


class SkillFilter(filters.FilterSet):
    """By framework, code and family."""

    class Meta:
        model = Skill
        fields = ["framework", "code", "family"]


class FactFilter(filters.FilterSet):
    """By kind, and by what is sensitive."""

    class Meta:
        model = FactDefinition
        fields = ["kind", "is_sensitive"]


class LanguageScaleFilter(filters.FilterSet):
    """By test, version and language."""

    class Meta:
        model = LanguageScale
        fields = ["test", "version", "language"]


class CostCategoryFilter(filters.FilterSet):
    """By code."""

    class Meta:
        model = CostCategory
        fields = ["code"]


class PurposeFilter(filters.FilterSet):
    """By legal basis."""

    class Meta:
        model = ProcessingPurpose
        fields = ["legal_basis"]


class ImmigrationRouteFilter(filters.FilterSet):
    """By code and country."""

    class Meta:
        model = ImmigrationRoute
        fields = ["code", "country"]


class FundingSourceFilter(filters.FilterSet):
    """By code and kind."""

    class Meta:
        model = FundingSource
        fields = ["code", "kind"]


class SharedResourceFilter(filters.FilterSet):
    """By code and kind."""

    class Meta:
        model = SharedResource
        fields = ["code", "kind"]
