"""``manage.py export_rows KIND FILE``: rows as CSV or XLSX, or an empty template."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programs import clock, transfer
from programs.refusals import Refusal

from .import_rows import find_user


class Command(BaseCommand):
    """Write what the user may see; the ending of the file says which format."""

    help = "Export rows to a CSV or XLSX file that import_rows takes back."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=sorted(transfer.KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", default="administrator", help="user name")
        parser.add_argument("--template", action="store_true", help="columns, no rows")
        parser.add_argument(
            "--private", action="store_true", help="with NIK and disability (audited)"
        )

    def handle(self, *, kind, file, by, template, private, **options):
        user = find_user(by)
        file_format = file.suffix.lstrip(".").lower()
        if file_format not in transfer.FORMATS:
            raise CommandError(_("The file's name has to end in .csv or .xlsx."))
        if template:
            content = transfer.template(kind, file_format, by=user)
        else:
            content = self.export(kind, file_format, user, private)
        file.write_bytes(content)
        self.stdout.write(
            _("%(file)s: %(size)d bytes.") % {"file": file, "size": len(content)}
        )

    def export(self, kind, file_format, user, private):
        try:
            return transfer.export(
                kind, file_format, by=user, now=clock.now(), private=private
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
