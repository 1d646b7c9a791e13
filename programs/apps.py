"""The app of decisions."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    """Programs, people, money and placements: what people decided."""

    name = "programs"
    verbose_name = _("Programs")

    def ready(self):
        """After every migration: the database's promises, the register of purposes."""
        from programs import folding
        from programs.domain import purposes
        from programs.promises import triggers

        connection_created.connect(folding.teach)
        pre_migrate.connect(triggers.before_migration, sender=self)
        post_migrate.connect(triggers.install, sender=self)
        post_migrate.connect(purposes.ensure, sender=self)
