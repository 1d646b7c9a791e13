"""What conditions cost 20,000 people at 4,700 slots.

    python -m tests.scale.conditions

The rows are made once, in the empty database that DATABASE_URL names, and kept there.
The snapshot of the intake is then taken by two processes of their own: where nothing
asks for a condition, and where sixty conditions of slots, sixty quotas, costs, payers,
waivers and points do. Printed are processor seconds and megabytes of each, and beside
their limits what the conditions add. Leaves with 1 where that is over a limit.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time

import django

SECONDS, MEGABYTES = 5, 500
"""What all the conditions may add to the reading and the judging."""


def main():
    """Make what is missing, measure without and with conditions, and compare."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    if not os.environ.get("DATABASE_URL"):
        raise SystemExit("Set DATABASE_URL to an empty database; it will be filled.")
    django.setup()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--child", action="store_true", help="take the snapshot once")
    parser.add_argument("--profile", action="store_true", help="print where time goes")
    options = parser.parse_args()
    if options.child:
        print(json.dumps(take(options.profile)))
        return 0
    return compare()


def compare():
    """Print both figures and what is between them; return how many are over."""
    from django.core.management import call_command

    from programs.models import Intake

    from . import asked
    from .figures import Table

    call_command("migrate", verbosity=0)
    if not Intake.objects.filter(code=asked.HERE).exists():
        asked.fill()
    table, seen = Table(), []
    for name, prepare in (("without", asked.ask_nothing), ("with", asked.ask)):
        prepare()
        found = measured()
        for what, figure in found.items():
            unit = "MB" if what == "peak" else "" if what == "queries" else "s"
            table.add(f"{name} conditions: {what}", figure, unit=unit)
        seen.append(found)
    added = {what: seen[1][what] - seen[0][what] for what in seen[0]}
    table.add("added to reading and judging", added["processor"], SECONDS)
    table.add("added to the peak", added["peak"], MEGABYTES, unit="MB")
    return table.over


def measured():
    """Return what a process of its own took."""
    words = [sys.executable, "-m", "tests.scale.conditions", "--child"]
    told = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(told.stdout)


def take(is_profiled):
    """Take the snapshot; return processor seconds, queries and the peak."""
    from planner.allocation.problem import reading, snapshot
    from programs.models import Intake

    from . import asked
    from .figures import measured_calls

    intakes = list(Intake.objects.filter(code=asked.HERE))
    if is_profiled:
        import cProfile

        profile = cProfile.Profile()
        profile.enable()
    began = time.process_time()
    with measured_calls((reading, "read")) as calls:
        snapshot.take(intakes=intakes)
    ended = time.process_time()
    if is_profiled:
        import pstats

        profile.disable()
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumtime").print_stats(70)
    (read,) = calls["read"]
    return {
        "reading": read.processor,
        "processor": ended - began,
        "queries": read.queries,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    sys.exit(min(main(), 1))
