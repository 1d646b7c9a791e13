"""Parameters of deliveries."""

from django_filters import rest_framework as filters

from api.models import WebhookDelivery


class DeliveryFilter(filters.FilterSet):
    """By endpoint, state and kind."""

    endpoint = filters.UUIDFilter()

    class Meta:
        model = WebhookDelivery
        fields = ["endpoint", "state", "kind"]
