"""The app of decisions."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    """Programs, people, money and placements: what people decided."""

    name = "programs"
    verbose_name = _("Programs")
