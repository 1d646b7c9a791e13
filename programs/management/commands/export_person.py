"""``manage.py export_person``: everything held about one person, as a file."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programs import clock
from programs.domain import personal_data
from programs.domain.actors import SYSTEM
from programs.models import Participant


class Command(BaseCommand):
    """Writes what the right of access asks for; the export is noted in the trail."""

    help = _("Write everything held about a person into a file, in both languages.")

    def add_arguments(self, parser):
        """Take the person's code and the file."""
        parser.add_argument("code")
        parser.add_argument("file", type=Path)

    def handle(self, *, code, file, **options):
        """Write the file, for nobody but its owner to read."""
        person = find(code)
        held = personal_data.export_person(
            participant=person, by=SYSTEM, now=clock.now()
        )
        file.touch(mode=0o600)
        file.write_text(json.dumps(held, indent=2, ensure_ascii=False))
        self.stdout.write(str(file))


def find(code):
    """Return the person with a code, or say that there is none."""
    person = Participant.objects.filter(code=code).first()
    if person is None:
        raise CommandError(_("Nobody has the code %s.") % code)
    return person
