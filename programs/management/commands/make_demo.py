"""``manage.py make_demo``: write a demonstration of any size from a seed."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programs.demo import make

FIXTURES = settings.BASE_DIR / "fixtures"


class Command(BaseCommand):
    """Make the files that ``load_demo`` loads."""

    help = "Write demonstration data: same seed and sizes, same bytes."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=make.SEED)
        parser.add_argument("--people", type=int, default=make.PEOPLE)
        parser.add_argument("--slots", type=int, default=make.SLOTS)
        parser.add_argument(
            "--output",
            type=Path,
            default=FIXTURES / "demo" / "tables",
            help="folder for the CSV files",
        )

    def handle(self, *, seed, people, slots, output, **options):
        if people < 1 or slots < 1:
            raise CommandError(_("--people and --slots have to be at least 1."))
        tables = make.make(FIXTURES, num_people=people, num_slots=slots, seed=seed)
        try:
            rows = make.write(tables, output)
        except OSError as error:
            raise CommandError(
                _("%(folder)s cannot be written: %(why)s. Choose another --output.")
                % {"folder": output, "why": error.strerror}
            ) from error
        self.stdout.write(
            _("%(rows)d rows in %(files)d files: %(folder)s")
            % {"rows": rows, "files": len(tables), "folder": output}
        )
