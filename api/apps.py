"""The app of the partners' door."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Keys, idempotency and webhooks of the partner API."""

    name = "api"
    verbose_name = _("Partner API")
