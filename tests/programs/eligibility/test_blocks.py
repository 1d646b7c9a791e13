"""Millions of pairs get the verdicts that single pairs get."""

import random
from datetime import date, timedelta

import numpy as np
import pytest
from django.db import connection

from programs.eligibility import (
    RULES,
    blocks,
    codes,
    explain,
    judge,
    load,
    options,
    verdicts,
)
from programs.models import Application, Slot
from tests import factories

TODAY = date(2027, 1, 15)
START = date(2027, 4, 1)


def scatter(seed, people, slots):
    """Make people and slots whose facts differ at random, in two intakes."""
    rng = random.Random(seed)
    intakes = [
        factories.intake.make(
            program__min_age=rng.choice([None, 20]),
            program__max_age=rng.choice([None, 28]),
            program__citizenship=rng.choice([None, factories.indonesia()]),
            program__isced_fields=rng.choice(["", "07"]),
        )
        for _ in range(2)
    ]
    skills = factories.skill.make(_quantity=3)
    for _ in range(slots):
        scatter_slot(rng, rng.choice(intakes), skills)
    everything = list(Slot.objects.all())
    for _ in range(people):
        scatter_person(rng, rng.choice(intakes), skills, everything)


def scatter_slot(rng, intake, skills):
    start = START + timedelta(rng.choice([0, 90]))
    slot = factories.slot.make(
        intake=intake,
        starts_on=start,
        ends_on=start + timedelta(rng.choice([90, 365])),
        work_language=rng.choice(["ja", "en"]),
        min_cefr=rng.choice(["", "A1", "A2"]),
        min_kkni=rng.choice([None, 4, 6]),
        state=rng.choice(["open", "open", "withdrawn"]),
    )
    for skill in rng.sample(skills, rng.randint(0, 2)):
        factories.skill_requirement.make(
            slot=slot, skill=skill, level=rng.randint(1, 3)
        )
    if rng.random() < 0.3:
        slot.route = factories.immigration_route.make(
            valid_to=START + timedelta(200), lead_time_days=rng.choice([30, 120])
        )
        slot.save()
    if rng.random() < 0.3:
        factories.cost_rule.make(
            program=None,
            slot=slot,
            origin=rng.choice([None, factories.west_java()]),
        )


def scatter_person(rng, intake, skills, slots):
    application = factories.application.make(
        intake=intake,
        participant__birth_date=date(rng.randint(1996, 2009), 4, rng.randint(1, 2)),
        participant__citizenship=rng.choice(
            [factories.indonesia(), factories.malaysia()]
        ),
        participant__kkni=rng.randint(3, 7),
        participant__isced_f=rng.choice(["0714", "0311"]),
    )
    person = application.participant
    for skill in rng.sample(skills, rng.randint(0, 3)):
        factories.skill_claim.make(
            participant=person,
            skill=skill,
            level=rng.randint(0, 4),
            valid_to=rng.choice([None, START, START - timedelta(1)]),
        )
    for band, cefr in rng.sample([("N5", "A1"), ("N4", "A2")], rng.randint(0, 2)):
        factories.language_certificate.make(
            participant=person,
            band=band,
            cefr=cefr,
            valid_to=rng.choice([None, START - timedelta(1)]),
        )
    if rng.random() < 0.3:
        factories.availability.make(
            participant=person, starts_on=START, ends_on=START + timedelta(200)
        )
    slot = rng.choice(slots)
    if rng.random() < 0.3:
        factories.pin.make(application=application, slot=slot, kind="forbid")
    if rng.random() < 0.3:
        factories.host_rating.make(
            application=application, slot=slot, score=None, is_veto=True, reason="x"
        )
    if rng.random() < 0.2:
        factories.placement.make(application__participant=person)
    if rng.random() < 0.5:
        factories.preference.make(application=application, slot=slot)


@pytest.fixture
def facts(db):
    scatter(seed=7, people=25, slots=12)
    return read()


def read():
    """Read the applications that were made to be judged, not those of placements."""
    applications = Application.objects.filter(placements=None)
    return load(applications=applications, slots=Slot.objects.all(), on=TODAY)


def test_blocks_agree_with_single_verdicts(facts):
    whole = list(blocks(facts, size=10))
    failed = np.concatenate([judgement.failed for _start, judgement in whole])
    placeable = np.concatenate([judgement.placeable for _start, judgement in whole])
    seen = set()
    for pair in random.Random(3).sample(range(failed.size), 160):
        row, column = divmod(pair, facts.columns)
        (single,) = verdicts(
            application=Application.objects.get(pk=facts.people.application[row]),
            slots=[Slot.objects.get(pk=facts.slots.slot[column])],
            on=TODAY,
        )
        wanted = codes(int(failed[row, column]))
        assert {reason.code for reason in single.reasons} == set(wanted)
        assert single.placeable == placeable[row, column]
        seen |= set(wanted)
    # A sample in which rules never bite would prove nothing.
    assert len(seen) >= 12
    assert placeable.any()


def test_pairs_agree_with_blocks(facts):
    whole = np.concatenate([judgement.failed for _start, judgement in blocks(facts)])
    person, column = np.indices(whole.shape).reshape(2, -1)
    assert (judge(facts, person, column).failed == whole.ravel()).all()
    reasons = explain(facts, person, column)
    for each, bits in zip(reasons, whole.ravel(), strict=True):
        assert {reason.code for reason in each} == set(codes(int(bits)))


def test_options_agree_with_blocks(facts):
    whole = {}
    for start, judgement in blocks(facts):
        told = zip(judgement.failed, judgement.against, strict=True)
        whole.update({start + n: row for n, row in enumerate(told)})
    found = options(facts)
    for n, person in enumerate(found.person):
        (column,) = found.columns[found.ptr[n] : found.ptr[n + 1]]
        assert found.failed[n] == whole[person][0][column]
    ranked = set(facts.preferences)
    for person, (_failed, row) in whole.items():
        own = facts.slots.intake == facts.people.intake[person]
        usable = judge(facts, person, np.arange(facts.columns)).placeable & own
        listed = (found.person == person).sum()
        assert listed == (1 if person in ranked else usable.sum())
        if person not in ranked:
            for bit in range(len(RULES)):
                broken = (row >> bit & 1)[own].sum()
                assert found.broken[person, bit] == broken


@pytest.mark.django_db
def test_facts_take_the_same_queries_for_many(django_assert_num_queries):
    scatter(seed=1, people=3, slots=2)
    queries = 25 + (connection.vendor == "postgresql")  # asks the server's clock
    with django_assert_num_queries(queries):
        options(read())
    scatter(seed=2, people=9, slots=6)
    with django_assert_num_queries(queries):
        options(read())


@pytest.mark.django_db
def test_nobody_and_nothing():
    facts = read()
    assert len(options(facts)) == 0
    assert list(blocks(facts)) == []
