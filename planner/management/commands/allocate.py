"""``manage.py allocate``: ask for a run, watch it, print the plan with its proof."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from planner.allocation import request, reuse
from planner.management import serving
from planner.management.report import Report
from planner.models import Scenario
from programs.choices import IntakeState
from programs.domain.actors import SYSTEM
from programs.models import Intake
from programs.refusals import Refusal


class Command(BaseCommand):
    """Plans intakes through the same verb as the desk and the API.

    With --wait it serves the run itself when no worker has taken it, and succeeds only
    if the independent check accepts the plan.
    """

    help = _("Plan intakes: seats, money, quotas and people, with a proof.")

    def add_arguments(self, parser):
        """Say which intakes, under which scenario and limits."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--intake", nargs="+", metavar="CODE", default=[])
        which.add_argument(
            "--closed", action="store_true", help=_("every intake that is closed")
        )
        which.add_argument(
            "--demo",
            action="store_true",
            help=_("every closed intake, waiting, reusing a run of the same data"),
        )
        parser.add_argument("--scenario", metavar="NAME")
        parser.add_argument("--seconds", type=float, default=60)
        parser.add_argument("--gap", type=float, default=0.0)
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--wait", action="store_true", help=_("wait for the plan and print it")
        )
        parser.add_argument(
            "--reuse",
            action="store_true",
            help=_("print a finished run of the same data and limits instead"),
        )

    def handle(self, **options):
        """Ask for the run; wait and print where asked to."""
        waits = options["wait"] or options["demo"]
        try:
            run = self.find_or_request(options, waits)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if not waits:
            self.stdout.write(_("Run %(number)d waits.") % {"number": run.number})
            return
        serving.see_through(run, self.stdout)
        if not Report(run, self.stdout).print():
            raise CommandError(_("There is no plan that the check accepts."))

    def find_or_request(self, options, waits):
        """Return a finished run of the same data, or a new one."""
        wanted = {
            "intakes": self.intakes(options),
            "scenario": self.scenario(options["scenario"]),
            **{name: options[name] for name in ("seconds", "gap", "workers", "seed")},
        }
        if options["reuse"] or options["demo"]:
            run = reuse.find(**wanted)
            if run is not None:
                return run
        return request.allocate(
            **wanted, by=SYSTEM, now=timezone.now(), rings=not waits
        )

    def intakes(self, options):
        """Return the intakes asked for; name those that do not exist."""
        if not options["intake"]:
            return list(Intake.objects.filter(state=IntakeState.CLOSED))
        codes = options["intake"]
        found = list(Intake.objects.filter(code__in=codes))
        missing = sorted(set(codes) - {intake.code for intake in found})
        if missing:
            raise CommandError(_("There is no intake %s.") % ", ".join(missing))
        return found

    def scenario(self, name):
        """Return the scenario of this name, or None."""
        if not name:
            return None
        try:
            return Scenario.objects.get(name=name)
        except Scenario.DoesNotExist:
            raise CommandError(_("There is no scenario “%s”.") % name) from None
