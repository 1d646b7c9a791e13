"""What a fault test does in a process of its own: ``python -m tests.faults.actions``.

Each action prints one line of JSON. The database is whatever DATABASE_URL says.
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")


def world(people="40"):
    """Make a small world whose plan takes a moment to find."""
    from tests.planner.allocation.worlds import World

    made = World()
    slots = [made.slot(seats=4, fewest=2) for _ in range(8)]
    made.cost(10_000_000, made.source("apbn", 150_000_000))
    for number in range(int(people)):
        wishes = [slots[(number * step) % 8] for step in (1, 3)]
        made.person(*dict.fromkeys(wishes), merit=number % 100)
    return {"intake": made.intake.code}


def ask(number="1", seconds="3"):
    """Ask for runs, as a web request would, and tell how long that took."""
    import time

    from django.utils import timezone

    from planner.allocation import request
    from programs.models import Intake, User

    began = time.monotonic()
    runs = [
        request.allocate(
            intakes=[Intake.objects.get()],
            by=User.objects.get(memberships__role="planner"),
            now=timezone.now(),
            seconds=float(seconds),
            workers=1,
            seed=seed,
        )
        for seed in range(int(number))
    ]
    return {
        "runs": [str(run.pk) for run in runs],
        "seconds": time.monotonic() - began,
    }


def states():
    """Tell the state of every run, its attempts and what holds of it."""
    from planner.models import AllocationRun

    return {
        str(run.pk): {
            "state": run.state,
            "attempt": run.attempt,
            "detail": run.detail,
            "incumbent": run.progress.get("incumbent"),
            "has_plan": run.has_plan,
        }
        for run in AllocationRun.objects.all()
    }


def approve():
    """Take the first solved run to its approval."""
    from django.utils import timezone

    from planner.allocation import approve, submit
    from planner.models import AllocationRun
    from programs.models import User

    run = AllocationRun.objects.filter(state="solved").order_by("number").first()
    planner = User.objects.get(memberships__role="planner")
    approver = User.objects.get(memberships__role="approver")
    submit.submit(run, by=planner, now=timezone.now())
    approve.approve(run, digest=run.result_digest, by=approver, now=timezone.now())
    return {"run": str(run.pk)}


def publish(run):
    """Publish a run; a refusal is an answer."""
    from django.utils import timezone

    from planner.allocation import publish
    from planner.models import AllocationRun
    from programs.models import User
    from programs.refusals import Refusal

    try:
        publish.publish(
            AllocationRun.objects.get(pk=run),
            by=User.objects.get(memberships__role="planner"),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return {"refused": refusal.code}
    return {"published": run}


def cancel(run):
    """Ask for a run to be stopped."""
    from django.utils import timezone

    from planner.allocation import cancel
    from planner.models import AllocationRun
    from programs.models import User

    found = AllocationRun.objects.get(pk=run)
    planner = User.objects.get(memberships__role="planner")
    return {"state": cancel.cancel(found, by=planner, now=timezone.now()).state}


def check():
    """List everything that may never be, whatever died on the way."""
    from django.utils import timezone

    from planner.allocation import invariants
    from planner.models import Publication

    wrong = [list(breach) for breach in invariants.check(now=timezone.now())]
    return {"wrong": wrong, "publications": Publication.objects.count()}


def forge(run, number):
    """Ring for a run many times, and for runs that do not exist."""
    from planner.tasks import solve

    for _ in range(int(number)):
        solve.apply_async(kwargs={"run_id": run})
        solve.apply_async(kwargs={"run_id": "../../etc/passwd"})
        solve.apply_async(kwargs={"run_id": "00000000-0000-4000-8000-000000000000"})
    return {}


def digests():
    """Tell the result digests of the runs of each seed."""
    from planner.models import AllocationRun

    found = {}
    for run in AllocationRun.objects.filter(state="solved"):
        found.setdefault(run.seed, []).append(run.result_digest)
    return found


ACTIONS = {
    action.__name__: action
    for action in (
        world,
        ask,
        states,
        approve,
        publish,
        cancel,
        check,
        forge,
        digests,
    )
}

if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(ACTIONS[sys.argv[1]](*sys.argv[2:])))
