"""Parameters of quotas, funding rules, fee waivers and pins of groups."""

from django_filters import rest_framework as filters

from programs.models import (
    FeeWaiver,
    FundingRule,
    GroupPin,
    ObjectiveProfile,
    ProfileCondition,
    Quota,
)


class QuotaFilter(filters.FilterSet):
    """By program, intake and attribute."""

    class Meta:
        model = Quota
        fields = ["code", "program", "intake", "attribute", "is_hard"]


class FundingRuleFilter(filters.FilterSet):
    """By program and category."""

    class Meta:
        model = FundingRule
        fields = ["program", "category", "host_pays"]


class FeeWaiverFilter(filters.FilterSet):
    """By destination."""

    class Meta:
        model = FeeWaiver
        fields = ["code", "destination"]


class GroupPinFilter(filters.FilterSet):
    """By place and kind."""

    class Meta:
        model = GroupPin
        fields = ["code", "kind", "program", "intake", "slot"]


class ProfileConditionFilter(filters.FilterSet):
    """By profile and code."""

    class Meta:
        model = ProfileCondition
        fields = ["profile", "code"]


class ObjectiveProfileFilter(filters.FilterSet):
    """By code and version."""

    class Meta:
        model = ObjectiveProfile
        fields = ["code", "version"]
