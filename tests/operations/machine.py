"""A machine of its own for the pages: files, accounts, servers, and no systemd."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.paths import ROOT

SHIM = Path(__file__).with_name("systemctl.py")
STATE = Path("/run/units")
PASSWORDS = {"OWNER_PASSWORD": "owner-of-this-run", "APP_PASSWORD": "app-of-this-run"}
ADMIN = {
    "DJANGO_SUPERUSER_USERNAME": "admin",
    "DJANGO_SUPERUSER_EMAIL": "admin@ministry.example",
    "DJANGO_SUPERUSER_PASSWORD": "only-for-this-run-1",
}
PRELUDE = "set -euo pipefail\numask 022\ncd /srv/planner 2>/dev/null || cd /\n"


class Failure(Exception):
    """A block that did not do what its page says."""


class Machine:
    """Mounts, accounts and servers that end with the process."""

    def __init__(self, size, scratch):
        subprocess.run(["mount", "-n", "--make-rprivate", "/"], check=True)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        self.scratch = scratch
        read_only_but(scratch)
        over("/etc", self.scratch / "etc")
        self.source = self.scratch / "repository"
        clone(self.source)
        self.environment = Path(sys.prefix)
        open_to_all(Path(sys.base_prefix))
        for folder in ("/srv", "/run", "/var/backups"):
            subprocess.run(["mount", "-n", "-t", "tmpfs", "tmpfs", folder], check=True)
        STATE.mkdir()
        self.bin = Path("/run/bin")
        self.bin.mkdir()
        shim = self.bin / "systemctl"
        shim.write_text(f'#!/bin/sh\nexec {sys.executable} {SHIM} "$@"\n')
        shim.chmod(0o755)
        self.servers = servers(self.scratch) if size == "scaled" else []

    def run(self, block):
        """Execute a block as root; the account's password is answered, not typed."""
        script = block.script.replace("createsuperuser", "createsuperuser --noinput")
        done = subprocess.run(
            ["bash", "-c", PRELUDE + script],
            check=False,
            env=self.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            raise Failure(
                f"{block.page}.md:{block.line} ended with {done.returncode}:\n"
                f"{block.script}\n{done.stdout[-4000:]}\n{logs()}"
            )

    def variables(self):
        """Return the variables that the pages speak of."""
        return {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "REPOSITORY": str(self.source),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "VENV_LENT": str(self.environment),
            **PASSWORDS,
            **ADMIN,
        }

    def look_at_services(self):
        """Refuse a service that has ended by itself."""
        for file in sorted(STATE.glob("*.pid")):
            if not Path(f"/proc/{file.read_text()}").exists():
                raise Failure(f"{file.stem} has ended by itself.\n{logs()}")

    def look_at_logs(self):
        """Refuse a line of a service that is not one JSON object."""
        for file in sorted(STATE.glob("*.log")):
            for line in file.read_text().splitlines():
                if not is_object(line):
                    raise Failure(f"{file.name}: this line is no JSON object:\n{line}")
            print(f"{file.name}: every line is one JSON object.")

    def stop(self):
        """End the services and servers of this machine; its mounts end by themselves.

        Nothing is removed from in here, where folders may be mounted into others.
        """
        subprocess.run([sys.executable, SHIM, "stop-all"], check=False)
        for server in reversed(self.servers):
            server.terminate()


def read_only_but(scratch):
    """Make all that there is read only but one folder and a fresh /tmp.

    The blocks are root's, and a wrong one must not reach what is not this machine's.
    """
    tree = Path("/tmp") in ROOT.parents  # a checkout there would be hidden
    aside = scratch / "tree"
    aside.mkdir()
    for command in (
        ["mount", "-n", "--bind", scratch, scratch],
        *([["mount", "-n", "--bind", ROOT, aside]] if tree else []),
        ["mount", "-n", "-o", "remount,bind,ro", "/"],
        ["mount", "-n", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", "/tmp"],
    ):
        subprocess.run(command, check=True)
    if tree:
        ROOT.mkdir(parents=True)
        subprocess.run(["mount", "-n", "--bind", aside, ROOT], check=True)
        subprocess.run(["mount", "-n", "-o", "remount,bind,ro", ROOT], check=True)


def over(folder, upper):
    """Let a folder be written to without a trace: a copy is mounted over it."""
    shutil.copytree(folder, upper, symlinks=True)
    subprocess.run(["mount", "-n", "--bind", upper, folder], check=True)


def open_to_all(python):
    """Let every account of the machine use a Python that lives in root's home.

    Read only: what is lent is never written to, whatever happens in here.
    """
    home = Path("/root")
    if home not in python.parents:
        return
    aside = Path("/mnt")
    subprocess.run(["mount", "-n", "--bind", python, aside], check=True)
    subprocess.run(["mount", "-n", "-o", "remount,bind,ro", aside], check=True)
    fresh = ["mount", "-n", "-t", "tmpfs", "-o", "mode=755", "tmpfs", home]
    subprocess.run(fresh, check=True)
    python.mkdir(parents=True)
    subprocess.run(["mount", "-n", "--bind", aside, python], check=True)


def clone(target):
    """Put a repository of this tree's last commit where the pages clone it from.

    A hook lends the environment to whoever clones it: requirements are not installed.
    """
    git = ["git", "-c", "safe.directory=*"]
    subprocess.run([*git, "clone", "--quiet", ROOT, target], check=True)
    target.parent.chmod(0o755)
    template = target.parent / "template" / "hooks"
    template.mkdir(parents=True)
    hook = template / "post-checkout"
    hook.write_text(
        "#!/bin/sh\ntest -e .venv && exit 0\nmkdir .venv\n"
        "for part in bin lib include pyvenv.cfg; do "
        'ln -s "$VENV_LENT/$part" .venv/$part; done\n'
        "sleep 1; touch .venv/.runtime .venv/.compiled\n"
    )
    hook.chmod(0o755)
    Path("/etc/gitconfig").write_text(
        f"[init]\n\ttemplateDir = {template.parent}\n[safe]\n\tdirectory = *\n"
    )


def servers(scratch):
    """Start a PostgreSQL and a Redis of this machine alone."""
    data = scratch / "pg"
    data.mkdir()
    shutil.chown(data, "postgres")
    sockets = Path("/run/postgresql")
    sockets.mkdir()
    shutil.chown(sockets, "postgres")
    (programs,) = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
    as_postgres = ["runuser", "-u", "postgres", "--"]
    made = [programs / "initdb", "-D", data, "--auth-local=trust", "--auth-host=md5"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*as_postgres, *made], check=True, **quiet)
    started = [programs / "postgres", "-D", data, "-k", sockets, "-c", "fsync=off"]
    database = subprocess.Popen([*as_postgres, *started], **quiet)
    redis = subprocess.Popen(
        ["redis-server", "--port", "6379", "--save", "", "--dir", scratch], **quiet
    )
    ready = "until pg_isready -q -h /run/postgresql; do sleep 0.2; done"
    subprocess.run(["timeout", "60", "bash", "-c", ready], check=True)
    return [database, redis]


def is_object(line):
    """Return whether a line is one JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def logs():
    """Return the last lines of every service."""
    return "\n".join(
        f"--- {file.name}\n" + "\n".join(file.read_text().splitlines()[-15:])
        for file in sorted(STATE.glob("*.log"))
    )
