"""``manage.py import_rows KIND FILE``: judge a file, and take it when told to."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programs import clock, transfer
from programs.models import User
from programs.refusals import Refusal

SHOWN = 20
AUTO = "auto"
"""Instead of a file: what is proposed."""


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
        parser.add_argument(
            "--mapping",
            help="for a sheet with columns of its own: a file from --write-mapping, or "
            "“auto” for what is proposed and remembered",
        )
        parser.add_argument(
            "--write-mapping",
            type=Path,
            help="write what the sheet is taken for, to be changed and given back",
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
        facts = {"filename": file.name, "by": user, "now": now, "reason": reason}
        written = options["write_mapping"]
        try:
            mapping = mapping_from(options["mapping"] or (written and AUTO))
            report = judged(kind, read(file), mapping=mapping, **facts)
            self.show(report)
            if written and report.own:
                written.write_text(report.own.mapping.as_json(indent=2))
            if apply:
                transfer.apply(
                    report.batch, digest=report.digest, by=user, now=now, park=park
                )
                written = {"id": report.batch.pk}
                self.stdout.write(_("Written. (Import %(id)s)") % written)
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
            % ({"rows": report.num_rows} | counts)
        )
        for name in report.ignored:
            self.stdout.write(_("Column “%(name)s” is ignored.") % {"name": name})
        for note in report.notes:
            self.stdout.write(note)
        if report.own:
            self.show_own(report.own, transfer.overview_of(report))
            return
        for row in report.bad[:SHOWN]:
            for problem in row.problems:
                self.stdout.write("  " + sentence(row, problem))
        if report.num_bad > SHOWN:
            more = report.num_bad - SHOWN
            self.stdout.write(_("  … and %(more)d more rows.") % {"more": more})

    def show_own(self, own, overview):
        """Say what an own sheet was taken for, and what is wrong in groups."""
        mapping = own.mapping
        for heading, name in mapping.columns.items():
            if name:
                sure = round(mapping.sure.get(heading, 1) * 100)
                self.stdout.write(f"  {heading} → {name} ({sure}%)")
        for name, value in mapping.constants.items():
            self.stdout.write(f"  = {name}: {value}")
        for name, found in overview["words"].items():
            for word in found["words"]:
                if not word["code"]:
                    self.stdout.write("  " + unknown(name, word))
        for group in overview["groups"][:SHOWN]:
            self.stdout.write(
                _("  %(count)d × %(column)s: expected %(expectation)s (row %(rows)s)")
                % {
                    "count": group["count"],
                    "column": group["column"] or "-",
                    "expectation": transfer.told_group(group),
                    "rows": ", ".join(map(str, group["rows"][:5])),
                }
            )


def judged(kind, content, *, by, now, **facts):
    """Judge a file and keep it; a big one is stored first and judged piece by piece."""
    if not transfer.is_big(content):
        return transfer.check(kind, content, by=by, now=now, **facts)
    batch = transfer.receive(kind, content, by=by, now=now, **facts)
    return transfer.judge(batch, by=by, now=now)


def unknown(name, word):
    """Return a word without a meaning, and what is nearest to it, as one line."""
    near = ", ".join(f"{code} ({like:.0%})" for code, like in word["near"])
    told = {"count": word["count"], "text": word["text"], "near": near or "–"}
    return _(
        "%(count)d × “%(text)s” in %(field)s has no meaning; nearest: %(near)s"
    ) % (told | {"field": name})


def mapping_from(said):
    """Return the mapping of a file, an empty one for “auto”, or none for none.

    Raises
    ------
    Refusal: the file is no mapping. CommandError: it cannot be read.
    """
    if not said:
        return None
    if said == AUTO:
        return transfer.Mapping()
    return transfer.Mapping.from_json(read(Path(said)).decode("utf-8", "replace"))


def sentence(row, problem):
    """Return row, column, value and expectation as one line."""
    column = problem.column
    private = column in {"nik", "passport", "disability"}
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
