"""``manage.py load_reference``: facts with their sources into the database."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from programs import reference


class Command(BaseCommand):
    """Load fixtures/reference; what did not change is not written."""

    help = "Load regions, skills, scales, rates and rules; safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument(
            "--directory",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "reference",
            help="folder of the CSV files",
        )

    def handle(self, *, directory, verbosity, **options):
        counts = reference.load(directory)
        for file, (added, changed) in counts.items():
            if verbosity > 1:
                self.stdout.write(f"{file}: {added} + {changed}")
        added, changed = (sum(column) for column in zip(*counts.values(), strict=True))
        self.stdout.write(
            _("Reference data: %(added)d rows added, %(changed)d changed.")
            % {"added": added, "changed": changed}
        )
