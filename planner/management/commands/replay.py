"""``manage.py replay``: a recorded run checked and solved again from its files."""

import json
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planner.allocation import files, pack, replay
from planner.management import runs
from programs import formats
from programs.refusals import Refusal

MOST_BYTES = 4 << 30


class Command(BaseCommand):
    """Proves that the recorded input gave the recorded plan, here and now."""

    help = _("Check a run (or a decision pack) again, and solve it again.")

    def add_arguments(self, parser):
        """Say which run, or which pack."""
        parser.add_argument("run", help=_("the number of a run, or a pack.zip"))
        parser.add_argument(
            "--check-only", action="store_true", help=_("do not solve it again")
        )

    def handle(self, *, run, check_only, **options):
        """Replay, print what came out, and fail where the record does not hold."""
        source = from_pack(Path(run)) if run.endswith(".zip") else from_run(run)
        try:
            with source as (folder, about):
                found = replay.replay(
                    folder,
                    digest=about["input_digest"],
                    solves=not check_only,
                    **about["limits"],
                )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.tell(found)
        if not found.holds:
            raise CommandError(_("The record does not hold."))

    def tell(self, found):
        """Print what the replay found."""
        yes, no = _("yes"), _("no")
        self.stdout.write(
            _("Same problem: %s") % (yes if found.same_input else no),
        )
        self.stdout.write(
            _("Plan accepted by the check: %s") % (yes if found.accepted else no)
        )
        for sentence in found.violations:
            self.stdout.write(f"  {sentence}")
        for number, (recorded, now) in enumerate(found.tiers, start=1):
            self.stdout.write(
                _("Tier %(tier)d: recorded %(recorded)s, solved again %(now)s")
                % {
                    "tier": number,
                    "recorded": formats.number(recorded),
                    "now": formats.number(now),
                }
            )
        if found.same_plan is not None:
            self.stdout.write(_("Same plan: %s") % (yes if found.same_plan else no))


@contextmanager
def from_run(number):
    """Give the files of a recorded run."""
    run = runs.get(number)
    with files.unpacked(run) as folder:
        yield folder, pack.about(run)


@contextmanager
def from_pack(path):
    """Give the files of a decision pack."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            with zipfile.ZipFile(path) as archive:
                for entry in ("problem.npz", "result.npz", "run.json"):
                    if archive.getinfo(entry).file_size > MOST_BYTES:
                        raise CommandError(_("%s is too large.") % entry)
                    (folder / entry).write_bytes(archive.read(entry))
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise CommandError(
                _("%(path)s is no decision pack: %(why)s")
                % {"path": path, "why": error}
            ) from error
        yield folder, json.loads((folder / "run.json").read_text())
