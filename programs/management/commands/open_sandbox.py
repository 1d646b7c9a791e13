"""``manage.py open_sandbox``: the database in which partners try the API."""

from io import StringIO

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from programs import sandbox
from programs.sandbox import realm, stage


class Command(BaseCommand):
    """Brings the sandbox to this release: tables, reference data, who plays along."""

    help = "Prepare the sandbox for test keys, or bring it up to date; safe to repeat."

    def handle(self, **options):
        realm.copy_tables()
        with sandbox.entered():
            self.require_database()
            call_command("migrate", verbosity=0)
            call_command("load_reference", stdout=StringIO())
            stage.prepare()
        self.stdout.write(
            _("The sandbox is open: `manage.py create_key CODE --scope host --test`.")
        )

    @staticmethod
    def require_database():
        """Say what to do where a server has no such database."""
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(
                _(
                    "The sandbox's database “%(name)s” does not open: make it as "
                    "docs/operations/install.md says, and repeat this."
                )
                % {"name": connection.settings_dict["NAME"]}
            ) from error
