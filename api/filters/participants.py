"""Parameters of people."""

from django_filters import rest_framework as filters

from programs.models import Participant


class ParticipantFilter(filters.FilterSet):
    """By the sender's own reference, province and home institution."""

    home_institution = filters.UUIDFilter()
    province = filters.CharFilter(field_name="province_id")

    class Meta:
        model = Participant
        fields = ["code", "province", "home_institution"]
