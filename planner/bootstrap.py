"""Makes the environment that ``make`` installs into, or says what is missing.

Run by whatever Python the machine has, before anything is installed: standard library
only, and understood by every Python 3. An environment that is whole stays as it is; a
half-made one is made anew. Ctrl-C leaves nothing behind.
"""

import os
import platform
import shutil
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)
DISK = 1000
"""Megabytes that have to be free: the environment took 842, the demo's data 11."""
MEMORY = 800
"""Megabytes that the desk took with its worker while it planned the demo; `make demo`
alone took 520 (the most at one moment of all processes together, shared pages once)."""
PROMISE = """\
The first time takes two minutes on a machine at rest and more on a busy one (82 s of
processor were measured): packages are downloaded into {home}, where they take 850 MB
of {free} MB that are free. Planning the demo takes 520 MB of memory, the desk with its
worker {memory} MB. Nothing else is written outside this folder."""
LITTLE = """\
Only {free} MB of memory are free: close something first, or the system may end the
planning before it is done."""


def main(home):
    """Make the environment, and return the exit status."""
    if is_whole(home):
        return 0
    missing = fault(home)
    if missing:
        print(missing, file=sys.stderr)
        return 1
    print(promise(home))
    try:
        return make(home)
    except KeyboardInterrupt:
        shutil.rmtree(home, ignore_errors=True)
        print("\nStopped; nothing is left behind.", file=sys.stderr)
        return 130


def is_whole(home):
    """Return whether there is an environment whose pip works."""
    python = os.path.join(home, "bin", "python")
    if not os.path.exists(python):
        return False
    asked = [python, "-c", "import pip, sys; sys.exit(sys.prefix == sys.base_prefix)"]
    return subprocess.call(asked, stderr=subprocess.DEVNULL) == 0


def fault(home):
    """Return what keeps this machine from having one, in words, or nothing."""
    return system() or version() or modules() or disk(home)


def system():
    """Return what to do on a system that the project does not run on."""
    if sys.platform != "win32":
        return ""
    return (
        "Windows cannot run this by itself. In PowerShell: `wsl --install`, restart, "
        "open Ubuntu, and run the same command there."
    )


def version():
    """Return what to do about a Python that is too old or too new."""
    running = sys.version_info[:2]
    if OLDEST <= running <= NEWEST:
        return ""
    return (
        f"This is Python {dotted(running)}; the libraries are there for "
        f"{dotted(OLDEST)} to {dotted(NEWEST)}. Install one of these and name it: "
        "make demo PYTHON=/path/to/python3.12"
    )


def modules():
    """Return what to install where Python comes without venv or pip."""
    asked = [sys.executable, "-c", "import venv; from ensurepip import version"]
    if subprocess.call(asked, stderr=subprocess.DEVNULL) == 0:
        return ""
    name = f"python{dotted(sys.version_info[:2])}-venv"
    return (
        "This Python cannot make environments: its `venv` or `ensurepip` is missing. "
        f"On Debian and Ubuntu: sudo apt install {name}\n"
        "Then run the same command again."
    )


def disk(home):
    """Return how much room is missing."""
    free = free_megabytes(home)
    if free >= DISK:
        return ""
    return f"{DISK} MB of disk are needed here, {free} MB are free."


def free_megabytes(home):
    """Return how much room there is where the environment goes."""
    folder = os.path.dirname(os.path.abspath(home))
    return shutil.disk_usage(folder).free // 2**20


def promise(home):
    """Return what the first time will take."""
    told = PROMISE.format(home=home, free=free_megabytes(home), memory=MEMORY)
    memory = free_memory()
    if memory is None or memory >= MEMORY:
        return told
    return "\n".join([told, LITTLE.format(free=memory)])


def free_memory():
    """Return how many megabytes of memory are free, or None where nobody says."""
    try:
        with open("/proc/meminfo") as lines:
            told = dict(line.split(":", 1) for line in lines)
    except OSError:
        return None
    return int(told["MemAvailable"].split()[0]) // 1024


def make(home):
    """Make the environment; return the status, and leave nothing half made."""
    print(f"Making {home} with Python {platform.python_version()}")
    status = subprocess.call([sys.executable, "-m", "venv", "--clear", home])
    if status:
        shutil.rmtree(home, ignore_errors=True)
    return status


def dotted(numbers):
    """Return (3, 11) as 3.11."""
    return ".".join(map(str, numbers))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
