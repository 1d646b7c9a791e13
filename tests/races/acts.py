"""Two who act at once, made to meet at a point that the test names.

An act runs in a thread with a connection of its own. ``pause`` holds it right before
the first statement that contains a piece of SQL, so that the order in which two acts
read and write is forced, on any implementation and without a wait of fixed length.
"""

import threading
import time

from django.db import connection, connections

PATIENCE = 60
LOOKS = 5
"""How often in a row an act has to be seen waiting before it counts as held up."""


class Act(threading.Thread):
    """A call that somebody makes, with what came of it.

    Parameters
    ----------
    call: a function without arguments. pause: piece of SQL to stop before, or None.
    """

    def __init__(self, call, pause=None):
        super().__init__(daemon=True)
        self.call, self.pause = call, pause
        self.answer = self.error = self.backend = None
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.is_at_the_door = False
        self.start()

    def run(self):
        """Make the call, watching each statement."""
        try:
            if connection.vendor == "postgresql":
                connection.ensure_connection()
                self.backend = connection.connection.info.backend_pid
            with connection.execute_wrapper(self.watch):
                self.answer = self.call()
        except BaseException as error:
            self.error = error
        finally:
            self.reached.set()
            connections.close_all()

    def watch(self, execute, sql, params, many, context):
        """Stop before the statement asked for; note the wait for SQLite's one lock."""
        if self.pause and self.pause in sql and not self.reached.is_set():
            self.reached.set()
            self.go_on.wait(PATIENCE)
        writes = not sql.startswith("SELECT")
        self.is_at_the_door = writes and not connection.in_atomic_block
        try:
            return execute(sql, params, many, context)
        finally:
            self.is_at_the_door = False

    def until_paused(self):
        """Wait until the act stands at its point, or has ended before."""
        assert self.reached.wait(PATIENCE)
        return self

    def until_held_up(self):
        """Wait until the act has ended or waits for a lock; return whether it waits."""
        seen = 0
        end = time.monotonic() + PATIENCE
        while self.is_alive() and seen < LOOKS:
            seen = seen + 1 if self.waits() else 0
            time.sleep(0.01)
            assert time.monotonic() < end
        return self.is_alive()

    def waits(self):
        """Return whether the act waits for a lock at this moment."""
        if self.backend is None:
            return self.is_at_the_door
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted",
                [self.backend],
            )
            return bool(cursor.fetchone()[0])

    def end(self):
        """Let the act go on, and wait for its end."""
        self.go_on.set()
        self.join(PATIENCE)
        assert not self.is_alive()
        return self


def meet(first, *, before, second):
    """Run two calls: the second whole while the first stands before a statement.

    Returns both acts, ended. Where the second has to wait for a lock of the first, the
    first goes on once it is seen to wait.
    """
    one = Act(first, pause=before).until_paused()
    two = Act(second)
    two.until_held_up()
    return one.end(), two.end()


def worked(*acts):
    """Return those of the acts that ended without an error."""
    return [act for act in acts if act.error is None]
