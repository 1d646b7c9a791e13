"""``manage.py dispatch``: looks after runs and offers that wait for nobody to ring."""

import signal
import threading

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from planner.jobs.dispatch import look_after

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Calls each function of settings.DISPATCH every few seconds.

    Any number of dispatchers may run: everything they call is safe to call twice.
    """

    help = _("Ring for runs nobody serves, and expire offers nobody answered.")

    def add_arguments(self, parser):
        """Say how often, and whether only once."""
        parser.add_argument(
            "--every", type=float, default=3.0, help=_("seconds between two looks")
        )
        parser.add_argument("--once", action="store_true", help=_("look once and end"))

    def handle(self, *, every, once, **options):
        """Look until a signal asks to stop."""
        jobs = [(name, import_string(name)) for name in settings.DISPATCH]
        stopping = threading.Event()
        if once:
            self.look(jobs)
            return
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stopping.set())
        while not stopping.is_set():
            self.look(jobs)
            stopping.wait(every)

    def look(self, jobs):
        """Call each job; one that fails keeps neither the others nor the next look."""
        close_old_connections()
        for name, job in jobs:
            try:
                look_after(job, now=timezone.now())
            except Exception:
                log.exception("dispatch.failed", job=name)
