"""``manage.py load_program NAME``: a real program with the rules of its regulation."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programs import clock, regulations
from programs.domain.actors import SYSTEM
from programs.models import Country
from programs.refusals import Refusal


class Command(BaseCommand):
    """Without a name it lists what there is."""

    help = "Load a program from fixtures/programs, or list the programs there are."

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?", help="folder of the program")
        parser.add_argument(
            "--directory",
            type=Path,
            default=regulations.DIRECTORY,
            help="folder that holds the folders",
        )

    def handle(self, *, name, directory, **options):
        try:
            if name is None:
                self.show(regulations.found(directory))
                return
            folder = regulations.find(name, directory)
            if not Country.objects.exists():
                raise CommandError(
                    _("The reference data are missing: run load_reference first.")
                )
            program = regulations.load(folder, by=SYSTEM, now=clock.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            _("%(title)s (%(code)s): loaded, with %(rules)d rules.")
            % {
                "title": program.title,
                "code": program.code,
                "rules": program.rules.count(),
            }
        )

    def show(self, folders):
        """List folders with their titles."""
        for folder in folders:
            self.stdout.write(f"{folder.name:24} {folder.title}")
