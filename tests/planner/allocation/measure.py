"""What each step of a run's life costs: ``python -m tests.planner.allocation.measure``.

Takes the closed intakes of the database that DATABASE_URL names from the request to the
publication, and prints for each step its seconds, its processor seconds, its queries
and the most memory this process held meanwhile (the solver's child counts for itself).
"""

import argparse
import os
import resource
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")


def main():
    """Measure one life and print it."""
    import django

    django.setup()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only-plan", action="store_true", help="do not publish it")
    options = parser.parse_args()
    run = live(options)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"children: {child.ru_utime:.1f} s CPU, {child.ru_maxrss // 1024} MB at most")
    print(f"{run.state} {run.status} {run.termination} {run.detail}")
    print(f"tiers {run.tiers}")
    print({name: run.summary.get(name) for name in ("people", "placed", "reserve")})
    print(f"input {run.input_digest} result {run.result_digest}")


def live(options):
    """Take the closed intakes through the whole life of a run; return the run."""
    from django.utils import timezone

    from planner.allocation.decisions import approve, publish, request, submit
    from planner.allocation.solving import execute
    from planner.models import AllocationRun
    from programs.choices import IntakeState
    from programs.models import Intake, User

    planner = User.objects.filter(memberships__role="planner").first()
    approver = User.objects.filter(memberships__role="approver").first()
    now = timezone.now()
    with ExitStack() as stack:
        for module, name in steps():
            stack.enter_context(timed(module, name))
        with measured("request"):
            run = request.allocate(
                intakes=Intake.objects.filter(state=IntakeState.CLOSED),
                by=planner,
                now=now,
                seconds=options.seconds,
                workers=options.workers,
                rings=False,
            )
        with measured("execute, all of it"):
            execute.execute(run.pk)
        run = AllocationRun.objects.get(pk=run.pk)
        if options.only_plan or run.state != "solved":
            return run
        with measured("submit"):
            submit.submit(run, by=planner, now=now)
        with measured("approve"):
            approve.approve(run, digest=run.result_digest, by=approver, now=now)
        with measured("publish, all of it"):
            publish.publish(run, by=planner, now=now)
    return run


def steps():
    """Return (module, function) of everything timed on its own."""
    from planner.allocation.decisions import preparation, publish
    from planner.allocation.problem import snapshot
    from planner.allocation.results import (
        reasons,
        record,
        shadow_prices,
        summary,
        waiting_lists,
    )
    from planner.allocation.review import drift, judging
    from planner.allocation.solving import execute, supervision
    from programs.domain import placements

    return [
        (snapshot, "take"),
        (execute, "write_instance"),
        (record, "snapshot_taken"),
        (supervision, "solve"),
        (execute, "check"),
        (record, "plan"),
        (record, "proposed"),
        (waiting_lists, "lists"),
        (reasons, "explain"),
        (shadow_prices, "rows"),
        (summary, "of"),
        (record, "files"),
        (preparation, "require_unchanged"),
        (judging, "of_run"),
        (drift, "between"),
        (publish, "decide"),
        (placements, "offer_many"),
        (publish, "wait"),
    ]


@contextmanager
def timed(module, name):
    """Measure each call of a function while the block lasts."""
    function = getattr(module, name)

    def measuring(*args, **kwargs):
        with measured(f"  {module.__name__.rpartition('.')[2]}.{name}"):
            return function(*args, **kwargs)

    with mock.patch.object(module, name, measuring):
        yield


@contextmanager
def measured(name):
    """Print what the block costs."""
    from django.db import connection, reset_queries

    queries = Counting()
    with connection.execute_wrapper(queries):
        reset_queries()
        forget_peak()
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(
        f"{name:28} {wall:7.2f} s {cpu:7.2f} s CPU {queries.count:6} queries "
        f"{peak_megabytes():5} MB",
        flush=True,
    )


class Counting:
    """Counts the queries that pass through it."""

    def __init__(self):
        self.count = 0

    def __call__(self, execute, sql, params, many, context):
        """Count, and let it pass."""
        self.count += 1
        return execute(sql, params, many, context)


def forget_peak():
    """Let the kernel measure the most memory anew from here."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_megabytes():
    """Return the most memory held since then."""
    status = Path("/proc/self/status").read_text()
    line = next(row for row in status.splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()
