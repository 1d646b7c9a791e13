"""``manage.py demo``: the demo corridors, loaded and planned, in one command."""

import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _, gettext_noop

STEPS = (
    (gettext_noop("Preparing the database"), ("migrate",), {"verbosity": 0}),
    (gettext_noop("Loading reference data"), ("load_reference",), {}),
    (gettext_noop("Loading the demo corridors"), ("load_demo",), {}),
    (
        gettext_noop("Planning the closed intakes"),
        ("allocate", "--demo"),
        {},
    ),
)


class Command(BaseCommand):
    """Runs the steps a newcomer would; each may run again without changing anything.

    The last step is an ordinary allocation, and fails when the independent check
    does not accept the plan: then so does this command.
    """

    help = _("Load the demo corridors, plan them and print the plan with its proof.")

    def handle(self, **options):
        """Run the steps in turn, saying which one and how long it took."""
        for number, (title, command, settings) in enumerate(STEPS, start=1):
            self.stdout.write(
                self.style.MIGRATE_HEADING(f"[{number}/{len(STEPS)}] {_(title)}")
            )
            started = time.perf_counter()
            call_command(*command, **settings, stdout=self.stdout, stderr=self.stderr)
            seconds = time.perf_counter() - started
            self.stdout.write(f"      {seconds:.1f} s", self.style.SUCCESS)
        self.stdout.write(_("Next: `make serve` opens the desk on these data."))
