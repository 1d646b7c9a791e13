"""``manage.py compare_plan``: a plan made by hand, held against the plan of a run."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planner.allocation.review.by_hand.verb import compare
from planner.management import runs
from planner.models import loss_words
from planner.models.by_hand_words import Sameness
from programs import clock, formats
from programs.domain.actors import SYSTEM
from programs.refusals import Refusal

BROKEN, BAD_ROWS = 2, 3
"""Exit statuses of a plan that breaks something, and of one not read whole."""


class Command(BaseCommand):
    """Scores and checks a file of people and slots; decides nothing.

    Leaves with 0 where the plan made by hand keeps every rule and hard limit, with 2
    where it does not, with 3 where rows could not be read, with 1 where nothing could
    be compared. People are named by their codes.
    """

    help = _("Hold a file of people and slots against the plan of a run.")

    def add_arguments(self, parser):
        """Say which run and which file."""
        parser.add_argument("run", help=_("the number of a run"))
        parser.add_argument("file", type=Path, help=_("CSV or XLSX: participant, slot"))

    def handle(self, *, run, file, **options):
        """Compare, and print what came of it."""
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(why)s.")
                % {"file": file, "why": error.strerror}
            ) from error
        try:
            found = compare(runs.get(run), content, by=SYSTEM, now=clock.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.tell(found)
        if found.plan.bad:
            raise CommandError(self.unread(found), returncode=BAD_ROWS)
        if not found.holds:
            raise CommandError(found.headline, returncode=BROKEN)

    def tell(self, found):
        """Print score, quotas, what is broken, and who differs."""
        self.stdout.write(found.headline)
        people = (_("people placed"), found.people.ours, found.people.theirs)
        goals = [
            (tier.label, tier.shown(both.ours), tier.shown(both.theirs))
            for tier, both in found.tiers
        ]
        for label, ours, theirs in [people, *goals]:
            self.stdout.write(
                _("  %(label)s: %(ours)s in the run, %(theirs)s by hand")
                % {
                    "label": label,
                    "ours": formats.number(ours),
                    "theirs": formats.number(theirs),
                }
            )
        for pair in found.quotas:
            ours, theirs = map(loss_words.missed_by, pair.told)
            self.stdout.write(
                _("  %(label)s: %(ours)s in the run, %(theirs)s by hand")
                % {"label": pair.quota.code, "ours": ours, "theirs": theirs}
            )
        for sentence in [*found.violations, *found.against]:
            self.stdout.write(f"! {sentence}")
        self.stdout.write(f"{Sameness.SAME.label}: {found.same}")
        self.stdout.write(f"{_('no place in either')}: {found.neither}")
        for each in found.differences:
            self.stdout.write(
                f"{each.person.name}: {each.what.label}: "
                f"{'+'.join(each.ours) or '–'} → {'+'.join(each.theirs) or '–'}. "
                f"{each.why}"
            )

    def unread(self, found):
        """Return a sentence for each cell that could not be read."""
        told = [
            _("row %(row)d, %(column)s: expected %(expectation)s")
            % {
                "row": row.number,
                "column": problem.column or "-",
                "expectation": problem.expectation,
            }
            for row in found.plan.bad
            for problem in row.problems
        ]
        return "\n".join(told)
