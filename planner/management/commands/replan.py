"""``manage.py replan``: a new plan that keeps what is decided, or pays per change."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planner.allocation.decisions import replan
from planner.management import runs, serving
from planner.management.report import Report
from programs import clock
from programs.domain.actors import SYSTEM
from programs.refusals import Refusal


class Command(BaseCommand):
    """Replans a published run and tells whose decided place would change, and why.

    The result is a run like any other: it is submitted, approved by somebody else and
    published, or nothing happens.
    """

    help = _("Plan again after a publication, changing as few decisions as possible.")

    def add_arguments(self, parser):
        """Say which run, and what a change costs."""
        parser.add_argument("run", help=_("the number of the run in force"))
        parser.add_argument(
            "--change-price",
            type=int,
            default=replan.CHANGE_PRICE,
            help=_("points each changed offer costs"),
        )
        parser.add_argument(
            "--most-changes",
            type=int,
            help=_("people who may lose or change a decided place, at most"),
        )
        parser.add_argument("--seconds", type=float, default=60)
        parser.add_argument("--gap", type=runs.gap, default=0.0)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, run, change_price, most_changes, seconds, gap, seed, **options):
        """Ask for the run, wait for it and print what it would change."""
        try:
            asked = replan.replan(
                runs.get(run),
                by=SYSTEM,
                now=clock.now(),
                change_price=change_price,
                most_changes=most_changes,
                seconds=seconds,
                gap=gap,
                seed=seed,
                rings=False,
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        serving.see_through(asked, self.stdout)
        if not Report(asked, self.stdout).print():
            raise CommandError(_("There is no plan that the check accepts."))
        self.tell(replan.changes(asked))

    def tell(self, changes):
        """Print whose decided place would change."""
        self.stdout.write(_("Decided places that would change: %d") % len(changes))
        for change in changes:
            self.stdout.write(
                f"  {change.application.pk} ({change.state}): "
                f"{'+'.join(change.before)} → {'+'.join(change.after) or '–'}. "
                f"{change.why}"
            )
