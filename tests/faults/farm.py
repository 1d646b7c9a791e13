"""A farm of real processes: workers and a dispatcher on a database of their own.

Every process is started here, in a session of its own, and ended by its own id.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests import migrated

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "only-for-tests-" + "x" * 50,
    "SECURED_FIELDS_KEY": "b25seS1mb3ItdGVzdHMtMzItYnl0ZXMtb2Yta2V5ISE=",
    "NIK_HASH_KEY": "only-for-tests-too",
    "DJANGO_SETTINGS_MODULE": "planner.settings",
    "ALLOCATION_LEASE_SECONDS": "6",
    "LOG_LEVEL": "WARNING",
}
SERVERS = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"}
"""What a farm is told, and never takes over from whoever runs the tests."""

ENDED = {"solved", "infeasible", "failed", "cancelled"}


class Farm:
    """Workers and a dispatcher over one database and one broker."""

    def __init__(self, folder, **environment):
        self.folder = folder
        own = {key: value for key, value in os.environ.items() if key not in SERVERS}
        self.environment = own | SECRETS | {"DATA_DIR": str(folder)}
        self.environment |= environment
        self.processes = []
        own_file = folder / "db.sqlite3"
        if "DATABASE_URL" in environment or not migrated.placed(own_file):
            self.manage("migrate", "--verbosity", "0")
        if "CACHE_URL" in environment:
            self.manage("createcachetable")

    def manage(self, *command):
        """Run a management command to its end."""
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def act(self, *action, timeout=120, of="actions"):
        """Do something in a process of its own and return what it said."""
        done = subprocess.run(
            [sys.executable, "-m", f"tests.faults.{of}", *action],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout.splitlines()[-1])

    def start_acting(self, *action):
        """Start an action and do not wait for it."""
        return self.start([sys.executable, "-m", "tests.faults.actions", *action])

    def start(self, command):
        """Start a process in a session of its own."""
        log = (self.folder / f"log-{len(self.processes)}").open("wb")
        with log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_worker(self, queue="solve"):
        """Start a worker that serves one run, or another thing, at a time."""
        celery = [sys.executable, "-m", "celery", "-q", "-A", "planner.celery"]
        options = ["--queues", queue, "--concurrency", "1", "--loglevel", "error"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        name = ["--hostname", f"w{len(self.processes)}@%h"]
        return self.start([*celery, "worker", *options, *quiet, *name])

    def start_dispatcher(self):
        """Start a dispatcher that looks every half second."""
        return self.start([sys.executable, "manage.py", "dispatch", "--every", "0.5"])

    def send(self, process, number):
        """Send a signal to a process and everything it started in its session."""
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        if number == signal.SIGKILL:
            process.wait()

    def wait_for(self, holds, *, seconds, every=0.5):
        """Wait until something holds of the states, and return them."""
        deadline = time.monotonic() + seconds
        while True:
            states = self.act("states")
            if holds(states):
                return states
            assert time.monotonic() < deadline, states
            time.sleep(every)

    def wait_until(self, holds, *, seconds):
        """Wait until something holds that no database is needed for."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def all_ended(self, states):
        """Whether no run waits or is served."""
        return all(run["state"] in ENDED for run in states.values())

    def close(self):
        """End every process that was started here."""
        for process in self.processes:
            self.send(process, signal.SIGCONT)
            self.send(process, signal.SIGKILL)
