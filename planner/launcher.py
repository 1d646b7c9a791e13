"""Child processes of ``manage.py serve``: started, restarted, stopped one by one.

``python -m planner.launcher COMMAND...`` runs a command on a leash: on Linux it is
told to stop when its launcher dies without a word.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time

#: A child that lives this long has started well; its next failure starts anew.
SETTLED_SECONDS = 30
LONGEST_PAUSE_SECONDS = 30
PR_SET_PDEATHSIG = 1


class Child:
    """A long-running command, started again with growing pauses when it ends."""

    def __init__(self, name, command, environment=None):
        self.name = name
        self.command = command
        self.environment = {**os.environ, **(environment or {})}
        self.process = None
        self.failures = 0
        self.next_start = 0.0

    def start(self):
        """Start it in a session of its own.

        Ctrl-C in the terminal reaches a whole process group, and would kill the
        worker's pool under a running job; only the leader may be told to stop.
        """
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "planner.launcher", *self.command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def tend(self, now):
        """Start it when its time has come; return its exit status if it just ended."""
        if self.process is None:
            if now >= self.next_start:
                self.start()
            return None
        status = self.process.poll()
        if status is None:
            return None
        self.process = None
        settled = now - self.started > SETTLED_SECONDS
        self.failures = 1 if settled else self.failures + 1
        self.next_start = now + min(2**self.failures, LONGEST_PAUSE_SECONDS)
        return status

    def stop(self):
        """Ask its leader to finish what it does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds):
        """Wait for the end; past the time, end it. Return whether it ended itself."""
        if self.process is None:
            return True
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False
        return True


def children(*, jobs):
    """Return the processes that stand beside the web server.

    ``REMAP_SIGTERM`` makes Celery take SIGTERM as "finish within the soft limit".
    """
    worker = [sys.executable, "-m", "celery", "-q", "-A", "planner.celery", "worker"]
    options = [
        "--queues",
        "solve,files,hooks",
        "--concurrency",
        str(jobs),
        "--loglevel",
        "info",
    ]
    quiet = ["--without-gossip", "--without-mingle", "--hostname", "desk@%h"]
    return [
        Child("worker", [*worker, *options, *quiet], {"REMAP_SIGTERM": "SIGQUIT"}),
        Child("dispatcher", [sys.executable, "manage.py", "dispatch"]),
    ]


def run_on_leash(command):
    """Become the command, which the kernel stops when the launcher dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.execv(command[0], command)  # noqa: S606 -- the launcher's own words


if __name__ == "__main__":
    run_on_leash(sys.argv[1:])
