"""Run one of the project's tools as a newcomer would, and hand back what it says."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

ROOT = settings.BASE_DIR


def run(*command, **environment):
    """Run a tool of this environment from the root of the repository."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=280,
    )


def tool(name):
    """Return the path of a console script that was installed beside this Python."""
    return Path(sys.executable).parent / name


def python(script):
    """Run a script in a fresh interpreter."""
    return run(sys.executable, "-c", script)


def said(done):
    """Return everything the tool said, for the message of a failing test."""
    return f"\n{done.stdout}\n{done.stderr}"
