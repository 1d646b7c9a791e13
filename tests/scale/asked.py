"""Twenty thousand people, 4,700 slots, and what is asked of them in conditions.

The rows are made once in an empty database; ``ask`` writes the conditions of programs,
slots, quotas, money and points into them, ``ask_nothing`` takes all of them away again.
"""

import random
from datetime import UTC, date, datetime
from itertools import cycle

from django.db import transaction

from programs.choices import FundingSourceKind, ProgramKind
from programs.models import (
    Application,
    CostCategory,
    CostRule,
    Education,
    Employment,
    FeeWaiver,
    FundingRule,
    FundingSource,
    Intake,
    ObjectiveProfile,
    Participant,
    PersonFact,
    Placement,
    Preference,
    Program,
    Quota,
    Skill,
    SkillRequirement,
    Slot,
)
from tests import factories
from tests.programs.eligibility import test_scale

MANY = 60
"""Conditions of slots, and of quotas."""
OF_MONEY = 4
"""Conditions of costs, of payers, and of waivers each."""
HERE = "asked-2027"
"""The code of the intake."""
WISHES = 5
"""Slots that each person ranks."""
PLAIN = [
    "sex = F",
    "kkni >= {kkni}",
    "field in (0714, 0613)",
    "merit >= {n}0",
    "citizenship = ID",
    "age <= {age}",
    "age on decision <= {age}",
    "age on application <= {age}",
    "born >= 2003-01-01",
    "language(ja) >= A2",
    "language(en) on decision >= B1",
    "language(zh) >= A1",
    'score("T") on application >= {n}00',
    'skill("{skill}") >= 2',
    'skill("{skill}", certificate) >= 1',
    "education >= d3",
    "education(07) >= sma",
    "studying = s1",
    "gpa >= 2.{n}",
    "semester >= {n}",
    "experience >= {n} months",
    "experience(0714) >= 1 years",
    'fact("maths") >= {n}0',
    'fact("fit")',
    'fact("record") = clean',
    "free",
    "completed(this program)",
    "stays(within 5 years) <= {n}",
    "days_since(this country) >= 183",
    "dropped() = 0",
    "destination = MY",
    "program_kind = work_placement",
]
"""Comparisons as programs make them."""
JOINED = [
    "({0}) and ({1} or {2})",
    "({0} or not {1}) and {2}",
    "{0} and not ({1} and {2}) and {3}",
    "({0} and {1}) or ({2} and ({3} or {4}))",
    "{0} or {1} or not {2}",
]


@transaction.atomic
def fill():
    """Make the people and the slots, without a condition anywhere."""
    rng = random.Random(4)
    factories.objective_profile.make()
    intake = factories.intake.make(
        code=HERE,
        program__min_age=18,
        program__max_age=30,
        program__kind=ProgramKind.WORK_PLACEMENT,
        state="closed",
    )
    skills = factories.skill.make(_quantity=test_scale.NUM_SKILLS)
    test_scale.make_slots(rng, intake, skills)
    # Whether somebody may go depends on conditions, not on what one asks besides.
    SkillRequirement.objects.all().delete()
    intake.slots.update(min_cefr="", isced_fields="")
    test_scale.make_people(rng, intake, skills)
    pay(intake.program)
    tell(rng)
    remember(rng, intake)
    choose(rng, intake)


def pay(program):
    """Let a month cost something, which the state and the worker pay."""
    category = factories.cost_category.make(code="living")
    factories.cost_rule.make(program=program, category=category)
    state = factories.funding_source.make(code="state")
    factories.budget_line.make(source=state, fiscal_year=2027, amount=10**13)
    factories.budget_line.make(source=state, fiscal_year=2028, amount=10**13)
    factories.funding_source.make(code="worker", kind=FundingSourceKind.PARTICIPANT)
    factories.funding_rule.make(program=program, category=category).sources.set([state])
    for number in range(OF_MONEY):
        factories.cost_category.make(code=f"for-some-{number}")


def tell(rng):
    """Give each person studies, jobs and facts that a ministry has defined."""
    define = factories.fact_definition.make
    maths = define(code="maths", kind="number", is_verified=False, is_sensitive=True)
    fit = define(code="fit", kind="truth", is_verified=False, is_sensitive=True)
    record = define(code="record", kind="code", is_verified=False, is_sensitive=False)
    studies, jobs, facts = [], [], []
    for person in Participant.objects.all():
        active = rng.random() < 0.5
        studies.append(
            Education(
                participant=person,
                level=rng.choice(["sma", "d3", "s1"]),
                isced_f=rng.choice(["0714", "0613"]),
                status="active" if active else "graduated",
                graduated_on=None if active else date(2025, 7, 1),
                gpa=rng.choice([None, "2.80", "3.40"]),
                semester=rng.randint(1, 8) if active else None,
            )
        )
        if rng.random() < 0.5:
            jobs.append(
                Employment(
                    participant=person,
                    employer="PT Perakitan",
                    isced_f="0714",
                    starts_on=date(2023, rng.randint(1, 12), 1),
                    ends_on=rng.choice([None, date(2025, 1, 1)]),
                )
            )
        said = (maths, str(rng.randint(20, 99))), (fit, "yes"), (record, "clean")
        facts += [
            PersonFact(
                participant=person,
                definition=definition,
                value=value,
                valid_from=date(2026, 6, 1),
            )
            for definition, value in said
            if rng.random() < 0.8
        ]
    for model, rows in ((Education, studies), (Employment, jobs), (PersonFact, facts)):
        model.objects.bulk_create(rows, batch_size=500)


def remember(rng, intake):
    """Let a tenth of the people have been somewhere before."""
    before = factories.intake.make(program=intake.program, state="closed")
    slot = factories.slot.make(
        intake=before,
        starts_on=date(2024, 1, 1),
        ends_on=date(2025, 1, 1),
        capacity_max=test_scale.NUM_PEOPLE,
    )
    people = Participant.objects.order_by("pk")[::10]
    former = [
        Application(participant=each, intake=before, state="submitted")
        for each in people
    ]
    Application.objects.bulk_create(former, batch_size=500)
    Placement.objects.bulk_create(
        [
            Placement(
                application=each,
                slot=slot,
                state=rng.choice(["completed", "completed", "ended_early"]),
                offered_at=datetime(2023, 11, 1, tzinfo=UTC),
                expires_at=datetime(2023, 12, 1, tzinfo=UTC),
            )
            for each in former
        ],
        batch_size=500,
    )


def choose(rng, intake):
    """Let each person rank some slots."""
    slots = list(intake.slots.order_by("code").values_list("pk", flat=True))
    people = intake.applications.order_by("participant__code")
    Preference.objects.bulk_create(
        [
            Preference(application_id=pk, rank=rank, slot_id=slot)
            for pk in people.values_list("pk", flat=True)
            for rank, slot in enumerate(rng.sample(slots, WISHES), start=1)
        ],
        batch_size=500,
    )


@transaction.atomic
def ask(seed=4):
    """Write different conditions into everything that may have one."""
    ask_nothing()
    rng = random.Random(seed)
    intake = Intake.objects.get(code=HERE)
    skills = list(Skill.objects.order_by("code").values_list("code", flat=True))
    of_slots = cycle(made(rng, skills, MANY))
    slots = list(intake.slots.order_by("code"))
    for slot in slots:
        slot.condition = next(of_slots)
    Slot.objects.bulk_update(slots, ["condition"], batch_size=500)
    Program.objects.filter(pk=intake.program_id).update(condition="kkni >= 2")
    for condition in made(rng, skills, MANY):
        factories.quota.make(
            intake=intake,
            attribute="condition",
            sex="",
            condition=condition,
            measure="absolute",
            value=5,
        )
    pay_for_some(intake.program, made(rng, skills, OF_MONEY))
    for condition in made(rng, skills, OF_MONEY):
        factories.fee_waiver.make(
            destination=slots[0].country, condition=condition
        ).categories.set(CostCategory.objects.all())
    (points,) = made(rng, skills, 1)
    ObjectiveProfile.objects.update(condition=points, condition_points=100)


def pay_for_some(program, conditions):
    """Let things cost something for some only, and be paid for these."""
    state = FundingSource.objects.get(code="state")
    worker = FundingSource.objects.get(code="worker")
    for number, condition in enumerate(conditions):
        category = CostCategory.objects.get(code=f"for-some-{number}")
        where = {"program": program, "category": category}
        factories.cost_rule.make(**where, amount=1_000_000, condition=condition)
        all_of_them = f"({condition}) or kkni >= 1"
        factories.funding_rule.make(
            **where, percent=50, condition=all_of_them
        ).sources.set([state])
        factories.funding_rule.make(
            **where, percent=50, condition=f"{all_of_them} or kkni >= 2"
        ).sources.set([state, worker])


@transaction.atomic
def ask_nothing():
    """Take away every condition, and the rules that are for some only."""
    for model in (Quota, CostRule, FundingRule, FeeWaiver):
        model.objects.exclude(condition="").delete()
    for model in (Slot, Program):
        model.objects.exclude(condition="").update(condition="")
    ObjectiveProfile.objects.update(condition="", condition_points=0)


def made(rng, skills, many):
    """Return so many different conditions."""
    found = {}
    while len(found) < many:
        parts = [
            rng.choice(PLAIN).format(
                n=rng.randint(2, 6),
                kkni=rng.randint(3, 6),
                age=rng.randint(22, 30),
                skill=rng.choice(skills),
            )
            for _part in range(5)
        ]
        found[rng.choice(JOINED).format(*parts)] = None
    return list(found)
