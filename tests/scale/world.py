"""A demonstration of 20,000 people with an approved plan, and a neighbour beside it.

Made once in an empty database and never changed again: what is measured happens in a
copy of it.
"""

import tempfile
from pathlib import Path

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from planner.allocation.decisions import approve, publish, request, submit
from planner.allocation.problem import snapshot
from planner.allocation.solving import execute
from planner.models import AllocationRun, PublishedIntake, RunState
from planner.optimiser.files.instance import write_instance
from programs.choices import IntakeState
from programs.demo import load
from programs.models import Country, Intake, User
from tests.planner.allocation.worlds import World

NEIGHBOUR, INTAKE = "another", "another-2027"
"""The code of the neighbour's program and money, and of its intake."""
SLOTS, PEOPLE_A_SLOT = 40, 10


def freeze(options, file):
    """Write the problem of the demonstration as an instance for the optimiser."""
    demonstration(options)
    run = request.allocate(
        intakes=closed_intakes(),
        by=somebody("planner"),
        now=timezone.now(),
        rings=False,
        seconds=60,
    )
    problem = snapshot.of_run(run).problem
    write_instance(problem, Path(file))
    print(f"{problem.num_agents} agents, {problem.num_options} options: {file}")


def demonstration(options):
    """Make the demonstration, in an empty database."""
    call_command("migrate", verbosity=0)
    if not Country.objects.exists():
        call_command("load_reference")
    if not Intake.objects.exists():
        fill(options)


def prepare(options):
    """Make whatever of the world is missing; return the approved run."""
    demonstration(options)
    if not Intake.objects.filter(code=INTAKE).exists():
        add_neighbour()
    if not PublishedIntake.objects.filter(intake__code=INTAKE).exists():
        intake = Intake.objects.get(code=INTAKE)
        plan = approved([intake], seconds=60, gap=0.5)
        publish.publish(plan, by=somebody("planner"), now=timezone.now())
    run = AllocationRun.objects.filter(state=RunState.APPROVED).first()
    return run or approved(closed_intakes(), seconds=options.seconds)


def fill(options):
    """Load a demonstration of this size."""
    with tempfile.TemporaryDirectory() as folder:
        call_command(
            "make_demo",
            people=options.people,
            slots=options.slots,
            output=Path(folder) / "tables",
        )
        load.load(Path(folder) / "tables", now=timezone.now(), password="unused")


def closed_intakes():
    """Return the intakes that the plan is about: all that are closed and the demo's."""
    closed = Intake.objects.filter(state=IntakeState.CLOSED)
    return closed.exclude(code=INTAKE)


def approved(intakes, **limits):
    """Return an approved plan; how good it is does not matter here."""
    planner, approver = somebody("planner"), somebody("approver")
    now = timezone.now()
    run = request.allocate(intakes=intakes, by=planner, now=now, rings=False, **limits)
    execute.execute(run.pk)
    run = AllocationRun.objects.get(pk=run.pk)
    if run.state != RunState.SOLVED:
        raise SystemExit(f"There is no plan, try more --seconds: {run.detail}")
    submit.submit(run, by=planner, now=timezone.now())
    return approve.approve(
        run, digest=run.result_digest, by=approver, now=timezone.now()
    )


def somebody(role):
    """Return somebody of a role."""
    return User.objects.filter(memberships__role=role).order_by("pk").first()


@transaction.atomic
def add_neighbour():
    """Add another program's intake, whose places are given back and offered anew.

    It shares nothing with the plan of the 20,000: slots, people and money are its own.
    """
    world = World(code=NEIGHBOUR)
    Intake.objects.filter(pk=world.intake.pk).update(code=INTAKE)
    money = world.source(NEIGHBOUR, 10_000_000_000)
    world.cost(10_000_000, money)
    for _number in range(SLOTS):
        slot = world.slot()
        for merit in range(PEOPLE_A_SLOT):
            world.person(slot, merit=merit)
