"""``manage.py import_rows KIND FILE``: judge a file, and take it when told to."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programs import clock, transfer
from programs.models import User
from programs.refusals import Refusal

SHOWN = 20


class Command(BaseCommand):
    """Dry run by default; ``--apply`` writes, ``--park`` keeps bad rows aside."""

    help = "Check or import a CSV or XLSX file of rows."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=sorted(transfer.KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", default="administrator", help="user name")
        parser.add_argument(
            "--reason", default="", help="why applications come late; kept in the trail"
        )
        parser.add_argument("--apply", action="store_true", help="write the good rows")
        parser.add_argument(
            "--park", action="store_true", help="with --apply: keep bad rows aside"
        )
        parser.add_argument(
            "--parked-file", type=Path, help="write parked rows with errors here"
        )

    def handle(self, *, kind, file, by, reason, apply, park, parked_file, **options):
        user = find_user(by)
        now = clock.now()
        try:
            report = transfer.check(
                kind, read(file), filename=file.name, by=user, now=now, reason=reason
            )
            self.show(report)
            if apply:
                transfer.apply(
                    report.batch, digest=report.digest, by=user, now=now, park=park
                )
                self.stdout.write(_("Written."))
            else:
                transfer.discard(report.batch, by=user, now=now)
                self.stdout.write(_("Dry run: nothing was written (use --apply)."))
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if apply and parked_file and report.bad:
            name = parked_file.suffix.lstrip(".")
            file_format = name if name in transfer.FORMATS else "csv"
            content = transfer.parked_file(report.batch, file_format, by=user)
            parked_file.write_bytes(content)
        elif report.bad and not apply:
            raise SystemExit(1)

    def show(self, report):
        counts = report.counts
        self.stdout.write(
            _(
                "%(rows)d rows: %(new)d new, %(changed)d changed, %(unchanged)d "
                "unchanged, %(bad)d with errors."
            )
            % ({"rows": len(report.rows)} | counts)
        )
        for name in report.ignored:
            self.stdout.write(_("Column “%(name)s” is ignored.") % {"name": name})
        for note in report.notes:
            self.stdout.write(note)
        for row in report.bad[:SHOWN]:
            for problem in row.problems:
                self.stdout.write("  " + sentence(row, problem))
        if len(report.bad) > SHOWN:
            more = len(report.bad) - SHOWN
            self.stdout.write(_("  … and %(more)d more rows.") % {"more": more})


def sentence(row, problem):
    """Return row, column, value and expectation as one line."""
    column = problem.column
    private = column in {"nik", "disability"}
    value = "…" if private else row.cells.get(column, "")
    return _("row %(row)d, %(column)s: “%(value)s”, expected %(expectation)s") % {
        "row": row.number,
        "column": column or "-",
        "value": value[:60],
        "expectation": problem.expectation,
    }


def read(path):
    """Return a file's bytes, or say that it is not there."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(
            _("%(file)s cannot be read: %(reason)s.")
            % {"file": path, "reason": error.strerror}
        ) from error


def find_user(name):
    """Return the user who is answerable for what is written."""
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(
            _("There is no active user called %(name)s; name one with --by.")
            % {"name": name}
        )
    return user
