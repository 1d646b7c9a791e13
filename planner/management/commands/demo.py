"""``manage.py demo``: the demo corridors, loaded and planned, in one command."""

import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _, gettext_noop

STEPS = (
    (gettext_noop("Preparing the database"), ("migrate",), {"verbosity": 0}),
    (gettext_noop("Loading reference data"), ("load_reference",), {}),
    (gettext_noop("Opening the sandbox of the API"), ("open_sandbox",), {}),
    (gettext_noop("Loading the demo corridors"), ("load_demo",), {}),
    (
        gettext_noop("Planning the closed intakes"),
        ("allocate", "--demo"),
        {},
    ),
)
NEXT = (
    gettext_noop(
        "Next: `make serve` opens the desk on these data at "
        "http://127.0.0.1:8000/desk/ (another port: `make serve PORT=8001`)."
    ),
    gettext_noop("Sign in as planner with the password %(password)s."),
    gettext_noop("`make demo TABLE=1` prints the whole plan."),
    gettext_noop(
        "To try the API: `.venv/bin/python manage.py create_key %(code)s --scope host "
        "--test` prints a test key; see docs/api."
    ),
)


TRIES = "utu-penang"
"""The host that a programmer tries the API as."""


class Command(BaseCommand):
    """Runs the steps a newcomer would; each may run again without changing anything.

    The last step is an ordinary allocation, and fails when the independent check
    does not accept the plan: then so does this command.
    """

    help = _("Load the demo corridors, plan them and print the plan with its proof.")

    def add_arguments(self, parser):
        """Say whether to print the whole plan."""
        parser.add_argument(
            "--tables", action="store_true", help=_("print the whole plan in tables")
        )

    def handle(self, *, tables, **options):
        """Run the steps in turn, saying which one and how long it took."""
        for number, (title, command, options) in enumerate(STEPS, start=1):
            self.stdout.write(
                self.style.MIGRATE_HEADING(f"[{number}/{len(STEPS)}] {_(title)}")
            )
            started = time.perf_counter()
            if command[0] == "allocate" and not tables:
                command = (*command, "--brief")
            call_command(*command, **options, stdout=self.stdout, stderr=self.stderr)
            seconds = time.perf_counter() - started
            self.stdout.write(f"      {seconds:.1f} s", self.style.SUCCESS)
        for line in NEXT:
            words = {"password": settings.DEMO_PASSWORD, "code": TRIES}
            self.stdout.write(_(line) % words)
