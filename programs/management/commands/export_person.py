"""``manage.py export_person``: everything held about one person, as a file."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
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
        parser.add_argument("code", help="CODE, or INSTITUTION/CODE")
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
    """Return the person with a code, or say that there is none, or more than one.

    Parameters
    ----------
    code: as the institution gave it; its own code and a slash may stand before.
    """
    institution, _slash, own = code.partition("/")
    people = Participant.objects.select_related("registered_by")
    found = people.filter(
        Q(code=code) | Q(code=own, registered_by__code=institution)
    ).order_by("registered_by")
    if not found:
        raise CommandError(_("Nobody has the code %s.") % code)
    if len(found) > 1:
        whose = ", ".join(f"{row.registered_by.code}/{row.code}" for row in found)
        raise CommandError(
            _("Several people have this code; say which: %(whose)s.") % {"whose": whose}
        )
    return found[0]
