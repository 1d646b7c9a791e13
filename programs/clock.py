"""What time it is: one answer for every process.

With a database server the time is the server's, however the clocks of web processes
and workers stand: no deadline, expiry or audit entry is off by what one machine
believes. With SQLite there is one machine and its clock; ``planner.ticks`` watches it.
"""

import threading
import time
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

FRESH_SECONDS = 60
"""How long a reading of the server's clock is carried on by counting seconds."""


def now():
    """Return the present moment, aware, by the clock that counts here."""
    return _server.now() if settings.DATABASE_CLOCK else timezone.now()


class _ServersClock:
    """The database server's time, read once a minute and counted on in between.

    Seconds are counted by a clock that nobody can set, so a jump of this machine's
    clock changes nothing.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._read_at = self._moment = None

    def now(self):
        """Return the server's time."""
        with self._lock:
            counted = time.monotonic()
            if self._read_at is None or counted - self._read_at > FRESH_SECONDS:
                self._moment, self._read_at = read(), time.monotonic()
                counted = self._read_at
            return self._moment + timedelta(seconds=counted - self._read_at)


def read():
    """Return the time of the database server at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


_server = _ServersClock()
