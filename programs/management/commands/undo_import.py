"""``manage.py undo_import ID``: take back what an import wrote."""

from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programs import clock, transfer
from programs.models import ImportBatch
from programs.refusals import Refusal

from .import_rows import find_user


class Command(BaseCommand):
    """People and applications that nothing rests on; the import as a whole."""

    help = "Undo an import, while nothing rests on the rows it wrote."

    def add_arguments(self, parser):
        parser.add_argument("id", type=UUID, help="as import_rows said it")
        parser.add_argument("--by", default="administrator", help="user name")

    def handle(self, *, id, by, **options):
        user = find_user(by)
        batch = ImportBatch.objects.visible_to(user).filter(pk=id).first()
        if batch is None:
            raise CommandError(_("There is no import %(id)s.") % {"id": id})
        try:
            transfer.undo(batch, by=user, now=clock.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("Undone."))
