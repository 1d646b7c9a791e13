"""The app of decisions."""

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from programs import triggers


class ProgramsConfig(AppConfig):
    """Programs, people, money and placements: what people decided."""

    name = "programs"
    verbose_name = _("Programs")

    def ready(self):
        """Lay down what the database watches over by itself, after each migration."""
        post_migrate.connect(lay_down_triggers, sender=self)


def lay_down_triggers(*, using, **_options):
    """Make the triggers of the database that was migrated."""
    connection = connections[using]
    if triggers.TABLE in connection.introspection.table_names():
        triggers.lay_down(connection=connection)
