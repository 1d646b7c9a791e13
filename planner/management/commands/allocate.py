"""``manage.py allocate``: ask for a run, watch it, print the plan with its proof."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planner.allocation.decisions import cancel, request, reuse
from planner.management import runs as reading, serving
from planner.management.report import Report
from planner.models import Scenario
from programs import clock
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
        parser.add_argument(
            "--scenario",
            nargs="+",
            metavar="NAME",
            default=[None],
            help=_("one run for each of these scenarios"),
        )
        parser.add_argument(
            "--seconds", type=float, help=_("60, or 30 for the demo, unless given")
        )
        parser.add_argument("--gap", type=reading.gap, default=0.0)
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--work",
            type=int,
            help=_("units of search: the same plan on every machine, if time allows"),
        )
        parser.add_argument(
            "--wait", action="store_true", help=_("wait for the plan and print it")
        )
        parser.add_argument(
            "--brief", action="store_true", help=_("print one sentence, no tables")
        )
        parser.add_argument(
            "--reuse",
            action="store_true",
            help=_("print a finished run of the same data and limits instead"),
        )

    def handle(self, **options):
        """Ask for the runs; wait and print where asked to."""
        if options["seconds"] is None:
            options["seconds"] = 30 if options["demo"] else 60
        waits = options["wait"] or options["demo"]
        try:
            runs = self.find_or_request(options, waits)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if not waits:
            for run in runs:
                self.stdout.write(_("Run %(number)d waits.") % {"number": run.number})
            return
        printed = [self.see_through(run, options["brief"]) for run in runs]
        if not all(printed):
            raise CommandError(_("There is no plan that the check accepts."))

    def see_through(self, run, brief):
        """Wait for a run and print it; return whether it has a checked plan.

        Ctrl-C hands the run back: nobody takes it up behind the reader's back.
        """
        try:
            serving.see_through(run, self.stdout)
        except KeyboardInterrupt:
            cancel.give_up(run, by=SYSTEM, now=clock.now())
            raise
        report = Report(run, self.stdout)
        return report.print_sentence() if brief else report.print()

    def find_or_request(self, options, waits):
        """Return a finished run of the same data for each scenario, or new ones."""
        names = ("seconds", "gap", "workers", "seed", "work")
        limits = {name: options[name] for name in names}
        intakes = self.intakes(options)
        scenarios = [self.scenario(name) for name in options["scenario"]]
        if options["reuse"] or options["demo"]:
            runs = [
                reuse.find(intakes=intakes, scenario=scenario, **limits)
                for scenario in scenarios
            ]
            if all(runs):
                return runs
        return request.allocate_batch(
            intakes=intakes,
            scenarios=scenarios,
            by=SYSTEM,
            now=clock.now(),
            # With one run to wait for, nobody is faster than this very process.
            rings=not waits or len(scenarios) > 1,
            **limits,
        )

    def intakes(self, options):
        """Return the intakes asked for; name those that do not exist."""
        if not options["intake"]:
            return list(Intake.objects.filter(state=IntakeState.CLOSED))
        codes = options["intake"]
        intakes = list(Intake.objects.filter(code__in=codes))
        missing = sorted(set(codes) - {intake.code for intake in intakes})
        if missing:
            raise CommandError(_("There is no intake %s.") % ", ".join(missing))
        return intakes

    def scenario(self, name):
        """Return the scenario of this name, or None."""
        if not name:
            return None
        try:
            return Scenario.objects.what_ifs().get(name=name)
        except Scenario.DoesNotExist:
            raise CommandError(_("There is no scenario “%s”.") % name) from None
