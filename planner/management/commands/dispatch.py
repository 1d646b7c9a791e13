"""``manage.py dispatch``: looks after runs and offers that wait for nobody to ring."""

import signal
import threading

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from planner import ticks
from planner.jobs.dispatch import look_after
from programs import clock, sandbox

log = structlog.get_logger(__name__)


def loaded(names):
    """Return (name, function) of functions by their names."""
    return [(name, import_string(name)) for name in names]


class Command(BaseCommand):
    """Calls each function of settings.DISPATCH every few seconds, on both sides.

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
        jobs, by_clock = loaded(settings.DISPATCH), loaded(settings.DISPATCH_BY_CLOCK)
        stopping = threading.Event()
        if once:
            self.look(jobs, by_clock)
            return
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stopping.set())
        while not stopping.is_set():
            self.look(jobs, by_clock)
            stopping.wait(every)

    def look(self, jobs, by_clock):
        """Call each job; one that fails keeps neither the others nor the next look."""
        close_old_connections()
        if self.believes():
            jobs = [*jobs, *by_clock]
        self.call(jobs)
        if sandbox.is_prepared():
            with sandbox.entered():
                self.call(jobs)

    @staticmethod
    def call(jobs):
        for name, job in jobs:
            try:
                look_after(job, now=clock.now())
            except Exception:
                log.exception("dispatch.failed", job=name)

    def believes(self):
        """Note the tick; return whether what runs out by the clock may do so."""
        try:
            return ticks.tick(now=clock.now())
        except DatabaseError:
            log.exception("dispatch.failed", job="planner.ticks.tick")
            return False
