"""What 20,000 people cost, beside what is promised: ``make scale``.

The world is made once, in the empty database that DATABASE_URL names (some minutes),
and is kept there: a second time begins with what is measured. That happens in a copy,
which is removed again. Leaves with 1 where a figure is over its limit.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import django


def main():
    """Prepare the world, and measure in a copy of it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    os.environ.setdefault("DEMO", "1")  # the world is the demo's, its accounts too
    if not os.environ.get("DATABASE_URL"):
        raise SystemExit("Set DATABASE_URL to an empty database; it will be filled.")
    django.setup()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--slots", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=60, help="of the solve")
    parser.add_argument("--only", nargs="*", help="parts to measure")
    parser.add_argument("--neighbour", action="store_true", help="be the other one")
    parser.add_argument("--freeze", metavar="FILE", help="write the problem, and end")
    options = parser.parse_args()
    from . import neighbour, parts, world

    if options.neighbour:
        neighbour.act()
        return 0
    if options.freeze:
        world.freeze(options, options.freeze)
        return 0
    run = world.prepare(options)
    with tempfile.TemporaryDirectory() as folder, copied(Path(folder)):
        return parts.measure(run.pk, options.only)


def copied(folder):
    """Return a block in which this process and its children use a copy."""
    from .copies import copy

    return copy(folder)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
