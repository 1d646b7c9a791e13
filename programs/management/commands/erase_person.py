"""``manage.py erase_person``: take away what identifies one person."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programs import clock
from programs.domain import personal_data
from programs.domain.actors import SYSTEM
from programs.refusals import Refusal

from .export_person import find


class Command(BaseCommand):
    """Erases a person; there is no undo, and what a law keeps is named."""

    help = _("Erase what identifies a person; there is no undo.")

    def add_arguments(self, parser):
        """Take the person's code, twice."""
        parser.add_argument("code")
        parser.add_argument("--confirm", required=True, help=_("the code once more"))

    def handle(self, *, code, confirm, **options):
        """Erase, and say what stays."""
        if confirm != code:
            raise CommandError(_("The two codes differ; nothing was erased."))
        person = find(code)
        try:
            personal_data.erase(participant=person, by=SYSTEM, now=clock.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("What identified the person is erased."))
        for sentence in personal_data.kept(person):
            self.stdout.write(sentence)
