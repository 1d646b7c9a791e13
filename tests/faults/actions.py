"""What a fault test does in a process of its own: ``python -m tests.faults.actions``.

Each action prints one line of JSON. The database is whatever DATABASE_URL says.
"""

import json
import os
import sys

QUIET = ("", "snapshot", "check", "record")
"""Phases of a run in which nothing is solved."""

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


def worlds_apart(number="2", people="4000"):
    """Make intakes that share nothing scarce: their plans are parts of one problem.

    Each has its own money, short of what its seats cost, and a target for women, so
    that the best plan takes a long search.
    """
    from tests import factories
    from tests.planner.allocation.worlds import World

    made = World()
    for at in range(int(number)):
        made.program = factories.program.make()
        intake = made.add_intake()
        seats = int(people) // 100
        slots = [
            made.slot(seats=seats, fewest=seats * 3 // 4, intake=intake)
            for _ in range(60)
        ]
        dear(made, f"own-{at}", slots, seats)
        factories.quota.make(intake=intake, measure="absolute", value=seats * 20)
        add_many(made, intake, slots, int(people))
    made.intake.delete()
    return {}


def dear(made, code, slots, seats):
    """Let each slot cost something else, and have money for seven seats of ten."""
    from tests import factories

    costs = [20_000_000 + 1_370_000 * (at * 7 % 60) for at in range(len(slots))]
    source = made.source(code, sum(costs) * seats * 7 // 10)
    category = made.cost(0, source)
    for slot, amount in zip(slots, costs, strict=True):
        factories.cost_rule.make(
            program=None,
            slot=slot,
            category=category,
            formula="one_off",
            amount=amount,
        )


def add_many(made, intake, slots, people):
    """Add so many people with five wishes each, all alike but for merit."""
    import copy
    import random
    import uuid

    from programs.models import Application, Participant, Preference

    chance = random.Random(people)
    first = made.person(slots[0], intake=intake)
    rows = {Participant: [], Application: [], Preference: []}
    for number in range(people):
        participant = copy.copy(first.participant)
        participant.pk, participant.code = uuid.uuid4(), f"{intake.code}-{number}"
        participant.nik_hash = ""
        participant.sex = "F" if chance.random() < 0.3 else "M"
        application = copy.copy(first)
        application.pk, application.participant = uuid.uuid4(), participant
        application.merit_score = chance.randrange(101)
        for model, row in ((Participant, participant), (Application, application)):
            row._state = copy.copy(row._state)
            row._state.adding = True
            rows[model].append(row)
        rows[Preference] += [
            Preference(application=application, slot=slot, rank=rank)
            for rank, slot in enumerate(chance.sample(slots, 5), start=1)
        ]
    for model, found in rows.items():
        model.objects.bulk_create(found, batch_size=500)


def scenarios(number="4"):
    """Make scenarios that each give some slots another number of seats."""
    from django.utils import timezone

    from planner.models import Scenario
    from programs.models import Slot

    codes = list(Slot.objects.order_by("code").values_list("code", flat=True))
    for at in range(int(number)):
        changes = {code: {"max": 4 + at} for code in codes[at::4]}
        Scenario.objects.create(
            name=f"seats-{at}",
            created_at=timezone.now(),
            overrides={"capacities": changes},
        )
    return {}


def batch(work):
    """Ask for a run of every scenario at once."""
    from django.utils import timezone

    from planner.allocation.decisions import request
    from planner.models import Scenario
    from programs.models import Intake, User

    runs = request.allocate_batch(
        intakes=list(Intake.objects.all()),
        scenarios=list(Scenario.objects.order_by("name")),
        by=User.objects.filter(memberships__role="planner").first(),
        now=timezone.now(),
        seconds=300,
        workers=1,
        work=int(work),
    )
    return {"runs": [str(run.pk) for run in runs]}


def ask(number="1", seconds="3", work=None):
    """Ask for runs, as a web request would, and tell how long that took."""
    import time

    from django.utils import timezone

    from planner.allocation.decisions import request
    from programs.models import Intake, User

    began = time.monotonic()
    runs = [
        request.allocate(
            intakes=list(Intake.objects.all()),
            by=User.objects.filter(memberships__role="planner").first(),
            now=timezone.now(),
            seconds=float(seconds),
            workers=1,
            seed=seed,
            work=None if work is None else int(work),
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
            "proposals": run.proposals.count(),
            "phase": run.progress.get("phase"),
            "solve_seconds": run.solve_seconds,
            "name": f"{run.scenario} {run.seed}",
            "digest": run.result_digest,
            "parts": [
                [part.name, part.state, part.attempt] for part in run.parts.all()
            ],
        }
        for run in AllocationRun.objects.prefetch_related("parts")
    }


def wait(seconds="120"):
    """Wait in this one process until every run has ended; tell the states."""
    import time

    from planner.models import AllocationRun

    deadline = time.monotonic() + float(seconds)
    while AllocationRun.objects.active().exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    return states()


def keep_proposals_on(folder):
    """Put the proposals of runs on another disk of the database server."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
        cursor.execute("ALTER TABLE planner_proposal SET TABLESPACE small")
    return {}


def approve():
    """Take the first solved run to its approval."""
    from django.utils import timezone

    from planner.allocation.decisions import approve, submit
    from planner.models import AllocationRun
    from programs.models import User

    run = AllocationRun.objects.filter(state="solved").order_by("number").first()
    planner = User.objects.filter(memberships__role="planner").first()
    approver = User.objects.filter(memberships__role="approver").first()
    submit.submit(run, by=planner, now=timezone.now())
    approve.approve(run, digest=run.result_digest, by=approver, now=timezone.now())
    return {"run": str(run.pk)}


def publish(run):
    """Publish a run; a refusal is an answer."""
    from django.utils import timezone

    from planner.allocation.decisions import publish
    from planner.models import AllocationRun
    from programs.models import User
    from programs.refusals import Refusal

    try:
        publish.publish(
            AllocationRun.objects.get(pk=run),
            by=User.objects.filter(memberships__role="planner").first(),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return {"refused": refusal.code}
    return {"published": run}


def cancel(run):
    """Ask for a run to be stopped."""
    from django.utils import timezone

    from planner.allocation.decisions import cancel
    from planner.models import AllocationRun
    from programs.models import User

    found = AllocationRun.objects.get(pk=run)
    planner = User.objects.filter(memberships__role="planner").first()
    return {"state": cancel.cancel(found, by=planner, now=timezone.now()).state}


def strike(worker):
    """Ask for a run and kill its worker, all of its session, as soon as it runs."""
    import os
    import signal
    import time

    from planner.models import AllocationRun

    (run,) = ask()["runs"]
    while not AllocationRun.objects.filter(pk=run, state="running").exists():
        time.sleep(0.005)
    os.killpg(int(worker), signal.SIGKILL)
    return {"run": run}


def cancel_when(phase, incumbent="", later="0", seconds="600"):
    """Ask for a run, cancel it in this phase, and tell how long the end took.

    Parameters
    ----------
    phase: the phase, or "solving" for any between the snapshot and the check.
    incumbent: "plan" to wait for a plan first. later: seconds into the phase.
    """
    import time

    from django.utils import timezone

    from planner.allocation.decisions import cancel, request
    from planner.models import AllocationRun
    from programs.models import Intake, User

    planner = User.objects.filter(memberships__role="planner").first()
    run = request.allocate(
        intakes=list(Intake.objects.filter(state="closed")),
        by=planner,
        now=timezone.now(),
        seconds=float(seconds),
    )

    def reached():
        run.refresh_from_db()
        now = run.progress.get("phase", "")
        there = now == phase or (phase == "solving" and now not in QUIET)
        known = run.progress.get("incumbent") is not None or incumbent != "plan"
        assert run.is_active, f"{run.state} before {phase}"
        return run.state == "running" and there and known

    while not reached():
        time.sleep(0.02)
    time.sleep(float(later))
    began = time.monotonic()
    cancel.cancel(run, by=planner, now=timezone.now())
    answered = time.monotonic() - began
    while AllocationRun.objects.active().filter(pk=run.pk).exists():
        time.sleep(0.02)
    run.refresh_from_db()
    return {
        "phase": run.progress.get("phase"),
        "state": run.state,
        "answered": round(answered, 2),
        "seconds": round(time.monotonic() - began, 2),
        "has_plan": run.has_plan,
    }


def check():
    """List everything that may never be, whatever died on the way."""
    from django.utils import timezone

    from planner.allocation.review import invariants
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
    """Tell the result digests of the runs of each scenario and seed."""
    from planner.models import AllocationRun

    found = {}
    for run in AllocationRun.objects.filter(state="solved"):
        name = f"{run.scenario} {run.seed}"
        found.setdefault(name, []).append(run.result_digest)
    return found


def timings():
    """Tell how many seconds each run took from its start to its end, by number."""
    from planner.models import AllocationRun

    return [
        (run.finished_at - run.started_at).total_seconds()
        for run in AllocationRun.objects.order_by("number")
    ]


ACTIONS = {
    action.__name__: action
    for action in (
        world,
        worlds_apart,
        scenarios,
        batch,
        ask,
        states,
        strike,
        wait,
        keep_proposals_on,
        cancel_when,
        approve,
        publish,
        cancel,
        check,
        forge,
        digests,
        timings,
    )
}

if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(ACTIONS[sys.argv[1]](*sys.argv[2:])))
