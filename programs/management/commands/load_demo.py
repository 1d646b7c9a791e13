"""``manage.py load_demo``: the demonstration into an empty database."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programs import clock
from programs.demo import load, logins
from programs.models import Country
from programs.refusals import Refusal


class Command(BaseCommand):
    """Load fixtures/demo, or another folder that ``make_demo`` wrote."""

    help = "Load the demonstration data and its logins; a second time changes nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--directory",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "demo" / "tables",
            help="folder of the CSV files",
        )

    def handle(self, *, directory, **options):
        if not (directory / "participants.csv").exists():
            raise CommandError(
                _("%(folder)s holds no demonstration: participants.csv is missing.")
                % {"folder": directory}
            )
        if not Country.objects.exists():
            raise CommandError(
                _("The reference data are missing: run load_reference first.")
            )
        password = settings.DEMO_PASSWORD if settings.DEMO else ""
        try:
            counts = load.load(directory, now=clock.now(), password=password)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if not counts:
            self.stdout.write(_("The demonstration is loaded already."))
        else:
            self.stdout.write(
                _("Demonstration: %(rows)d rows loaded.")
                % {"rows": sum(counts.values())}
            )
        if not password:
            self.stdout.write(
                _("Nobody can sign in yet: set DEMO and DEMO_PASSWORD, then repeat.")
            )
        for name, role, institution in logins.logins() if password else []:
            self.stdout.write(f"  {name:16} {role} ({institution})")
