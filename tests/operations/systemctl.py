"""A stand-in for ``systemctl`` where no systemd runs: it starts what the units say.

Only what the pages use: daemon-reload, enable [--now], start, stop, restart. User,
WorkingDirectory, Environment, EnvironmentFile, ExecStart and the stopping signal are
read from the unit; hardening is systemd's business.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

UNITS = Path("/etc/systemd/system")
STATE = Path("/run/units")
STOP_SECONDS = 60
RUNUSER = shutil.which("runuser")


def main(verb, *names):
    """Do what is asked of each unit; return the exit status."""
    if verb == "daemon-reload":
        return 0
    if verb == "stop-all":
        for file in STATE.glob("*.pid"):
            stop(file.stem)
        return 0
    now = "--now" in names
    units = [name.removesuffix(".service") for name in names if name != "--now"]
    for unit in units:
        if verb == "enable":
            require_install(unit)
        if verb in ("stop", "restart"):
            stop(unit)
        if verb in ("start", "restart") or (now and not unit.endswith(".timer")):
            start(unit)
    return 0


def require_install(unit):
    """Refuse to enable a unit that says nothing about when to start."""
    if "WantedBy" not in read(unit):
        sys.exit(f"{unit}: no [Install], enabling does nothing")


def read(unit):
    """Return {name: [values]} of a unit, continued lines joined."""
    template, at, instance = unit.partition("@")
    name = unit if "." in unit else f"{template}{at}.service"
    text = (UNITS / name).read_text().replace("\\\n", " ")
    values = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            value = value.replace("%i", instance).replace("%%", "%")
            values.setdefault(key.strip(), []).append(value.strip())
    return values


def start(unit):
    """Start a unit, or run a oneshot to its end."""
    values = read(unit)
    log = (STATE / f"{unit}.log").open("a")
    is_oneshot = values.get("Type") == ["oneshot"]
    for command in values["ExecStart"]:
        child = subprocess.Popen(
            [RUNUSER, "-u", values["User"][0], "--", *shlex.split(command)],
            cwd=values["WorkingDirectory"][0],
            env=environment(values),
            stdout=subprocess.DEVNULL if is_oneshot else log,
            stderr=subprocess.PIPE if is_oneshot else log,
            start_new_session=True,
        )
        if is_oneshot:
            _out, told = child.communicate()
            if child.returncode:
                sys.exit(f"{command}: {told.decode()}")
        else:
            (STATE / f"{unit}.pid").write_text(str(child.pid))


def environment(values):
    """Return the variables of a unit: a service inherits next to nothing."""
    found = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/srv/planner"}
    for file in values.get("EnvironmentFile", []):
        path = Path(file.removeprefix("-"))
        if path.exists() or not file.startswith("-"):
            for line in path.read_text().splitlines():
                name, equals, value = line.partition("=")
                if equals and not line.startswith("#"):
                    found[name] = value
    for line in values.get("Environment", []):
        name, _equals, value = line.partition("=")
        found[name] = value
    return found


def stop(unit):
    """Stop a unit by its leader, and wait until it has ended."""
    file = STATE / f"{unit}.pid"
    if not file.exists():
        return
    leader = int(file.read_text())
    file.unlink()
    children = Path(f"/proc/{leader}/task/{leader}/children")
    pids = (
        [int(pid) for pid in children.read_text().split()] if children.exists() else []
    )
    for pid in pids or [leader]:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > deadline:
            sys.exit(f"{unit} did not stop within {STOP_SECONDS} s")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
