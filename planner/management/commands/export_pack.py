"""``manage.py export_pack``: the decision pack of a run, for an auditor."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planner.allocation.results import pack
from planner.management import runs
from planner.management.report import as_text
from programs.refusals import Refusal


class Command(BaseCommand):
    """Writes problem, result, check report, decisions and summary into one file."""

    help = _("Write the decision pack of a run.")

    def add_arguments(self, parser):
        """Say which run, and where to."""
        parser.add_argument("run", help=_("the number of a run"))
        parser.add_argument("--output", type=Path, help=_("the file to write"))

    def handle(self, *, run, output, **options):
        """Write the pack and print its digest."""
        record = runs.get(run)
        path = output or Path(f"run-{record.number}.zip")
        try:
            digest = pack.write(record, path, summarise=as_text)
        except (Refusal, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{digest}  {path}")
