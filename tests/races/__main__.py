"""All verbs at random from four processes, then every promise recounted from the rows.

``python -m tests.races --seconds 300`` works on an empty database, which DATABASE_URL
names, and leaves with 1 if a promise is broken or somebody met anything but a refusal.
``make races`` runs it after the single races.
"""

import argparse
import os
import subprocess
import sys

import django

PROCESSES = 4


def main():
    """Prepare a world, let the processes act, and recount."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from . import deeds

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--actor", type=int, help="act as this process")
    options = parser.parse_args()
    if options.actor is not None:
        return deeds.act(options.seconds, options.seed * PROCESSES + options.actor)
    deeds.prepare()
    actors = [
        subprocess.Popen([sys.executable, "-m", "tests.races", *words])
        for words in arguments(options)
    ]
    crashed = sum(actor.wait() != 0 for actor in actors)
    return deeds.recount() + crashed


def arguments(options):
    """Return the words that start each process."""
    limits = ["--seconds", str(options.seconds), "--seed", str(options.seed)]
    return [[*limits, "--actor", str(number)] for number in range(PROCESSES)]


if __name__ == "__main__":
    sys.exit(min(main(), 1))
