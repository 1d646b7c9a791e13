"""All verbs at random from four processes, then every promise recounted from the rows.

``python -m tests.races --seconds 300`` works on an empty database, which DATABASE_URL
names, and leaves with 1 if a promise is broken, if somebody met anything but a refusal,
or if one of the deeds was never done. ``make races`` runs it after the single races.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter

import django

PROCESSES = 4


def main():
    """Prepare a world, let the processes act, and recount."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from planner.allocation.solving import supervision
    from tests.planner.allocation.conftest import solve_here

    supervision.solve = solve_here
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--actor", type=int, help="act as this process")
    options = parser.parse_args()
    if options.actor is not None:
        return act(options.seconds, options.seed * PROCESSES + options.actor)
    from . import rounds

    rounds.prepare()
    actors = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.races", *words],
            stdout=subprocess.PIPE,
            text=True,
        )
        for words in arguments(options)
    ]
    done, wrong = told(actors)
    return recount() + wrong + never(done)


def arguments(options):
    """Return the words that start each process."""
    limits = ["--seconds", str(options.seconds), "--seed", str(options.seed)]
    return [[*limits, "--actor", str(number)] for number in range(PROCESSES)]


def act(seconds, seed):
    """Do deeds at random until the time is over, and print what came of them."""
    from programs.refusals import Refusal

    choice, ends = random.Random(seed), time.monotonic() + seconds
    done, wrong = Counter(), []
    while time.monotonic() < ends:
        deed = drawn(choice, done)
        try:
            how = "nothing to do" if deed(choice) is None else "done"
        except Refusal as refusal:
            how = refusal.code
        except Exception as error:
            wrong.append(f"{deed.__name__}: {type(error).__name__}: {error}")
            continue
        done[f"{deed.__name__:16} {how}"] += 1
    print(json.dumps([done, wrong]))
    return 0


def drawn(choice, done):
    """Return the next deed: half of the time one that this process has never done."""
    from .deeds import DEEDS

    left = [deed for deed in DEEDS if not done[as_done(deed)]]
    return choice.choice(left if left and choice.random() < 0.5 else DEEDS)


def as_done(deed):
    """Return under what a deed is counted that was done."""
    return f"{deed.__name__:16} done"


def told(actors):
    """Print what the processes have done; return it, and how much went wrong."""
    done, wrong = Counter(), []
    for actor in actors:
        said = actor.communicate()[0]
        if actor.returncode:
            wrong.append(f"A process ended with {actor.returncode}.")
            continue
        more, errors = json.loads(said.splitlines()[-1])
        done.update(more)
        wrong.extend(errors)
    for what, times in sorted(done.items()):
        print(f"{what:50} {times:6}")
    for error in wrong:
        print("WRONG", error)
    return done, len(wrong)


def never(done):
    """Print which deeds were never done; return how many."""
    from .deeds import DEEDS

    missing = sorted({deed.__name__ for deed in DEEDS if not done[as_done(deed)]})
    for name in missing:
        print("NEVER", name)
    return len(missing)


def recount():
    """Recount every promise from the rows; return how many are broken."""
    from planner.allocation.review import invariants
    from tests.planner.allocation.worlds import NOW

    breaches = invariants.check(now=NOW)
    for breach in breaches:
        print("BROKEN", *breach)
    print(f"{len(breaches)} promises are broken." if breaches else "All are kept.")
    return len(breaches)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
