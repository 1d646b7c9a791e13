"""``make operations``: every page of docs/operations, executed as it is written.

As root, in namespaces of its own (files, network, processes), so that accounts, units,
databases and ports are this run's alone and end with it. There is no systemd in there:
``systemctl`` is a small stand-in that starts what the units say, as whom they say; the
units themselves are looked at by ``systemd-analyze verify``. The environment of the
project is lent, not installed again.

    python -m tests.operations [embedded] [scaled]
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.paths import ROOT

from . import machine, pages

INSIDE = "PLANNER_OPERATIONS_INSIDE"


def main(sizes):
    """Run the sizes, each on a machine of its own; return the exit status."""
    if os.geteuid() or not shutil.which("unshare"):
        print("make operations needs root and unshare: it makes accounts and mounts.")
        return 2
    verify_units()
    failed = [size for size in sizes or pages.SIZES if not alone(size)]
    return 1 if failed else 0


def verify_units():
    """Let systemd judge the units, where it is there, with the paths of this tree."""
    if not shutil.which("systemd-analyze"):
        print("systemd-analyze is missing: the units were not verified.")
        return
    units = sorted((pages.FOLDER / "systemd").glob("*.[st][ei][rm]*"))
    with tempfile.TemporaryDirectory() as folder:
        for unit in units:
            text = unit.read_text().replace(
                "/srv/planner/.venv/bin", sys.prefix + "/bin"
            )
            (Path(folder) / unit.name).write_text(text)
        names = [str(Path(folder) / unit.name.replace("@.", "@1.")) for unit in units]
        for unit, name in zip(units, names, strict=True):
            if not Path(name).exists():
                Path(name).symlink_to(Path(folder) / unit.name)
        done = subprocess.run(
            ["systemd-analyze", "verify", *names],
            check=False,
            capture_output=True,
            text=True,
        )
    if done.returncode or done.stderr:
        raise SystemExit(f"systemd-analyze verify:\n{done.stderr}")
    print(f"systemd-analyze verify: {len(units)} units are sound.")


def alone(size):
    """Run one size in namespaces of its own; return whether every block did well."""
    # Removed out here, where nothing of the machine is mounted any more.
    with tempfile.TemporaryDirectory(prefix="operations-", dir="/var/tmp") as scratch:
        Path(scratch).chmod(0o755)
        return in_namespaces(size, scratch)


def in_namespaces(size, scratch):
    """Run one size where its mounts, ports and processes are its own."""
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    command += ["--mount-proc", sys.executable, "-m", "tests.operations", size]
    done = subprocess.run(
        command, check=False, env=os.environ | {INSIDE: scratch}, cwd=ROOT
    )
    return done.returncode == 0


def inside(size):
    """Execute the blocks of one size on the machine made for them."""
    made = machine.Machine(size, Path(os.environ[INSIDE]))
    try:
        for block in pages.blocks(size):
            began = time.monotonic()
            made.run(block)
            print(
                f"{size:9} {block.page}.md:{block.line:<4} "
                f"{time.monotonic() - began:6.1f} s",
                flush=True,
            )
        made.look_at_services()
        made.look_at_logs()
    except machine.Failure as failure:
        print(failure)
        return 1
    finally:
        made.stop()
    return 0


if __name__ == "__main__":
    asked = sys.argv[1:]
    sys.exit(inside(asked[0]) if os.environ.get(INSIDE) else main(asked))
