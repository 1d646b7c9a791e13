"""``manage.py serve``: the desk, its worker and the dispatcher, as one command."""

import os
import signal
import sys
import threading
import time
from argparse import ArgumentTypeError

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planner import health, launcher
from programs.demo import logins

log = structlog.get_logger(__name__)

#: A running job gets its soft limit to hand back what it has, and a little more.
STOP_SECONDS = 45


class Command(BaseCommand):
    """Serves everything from one machine, without any server to install.

    The web server runs in this process; worker and dispatcher are children, which
    are restarted when they die and stopped through their leaders. Ctrl-C or SIGTERM
    ends all of it; a run that is then unfinished is taken up at the next start.
    """

    help = _("Open the desk with its worker; Ctrl-C ends both.")

    def add_arguments(self, parser):
        """Say where to listen and how much to do at once."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=number_to(65_535), default=8000)
        parser.add_argument(
            "--threads", type=number_to(256), default=8, help=_("requests at once")
        )
        parser.add_argument(
            "--jobs", type=number_to(64), default=2, help=_("jobs at once")
        )

    def handle(self, *, host, port, threads, jobs, **options):
        """Serve until a signal asks to stop."""
        web = Web(host, port, threads)
        if not health.is_migrated():
            raise CommandError(
                _(
                    "The database is not ready. For a first look, run `make demo`; "
                    "after an update, `manage.py migrate`."
                )
            )
        stopping = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stopping.set())
        web.start()
        os.chdir(settings.BASE_DIR)
        children = launcher.children(jobs=jobs)
        self.announce(host, port)
        try:
            self.tend(children, stopping)
        finally:
            self.stop(web, children)

    def announce(self, host, port):
        """Tell the address, and who may sign in to the demo."""
        address = f"http://{host}:{port}/desk/"
        if not sys.stdout.isatty() and not settings.DEMO:
            log.info("serve.open", address=address)
            return
        self.stdout.write(self.style.SUCCESS(_("The desk is open: %s") % address))
        for line in demo_logins():
            self.stdout.write(f"  {line}")
        self.stdout.write(_("Ctrl-C ends it."))
        self.stdout.flush()

    def tend(self, children, stopping):
        """Keep the children running until somebody asks to stop."""
        while not stopping.is_set():
            for child in children:
                status = child.tend(time.monotonic())
                if status is not None:
                    log.error("serve.restarts", child=child.name, status=status)
            stopping.wait(0.5)

    def stop(self, web, children):
        """Stop taking requests, then let each child finish."""
        if sys.stdout.isatty() or settings.DEMO:
            self.stdout.write(_("Stopping; a running job hands back what it has."))
            self.stdout.flush()
        else:
            log.info("serve.stops")
        for child in children:
            child.stop()
        web.stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            child.wait(max(0.1, deadline - time.monotonic()))


def number_to(most):
    """Return a reader of whole numbers from 1 to the most that makes sense."""

    def read(text):
        if not (text.isdecimal() and 1 <= int(text) <= most):
            raise ArgumentTypeError(
                _("%(text)s is no whole number from 1 to %(most)d")
                % {"text": text, "most": most}
            )
        return int(text)

    return read


class Web(threading.Thread):
    """The web server, in a thread that opens and closes its own sockets.

    Closing them from another thread would pull them from under its poll.
    """

    def __init__(self, host, port, threads):
        """Bind the port; say so in one line when somebody else has it."""
        import waitress  # slow import: only this command serves

        from planner.wsgi import application

        super().__init__(name="web", daemon=True)
        self.channels, self.stopping = {}, threading.Event()
        try:
            self.server = waitress.create_server(
                application,
                map=self.channels,
                host=host,
                port=port,
                threads=threads,
                ident=None,
                **believed_headers(),
            )
        except (OSError, ValueError) as error:
            # waitress says ValueError of a host that has no address.
            raise CommandError(
                _(
                    "Cannot listen on %(host)s port %(port)s: %(error)s. "
                    "Choose another one: make serve PORT=8001"
                )
                % {
                    "host": host,
                    "port": port,
                    "error": getattr(error, "strerror", None) or error,
                }
            ) from error

    def run(self):
        """Answer requests until somebody asks to stop; finish those begun."""
        from waitress import wasyncore  # slow import: only this command serves

        while not self.stopping.is_set():
            wasyncore.loop(timeout=0.5, map=self.channels, count=1)
        self.server.task_dispatcher.shutdown(timeout=5)
        self.server.close()
        # Visitors whose connection is still open.
        wasyncore.close_all(map=self.channels, ignore_all=True)

    def stop(self):
        """Ask it to stop, and wait until it has."""
        self.stopping.set()
        self.join(10)


def believed_headers():
    """Return waitress's options for the proxies in front; it believes none unasked."""
    if not settings.NUM_PROXIES:
        return {}
    return {
        "trusted_proxy": "*",
        "trusted_proxy_count": settings.NUM_PROXIES,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }


def demo_logins():
    """Return a line for each account of the demo, where it is loaded and allowed."""
    if not settings.DEMO:
        return []
    known = set(get_user_model().objects.values_list("username", flat=True))
    rows = [
        f"{username:<16} {role} ({institution})"
        for username, role, institution in logins.logins()
        if username in known
    ]
    return rows and [_("Password of all: %s") % settings.DEMO_PASSWORD, *rows]
