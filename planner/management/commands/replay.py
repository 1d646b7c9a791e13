"""``manage.py replay``: a recorded run checked and solved again from its files."""

import json
import tempfile
import zipfile
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planner.allocation.results import files, pack
from planner.allocation.review import replay
from planner.management import runs
from programs import formats
from programs.refusals import Refusal

MOST_BYTES = 4 << 30
ABOUT = ("input_digest", "result_digest", "limits")
ENTRIES = ("problem.npz", "result.npz", "run.json", "decisions.json", "SHA256SUMS")


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
            with source as (folder, about, decisions):
                outcome = replay.replay(
                    folder,
                    digest=about["input_digest"],
                    result_digest=about["result_digest"],
                    decisions=decisions,
                    solves=not check_only,
                    **about["limits"],
                )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.tell(outcome)
        if not outcome.holds:
            raise CommandError(_("The record does not hold."))

    def tell(self, outcome):
        """Print what the replay found."""
        yes, no = _("yes"), _("no")
        self.stdout.write(
            _("Same problem: %s") % (yes if outcome.same_input else no),
        )
        self.stdout.write(
            _("Plan accepted by the check: %s") % (yes if outcome.accepted else no)
        )
        self.stdout.write(
            _("Decisions as recorded, and those of the plan: %s")
            % (yes if outcome.same_decisions else no)
        )
        for sentence in outcome.violations:
            self.stdout.write(f"  {sentence}")
        for number, (recorded, now) in enumerate(outcome.tiers, start=1):
            self.stdout.write(
                _("Tier %(tier)d: recorded %(recorded)s, solved again %(now)s")
                % {
                    "tier": number,
                    "recorded": formats.number(recorded),
                    "now": formats.number(now),
                }
            )
        if outcome.same_plan is not None:
            self.stdout.write(_("Same plan: %s") % (yes if outcome.same_plan else no))


@contextmanager
def from_run(number):
    """Give the files of a recorded run."""
    run = runs.get(number)
    with files.unpacked(run) as folder:
        yield folder, pack.about(run), pack.decisions(run)


@contextmanager
def from_pack(path):
    """Give the files of a decision pack."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            with zipfile.ZipFile(path) as archive:
                for entry in ENTRIES:
                    if archive.getinfo(entry).file_size > MOST_BYTES:
                        raise CommandError(_("%s is too large.") % entry)
                    (folder / entry).write_bytes(archive.read(entry))
            require_sums(folder)
            about = json.loads((folder / "run.json").read_text())
            decisions = json.loads((folder / "decisions.json").read_text())
            about = {name: about[name] for name in ABOUT}
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise CommandError(
                _("%(path)s is no decision pack: %(why)s")
                % {"path": path, "why": error}
            ) from error
        yield folder, about, decisions


def require_sums(folder):
    """Refuse a pack with a file that is not as its list of sums says."""
    listed = dict(
        reversed(line.split(maxsplit=1))
        for line in (folder / "SHA256SUMS").read_text().splitlines()
    )
    for entry in ENTRIES[:-1]:
        if sha256((folder / entry).read_bytes()).hexdigest() != listed.get(entry):
            raise CommandError(_("%s is not as SHA256SUMS says.") % entry)
