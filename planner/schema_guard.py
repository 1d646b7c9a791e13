"""Until the database has the shape this release expects, every page says so in words.

A web process that starts before ``migrate`` has run (or beside a database of an older
release) would answer with a crash wherever a new column is read.
"""

import time

from django.utils.translation import gettext as _

from planner import health

LOOK_AGAIN_SECONDS = 5
HEALTH = "/health/"


class SchemaGuard:
    """Wraps the WSGI application; asks until the database fits, then never again."""

    def __init__(self, application):
        self.application = application
        self._fits = False
        self._looked_at = None

    def __call__(self, environ, start_response):
        """Pass the request on, or answer 503 with the reason."""
        path = environ.get("PATH_INFO", "")
        if self._fits or path.startswith(HEALTH) or self.fits():
            return self.application(environ, start_response)
        text = _(
            "The database is older than this program. Whoever operates it has to run "
            "`manage.py migrate`; then this page opens by itself."
        )
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Retry-After", str(LOOK_AGAIN_SECONDS)),
            ("Cache-Control", "no-store"),
        ]
        start_response("503 Service Unavailable", headers)
        return [text.encode()]

    def fits(self):
        """Return whether the database has every migration of this release.

        A database that does not answer is no older one: the page says what is wrong.
        """
        now = time.monotonic()
        if self._looked_at is not None and now - self._looked_at < LOOK_AGAIN_SECONDS:
            return False
        self._looked_at = now
        self._fits = not health.database_answers() or health.is_migrated()
        return self._fits
