"""Twenty thousand people against 4,700 slots that all ask for something."""

import random
import resource
import time

import numpy as np
import pytest

from programs.conditions.who import Who
from programs.eligibility import blocks, load
from programs.models import Application, Slot
from tests import factories

from .test_scale import NUM_PEOPLE, TODAY, make_people, make_slots

PARTS = [
    "kkni >= {n}",
    "age <= 2{n} and age on decision >= 18",
    "language(ja) >= A2",
    'score("T") >= {n}',
    'skill("{skill}", certificate) >= 2',
    "sex = F and field in (07, 0613)",
    "not completed(this program)",
    "days_since(in this country) >= 183",
    "free",
    "merit >= {n}0 or born >= 2{n} years before last_day",
]


def conditions(rng, skills, many):
    """Return conditions of eight parts each, joined by and, or, not."""
    made = []
    for _each in range(many):
        parts = [
            rng.choice(PARTS).format(n=rng.randint(2, 6), skill=rng.choice(skills).code)
            for _part in range(8)
        ]
        text = parts[0]
        for part in parts[1:]:
            text = f"({text}) {rng.choice(['and', 'or', 'or not'])} ({part})"
        made.append(text.replace("in this country", "this country"))
    return made


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.django_db
@pytest.mark.parametrize("many", [60, 4700])
def test_conditions_cost_seconds(capsys, many):
    rng = random.Random(4)
    intake = factories.intake.make(program__min_age=18, program__max_age=30)
    skills = factories.skill.make(_quantity=80)
    make_slots(rng, intake, skills)
    make_people(rng, intake, skills)
    plain = measured()
    texts = conditions(rng, skills, many)
    slots = list(Slot.objects.all())
    for number, slot in enumerate(slots):
        slot.condition = texts[number % many]
    Slot.objects.bulk_update(slots, ["condition"], batch_size=500)
    asked = measured()
    with capsys.disabled():
        print(f"\n{many} conditions at {len(slots)} slots, {NUM_PEOPLE} people:")
        print("without: read {:.1f} s, judged {:.1f} s, peak {:,.0f} MB".format(*plain))
        print("with:    read {:.1f} s, judged {:.1f} s, peak {:,.0f} MB".format(*asked))
    assert sum(asked[:2]) - sum(plain[:2]) < 15
    assert asked[2] - plain[2] < 500
    if many == 60:
        of_rules(capsys, rng, texts)


def of_rules(capsys, rng, texts):
    """Measure what as many quotas cost besides, each of another condition."""
    people = list(Application.objects.values_list("pk", flat=True))
    slots = list(Slot.objects.values_list("pk", flat=True))
    person = np.repeat(np.arange(len(people)), 5)
    slot = np.array([rng.randrange(len(slots)) for _wish in person])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    who = Who(dict.fromkeys(texts, ""), Application.objects.all(), Slot.objects.all())
    read = time.perf_counter()
    where = who.where(people, slots)
    counts = [who.of_pairs(text, where, person, slot).sum() for text in texts]
    judged = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with capsys.disabled():
        words = "{} quotas of {:,} pairs: read {:.1f} s, counted {:.1f} s, {:+,.0f} MB"
        times = read - began, judged - read, peak - before
        print(words.format(len(texts), len(person), *times))
    assert any(counts)
    assert judged - began < 15
    assert peak - before < 500


def measured():
    """Return seconds to read, seconds to judge, and the most megabytes so far."""
    began = time.perf_counter()
    facts = load(
        applications=Application.objects.all(), slots=Slot.objects.all(), on=TODAY
    )
    loaded = time.perf_counter()
    for _start, judgement in blocks(facts):
        assert judgement.status.shape[1] == facts.columns
    judged = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return loaded - began, judged - loaded, peak
