"""Twenty thousand people against 4,700 slots: within a minute and four gigabytes."""

import random
import resource
import time
from datetime import date, timedelta

import numpy as np
import pytest

from programs.choices import Cefr
from programs.eligibility import blocks, codes, load, verdicts
from programs.models import (
    Application,
    LanguageCertificate,
    Participant,
    SkillClaim,
    SkillRequirement,
    Slot,
)
from tests import factories

TODAY = date(2027, 1, 15)
START = date(2027, 4, 1)
NUM_PEOPLE, NUM_SLOTS, NUM_SKILLS = 20_000, 4_700, 80
SAMPLE = 150


def make_slots(rng, intake, skills):
    host = factories.host.make()
    slots = [
        factories.slot.prepare(
            intake=intake,
            host=host,
            country=host.country,
            starts_on=(start := START + timedelta(rng.choice([0, 30, 90]))),
            ends_on=start + timedelta(rng.choice([120, 365])),
            work_language=rng.choice(["ja", "en", "zh"]),
            min_cefr=rng.choice(["", *Cefr.values[:4]]),
            min_kkni=rng.choice([None, 4, 5, 6]),
            isced_fields=rng.choice(["", "07", "061,071"]),
        )
        for _ in range(NUM_SLOTS)
    ]
    Slot.objects.bulk_create(slots, batch_size=500)
    SkillRequirement.objects.bulk_create(
        [
            SkillRequirement(
                slot=slot, skill=skill, kind="required", level=rng.randint(1, 2)
            )
            for slot in slots
            for skill in rng.sample(skills, rng.randint(0, 3))
        ],
        batch_size=500,
    )


def make_people(rng, intake, skills):
    home, provinces = factories.institution.make(), factories.region.make(_quantity=5)
    indonesia = factories.indonesia()
    people = [
        Participant(
            code=f"p{number}",
            given_name="Sari",
            birth_date=date(rng.randint(1990, 2010), rng.randint(1, 12), 1),
            sex=rng.choice("FM"),
            citizenship=indonesia,
            province=rng.choice(provinces),
            home_institution=home,
            registered_by=home,
            kkni=rng.randint(2, 7),
            isced_f=rng.choice(["0714", "0613", "0311"]),
        )
        for number in range(NUM_PEOPLE)
    ]
    Participant.objects.bulk_create(people, batch_size=500)
    Application.objects.bulk_create(
        [
            Application(participant=person, intake=intake, state="submitted")
            for person in people
        ],
        batch_size=500,
    )
    SkillClaim.objects.bulk_create(
        [
            SkillClaim(participant=person, skill=skill, level=rng.randint(1, 4))
            for person in people
            for skill in rng.sample(skills, 6)
        ],
        batch_size=500,
    )
    LanguageCertificate.objects.bulk_create(
        [
            LanguageCertificate(
                participant=person,
                language=language,
                test="T",
                band=cefr,
                scale_version="1",
                cefr=cefr,
                taken_on=date(2026, 7, 1),
                valid_to=rng.choice([None, START + timedelta(10)]),
            )
            for person in people
            for language, cefr in [
                (rng.choice(["ja", "en", "zh"]), rng.choice(Cefr.values))
            ]
        ],
        batch_size=500,
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.django_db
def test_a_national_intake_is_judged_in_a_minute(capsys):
    rng = random.Random(4)
    intake = factories.intake.make(program__min_age=18, program__max_age=30)
    skills = factories.skill.make(_quantity=NUM_SKILLS)
    make_slots(rng, intake, skills)
    make_people(rng, intake, skills)
    began = time.perf_counter()
    facts = load(
        applications=Application.objects.all(), slots=Slot.objects.all(), on=TODAY
    )
    loaded = time.perf_counter()
    failed = np.zeros((NUM_PEOPLE, NUM_SLOTS), dtype=np.uint32)
    placeable = 0
    for start, judgement in blocks(facts):
        failed[start : start + len(judgement.failed)] = judgement.failed
        placeable += int(judgement.placeable.sum())
    judged = time.perf_counter()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with capsys.disabled():
        print(f"\n{failed.size:,} pairs, {placeable:,} of them placeable:")
        print(f"read {loaded - began:.1f} s, judged {judged - loaded:.1f} s")
        print(f"peak {megabytes:,.0f} MB")
    assert judged - began < 60
    assert megabytes < 4096
    assert 0 < placeable < failed.size
    same_as_single(rng, facts, failed)


def same_as_single(rng, facts, failed):
    """Compare a random sample with the verdicts that people are shown."""
    for pair in rng.sample(range(failed.size), SAMPLE):
        row, column = divmod(pair, NUM_SLOTS)
        (verdict,) = verdicts(
            application=Application.objects.get(pk=facts.people.application[row]),
            slots=[Slot.objects.get(pk=facts.slots.slot[column])],
            on=TODAY,
        )
        wanted = set(codes(int(failed[row, column])))
        assert {reason.code for reason in verdict.reasons} == wanted
