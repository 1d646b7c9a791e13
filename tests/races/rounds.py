"""Rounds of the random mix: intakes that are opened, closed, planned and published."""

import uuid
from datetime import UTC, date, datetime, timedelta

from django.core.management import call_command

from planner.allocation.decisions import approve, request, submit
from planner.allocation.decisions.publish import publish as publish_run
from planner.allocation.solving import execute
from planner.models import AllocationRun, RunState
from programs.domain import intakes, judging, participants, slots
from programs.domain.actors import SYSTEM
from programs.models import Intake, Participant, Slot, User
from programs.refusals import Refusal, RefusalKind
from tests import factories
from tests.planner.allocation.worlds import NOW, World

IN_TIME = datetime(2027, 2, 1, 3, tzinfo=UTC)
PEOPLE, TWINS = 40, 5
"""How many people there are, and how many of them are registered twice."""
MOST_OPEN = 4
ENOUGH = 8
"""Applications after which an intake is closed."""
YEARS = range(2027, 2031)


def prepare():
    """Make a program with people, and too little money for all of them."""
    call_command("migrate", verbosity=0)
    world = World()
    owner = world.program.owner
    factories.coordinator(of=owner)
    factories.skill.make()
    source = factories.funding_source.make(code="apbn", name="APBN")
    for year in YEARS:
        factories.budget_line.make(source=source, fiscal_year=year, amount=60_000_000)
    world.cost(10_000_000, source)
    world.slot(agreement=factories.agreement.make(yearly_cap=3))
    other = factories.institution.make()
    facts = {"home_institution": other, "registered_by": owner}
    factories.participant.make(_quantity=PEOPLE, **facts)
    for number, person in enumerate(Participant.objects.all()[:TWINS]):
        twin = {"nik_hash": f"number-{number}"}
        Participant.objects.filter(pk=person.pk).update(**twin)
        factories.participant.make(**facts | {"registered_by": other} | twin)


def begin(choice):
    """Open an intake with more seats than its agreement has places."""
    if Intake.objects.filter(state="open").count() >= MOST_OPEN:
        return None
    old = Slot.objects.order_by("code").first()
    first = date(2027, 4, 1) + timedelta(days=30 * choice.randrange(30))
    stay = {"starts_on": first, "ends_on": first + timedelta(days=200)}
    agreement = another(old.agreement)
    intake = another(old.intake, state="draft", **stay)
    same = ("country_id", "city", "role_title_en", "role_title_id", "work_language")
    for _number in range(2):
        slot = slots.propose(
            intake=intake,
            host=old.host,
            by=coordinator(),
            now=IN_TIME,
            code=uuid.uuid4().hex[:12],
            capacity_min=1,
            capacity_max=2,
            agreement=agreement,
            **{name: getattr(old, name) for name in same},
            **stay,
        )
        slots.open_(slot=slot, by=coordinator(), now=IN_TIME)
    return intakes.open_(intake=intake, by=SYSTEM, now=IN_TIME)


def another(row, **columns):
    """Write a row like another one, with another code."""
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.fields}
    facts |= {"id": uuid.uuid4(), "code": uuid.uuid4().hex[:12]} | columns
    return type(row).objects.create(**facts)


def register(choice):
    """Register somebody else, while there are few people."""
    if Participant.objects.filter(erased_at=None).count() >= PEOPLE + TWINS:
        return None
    old = Participant.objects.filter(erased_at=None).first()
    same = ("birth_date", "sex", "citizenship_id", "province_id", "kkni", "isced_f")
    return participants.register(
        registered_by=old.registered_by,
        home_institution=old.home_institution,
        by=coordinator(),
        now=NOW,
        code=uuid.uuid4().hex[:12],
        given_name="Dewi",
        **{name: getattr(old, name) for name in same},
    )


def close(choice):
    """Close an intake to which enough people have applied."""
    intake = one_of(choice, Intake.objects.filter(state="open"))
    if intake is None or intake.applications.count() < ENOUGH:
        return None
    return intakes.close(intake=intake, by=SYSTEM, now=NOW)


def judge(choice):
    """Judge the applications of a closed intake."""
    intake = one_of(choice, Intake.objects.filter(state="closed"))
    return intake and judging.judge(intake=intake, by=SYSTEM, now=NOW)


def plan(choice):
    """Plan a closed intake, and publish what comes of it."""
    intake = one_of(choice, Intake.objects.filter(state="closed"))
    if intake is None:
        return None
    limits = {"seconds": 2, "rings": False}
    run = request.allocate(intakes=[intake], by=planner(), now=NOW, **limits)
    return publish(run)


def publish(run):
    """Solve a run, have it approved, and publish it; None where there is no plan.

    Who is told that others were quicker presses once more, as people do.
    """
    execute.execute(run.pk)
    run = AllocationRun.objects.get(pk=run.pk)
    if run.state != RunState.SOLVED:
        return None
    submit.submit(run, by=planner(), now=NOW)
    approver = User.objects.filter(memberships__role="approver").first()
    approve.approve(run, digest=run.result_digest, by=approver, now=NOW)
    run = AllocationRun.objects.get(pk=run.pk)
    try:
        return publish_run(run, by=planner(), now=NOW)
    except Refusal as refusal:
        if refusal.kind != RefusalKind.BUSY:
            raise
    return publish_run(run, by=planner(), now=NOW)


DEEDS = (begin, register, close, judge, plan)


def coordinator():
    """Return the coordinator, as another process would read them."""
    return User.objects.filter(memberships__role="coordinator").first()


def planner():
    """Return the planner, as another process would read them."""
    return User.objects.filter(memberships__role="planner").first()


def one_of(choice, rows):
    """Return one of the rows, or None."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    return rows.filter(pk=choice.choice(ids)).first() if ids else None
