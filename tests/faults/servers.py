"""Private servers on free loopback ports, started and ended by the test alone."""

import errno
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest


def free_port():
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, *, seconds=20):
    """Wait until somebody listens."""
    deadline = time.monotonic() + seconds
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, f"nobody listens on port {port}"
        time.sleep(0.1)


class Redis:
    """A Redis server that remembers what it was told, or is skipped where absent."""

    def __init__(self, folder):
        self.program = shutil.which("redis-server")
        if self.program is None:
            pytest.skip("redis-server is not installed")
        self.folder, self.port = folder, free_port()
        self.start()

    @property
    def environment(self):
        """What makes the planner use it."""
        return {
            "CELERY_BROKER_URL": f"redis://127.0.0.1:{self.port}/0",
            "CACHE_URL": "dbcache://cache_table",
        }

    def start(self):
        """Start it, with what it wrote down before."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            [self.program, *options, "--dir", str(self.folder), "--appendonly", "yes"],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for_port(self.port)

    def kill(self):
        """End it without a word."""
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()

    remove = kill

    def freeze(self):
        """Let it hang: connections open, nothing answers."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)


class Rabbit:
    """A RabbitMQ node of its own, or skipped where absent.

    Its name, ports, cookie, data and name server are its own: a node that the machine
    runs already is never touched.
    """

    def __init__(self, folder):
        found = sorted(Path("/usr/lib/rabbitmq").glob("**/bin/rabbitmq-server"))
        if not found:
            pytest.skip("RabbitMQ is not installed")
        self.program, self.folder = found[-1], folder
        self.port, distribution, names = free_port(), free_port(), free_port()
        self.names = str(names)
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.port}\n"
        )
        (folder / "enabled_plugins").write_text("[].\n")
        self.own = {
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"faults-{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_MNESIA_BASE": str(folder),
            "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "ERL_EPMD_PORT": self.names,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }
        self.start()

    @property
    def environment(self):
        """What makes the planner use it."""
        return {
            "CELERY_BROKER_URL": f"amqp://guest:guest@127.0.0.1:{self.port}//",
            "CACHE_URL": "dbcache://cache_table",
        }

    def start(self):
        """Start it, with what it wrote down before."""
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(
                [self.program],
                env=os.environ | self.own,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_for_port(self.port, seconds=90)

    def kill(self):
        """End it without a word."""
        for number in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                break
        self.process.wait()

    def freeze(self):
        """Let it hang: connections open, nothing answers."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        """Let it go on."""
        os.killpg(self.process.pid, signal.SIGCONT)

    def remove(self):
        """End it, and its name server."""
        self.kill()
        epmd = shutil.which("epmd")
        if epmd:
            subprocess.run(
                [epmd, "-port", self.names, "-kill"], check=False, capture_output=True
            )


class Postgres:
    """A PostgreSQL cluster of its own, or skipped where absent."""

    def __init__(self):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found or os.geteuid() != 0:
            pytest.skip("PostgreSQL is not installed, or this is not root")
        self.programs, self.port = found[-1].parent, free_port()
        # Not in pytest's folder: only root may enter that one.
        self.folder = Path(tempfile.mkdtemp(prefix="planner-faults-"))
        shutil.chown(self.folder, "postgres")
        self.run("initdb", "-A", "trust", "-U", "planner")
        self.start()
        self.call("createdb", "-h", "127.0.0.1", "-p", str(self.port), "planner")

    @property
    def environment(self):
        """What makes the planner use it."""
        return {"DATABASE_URL": f"postgres://planner@127.0.0.1:{self.port}/planner"}

    def call(self, program, *arguments):
        """Run one of its programs as its own user."""
        command = " ".join([str(self.programs / program), "-U planner", *arguments])
        subprocess.run(
            ["su", "postgres", "-c", command], check=True, capture_output=True
        )

    def run(self, program, *arguments):
        """Run one of its programs on the cluster."""
        command = [str(self.programs / program), "-D", str(self.folder), *arguments]
        subprocess.run(
            ["su", "postgres", "-c", " ".join(command)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self):
        """Start it."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        log = f"{self.folder}/log"
        self.run("pg_ctl", "-w", "-l", log, "-o", f"'{options}'", "start")

    def crash(self):
        """End it at once, in the middle of everything."""
        self.run("pg_ctl", "-m", "immediate", "stop")

    def remove(self):
        """End it and take its files away."""
        self.crash()
        shutil.rmtree(self.folder)


class SmallDisk:
    """A file system in memory that can be filled up, or skipped where none is allowed.

    Parameters
    ----------
    megabytes: its size. owner: the user who may write to it.
    """

    def __init__(self, megabytes, owner="root"):
        self.folder = Path(tempfile.mkdtemp(prefix="planner-disk-"))
        self.ballast = self.folder / "ballast"
        options = f"size={megabytes}m,mode=0700"
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)],
            check=False,
            capture_output=True,
        )
        if mounted.returncode != 0:
            self.folder.rmdir()
            pytest.skip("a file system may not be mounted here")
        shutil.chown(self.folder, owner)

    def fill(self):
        """Leave no room at all."""
        with self.ballast.open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def free(self):
        """Give the room back."""
        self.ballast.unlink()

    def remove(self):
        """Take it away, with all that is on it."""
        subprocess.run(["umount", str(self.folder)], check=True)
        self.folder.rmdir()
