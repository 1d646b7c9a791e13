"""Break functions in turn and see whether the tests that hold them notice.

python -m tests.architecture.mutants --draw 10 --seed 1
python -m tests.architecture.mutants planner/optimiser/solve.py
"""

import argparse
import os
import random
import subprocess
import sys

from tests.architecture.modules import (
    ROOT,
    dotted_name,
    functions,
    holders_of,
    modules,
)

SECONDS = 600
"""A run that takes longer than this has noticed something, too."""

PASSED, FAILED, NOTHING_RAN = 0, 1, 5
"""What pytest's exit statuses mean; with any other it has said nothing about tests."""


def draw(count, seed):
    """Return pairs of module and function, drawn evenly from all functions."""
    every = [
        (module, name) for module in modules() for name in functions(ROOT / module)
    ]
    return random.Random(seed).sample(every, count)


def elsewhere():
    """Return the environment without servers: a test run of its own makes, and drops,
    the databases that the one around it is using.
    """
    servers = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL")
    return {name: v for name, v in os.environ.items() if name not in servers}


def is_noticed(module, name):
    """Return whether the tests of a module fail once this function of it is broken.

    Parameters
    ----------
    module: path of the module from the root of the tree.
    name: qualified name of the function; None breaks nothing.
    """
    broken = f"{dotted_name(module)}:{name or ''}"
    return any(_fails(file, broken) for file in holders_of(module))


def _fails(file, broken):
    """Return whether a test file fails while a function is broken."""
    command = [
        *(sys.executable, "-m", "pytest", file, "-q", "-x"),
        *("-p", "tests.architecture.breaking", "-p", "no:cacheprovider"),
        *("-m", "not browser and not stress and not slow"),
    ]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**elsewhere(), "BROKEN": broken, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    if done.returncode not in {PASSED, FAILED, NOTHING_RAN}:
        raise RuntimeError(f"{file} with {broken}:\n{done.stdout}\n{done.stderr}")
    return done.returncode == FAILED


def main():
    """Print what nobody noticed; leave with 1 where there is any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="all functions of these")
    parser.add_argument("--draw", type=int, default=10, help="so many of all functions")
    parser.add_argument("--seed", type=int, help="which ones; drawn anew if not given")
    options = parser.parse_args()
    pairs = [(m, name) for m in options.modules for name in functions(ROOT / m)]
    missed = 0
    for module, name in pairs or draw(options.draw, options.seed):
        noticed = is_noticed(module, name)
        missed += not noticed
        print("noticed" if noticed else "MISSED ", module, name, flush=True)
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
