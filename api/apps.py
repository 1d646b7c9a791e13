"""The app of the partners' door."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Keys and idempotency of the partner API."""

    name = "api"
    verbose_name = _("Partner API")

    def ready(self):
        """Let OpenAPI find the key scheme, Django the checks, the library our words."""
        from . import checks, schema, words  # noqa: F401 -- the apps have to be loaded

        words.speak()
