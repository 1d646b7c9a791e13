"""Each fact at its limit, three values, and the same answer for one as for many."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from programs.conditions import Not, read
from programs.conditions.case import Case
from programs.conditions.judging import Judge
from programs.conditions.known import Known
from programs.conditions.tree import leaves
from programs.days import TimeZone
from programs.models import Application, FactDefinition, Intake
from tests import factories

from .answers import CASE, DECIDED, FIRST, LAST, answer, stay
from .trees import CONDITIONS, DEEP

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age >= 24", "yes"),
        ("age > 24", "no"),
        ("age on 1 day before first_day <= 23", "yes"),
        ("age on last_day = 24", "yes"),
        ("age on application < 24", "yes"),
        ("age on 2033-04-01 = 30", "yes"),
        ("born >= 2003-04-01", "yes"),
        ("born > 24 years before first_day", "no"),
        ("born >= 24 years before first_day", "yes"),
        ("sex = F", "yes"),
        ("sex in (M)", "no"),
        ("citizenship not in (MY, SG)", "yes"),
        ("province = 32", "yes"),
        ("regency = 32.04", "unknown"),
        ("not regency = 32.04", "unknown"),
        ("kkni >= 5 and kkni <= 5", "yes"),
        ("kkni != 5", "no"),
        ("field in (07, 0913)", "yes"),
        ("field = 071", "yes"),
        ("field != 0714", "no"),
        ("home_kind = polytechnic", "yes"),
        ("merit >= 72.5", "yes"),
        ("merit > 72.5", "no"),
        ("destination = JP and host = kyushu and program = titp-2", "yes"),
        ("destination in (KR, DE) or program_kind != internship", "no"),
        ("length >= 366 days and length <= 1.01 years", "yes"),
        ("length > 366 days", "no"),
        ("disability", "no"),
        ("language(ja) >= A1", "no"),
        ("language(ja) < A1", "yes"),
        ("language(id) >= C2", "yes"),
        ('score("JFT-Basic") >= 200', "unknown"),
        ('skill("AI-1") >= 1', "no"),
        ("free", "yes"),
        ("completed", "no"),
        ("stays < 1", "yes"),
        ("days_since(in JP) >= 183", "yes"),
        ('on_list("3t")', "unknown"),
        # What is not known may still turn out either way.
        ("regency = 32.04 or sex = F", "yes"),
        ("regency = 32.04 or sex = M", "unknown"),
        ("regency = 32.04 and sex = M", "no"),
        ("not (regency = 32.04 and sex = F)", "unknown"),
    ],
)
def test_facts_of_the_person_at_their_limits(person, text, expected):
    assert answer(text) == expected


def test_an_application_that_was_not_sent_has_no_day(person):
    Application.objects.update(submitted_at=None)
    assert answer("age on application < 99") == "unknown"


def test_a_disability_that_is_declared(person):
    person.disability = "sensory"
    person.save()
    assert answer("disability") == "yes"


@pytest.mark.parametrize(
    ("changes", "text", "expected"),
    [
        ({}, "language(ja) >= A2", "yes"),
        ({}, "language(JA) > A2", "no"),
        ({"valid_to": FIRST}, "language(ja) >= A2", "yes"),
        ({"valid_to": FIRST - timedelta(1)}, "language(ja) >= A2", "no"),
        ({"valid_to": DECIDED}, "language(ja) on decision >= A2", "yes"),
        ({"language": "ja-Latn"}, "language(ja) >= A2", "yes"),
        ({"language": "zh"}, "language(ja) >= A2", "no"),
        ({}, 'score("jft-basic") >= 215', "yes"),
        ({}, 'score("JFT-Basic") >= 215.5', "no"),
        ({"band": "pass"}, 'score("JFT-Basic") >= 1', "unknown"),
        ({"valid_to": DECIDED}, 'score("JFT-Basic") >= 1', "unknown"),
        ({"test": "JLPT"}, 'score("JFT-Basic") >= 1', "unknown"),
    ],
)
def test_languages_and_scores(person, changes, text, expected):
    values = {"test": "JFT-Basic", "band": "215", "cefr": "A2"} | changes
    factories.language_certificate.make(participant=person, **values)
    factories.language_certificate.make(
        participant=person, test="EN", language="en", band="1", cefr="C1"
    )
    assert answer(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("language(ja) on 2027-01-31 >= A2", "no"),
        ("language(ja) on 2027-02-01 >= A2", "yes"),
        ('score("JFT-Basic") on 2027-01-31 >= 1', "unknown"),
        ("language(ja) on decision >= A2", "yes"),
    ],
)
def test_a_certificate_is_held_from_the_day_of_its_test(person, text, expected):
    factories.language_certificate.make(
        participant=person,
        test="JFT-Basic",
        band="215",
        cefr="A2",
        taken_on=date(2027, 2, 1),
    )
    assert answer(text) == expected


def test_the_day_of_an_application_is_that_of_the_intake(person):
    """31 January at 16:30 UTC is still that day in Jakarta, 1 February in Jayapura."""
    person.birth_date = date(2003, 2, 1)
    person.save()
    Application.objects.update(submitted_at=datetime(2027, 1, 31, 16, 30, tzinfo=UTC))
    assert answer("age on application = 23") == "yes"
    Intake.objects.update(time_zone=TimeZone.JAYAPURA)
    assert answer("age on application = 24") == "yes"


def test_the_best_of_several_scores_counts(person):
    for band in ("180", "215", "190"):
        factories.language_certificate.make(
            participant=person, test="JFT-Basic", band=band
        )
    assert answer('score("JFT-Basic") = 215') == "yes"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('skill("AI-1") >= 3', "yes"),
        ('skill("TEP/AI-1") > 3', "no"),
        ('skill("AI-1", course) >= 3', "yes"),
        ('skill("AI-1", certificate) >= 1', "no"),
        ('skill("AI-2") >= 1', "no"),
    ],
)
def test_skills_count_by_their_evidence(person, text, expected):
    skill = factories.skill.make(framework="TEP", code="AI-1")
    factories.skill.make(framework="TEP", code="AI-2")
    factories.skill_claim.make(
        participant=person, skill=skill, level=3, evidence="course"
    )
    assert answer(text) == expected


def test_what_a_step_taught_counts(person):
    skill = factories.skill.make(framework="TEP", code="AI-1")
    taught = Case(
        first=CASE.first,
        last=CASE.last,
        decision=CASE.decision,
        languages={"ja": 2},
        skills={skill.pk: 2},
    )
    text = 'language(ja) >= A2 and skill("AI-1") >= 2'
    assert (answer(text), answer(text, taught)) == ("no", "yes")
    assert answer('skill("AI-1", certificate) >= 2', taught) == "no"


def test_free_times_that_touch_are_one(person):
    middle = date(2027, 10, 1)
    factories.availability.make(participant=person, starts_on=FIRST, ends_on=middle)
    assert answer("free") == "no"
    later = factories.availability.make(
        participant=person, starts_on=middle, ends_on=LAST + timedelta(1)
    )
    assert answer("free") == "yes"
    later.ends_on = LAST
    later.save()
    assert answer("free") == "no"


@pytest.mark.parametrize(
    ("on", "regions", "expected"),
    [
        (date(2020, 1, 1), ["32"], "yes"),
        (date(2020, 1, 1), ["53"], "no"),
        (FIRST, ["32"], "yes"),
        (FIRST + timedelta(1), ["32"], "unknown"),
    ],
)
def test_a_region_list_counts_while_it_is_in_force(person, on, regions, expected):
    factories.region.make(kemendagri_code="53")
    listed = factories.region_list.make(code="3t", valid_from=on)
    listed.regions.set(regions)
    assert answer('on_list("3t")') == expected


@pytest.fixture
def many():
    """People whose facts differ at random, and what is known of them all."""
    rng = random.Random(11)
    factories.region.make(kemendagri_code="53")
    factories.java()
    listed = factories.region_list.make(code="3t")
    listed.regions.set(["53"])
    skill = factories.skill.make(framework="TEP", code="AI-1")
    factories.fact_definition.make(code="maths", kind="number")
    factories.fact_definition.make(code="fit", kind="truth")
    for _each in range(12):
        application = factories.application.make(
            participant__birth_date=date(rng.randint(2001, 2008), 4, rng.randint(1, 2)),
            participant__sex=rng.choice("FM"),
            participant__kkni=rng.randint(4, 6),
            participant__isced_f=rng.choice(["0714", "0311"]),
            participant__province_id=rng.choice(["53", "33", "35", "32", None]),
            participant__disability=rng.choice(["", "sensory"]),
            merit_score=rng.choice([60, "72.50"]),
            submitted_at=rng.choice([None, datetime(2027, 1, 3, tzinfo=UTC)]),
        )
        scatter(rng, application.participant, skill)
    return Application.objects.filter(placements=None)


def scatter(rng, person, skill):
    for level in rng.sample(["sma", "d3", "s1"], rng.randint(0, 2)):
        is_done = rng.random() < 0.7
        factories.education.make(
            participant=person,
            level=level,
            isced_f=rng.choice(["0714", "0311"]),
            status="graduated" if is_done else "active",
            graduated_on=date(rng.randint(2020, 2026), 8, 1) if is_done else None,
            gpa=rng.choice([None, "3.25", "2.9"]),
            semester=None if is_done else 5,
            accreditation=rng.choice(["", "A", "Unggul"]),
        )
    for _job in range(rng.randint(0, 2)):
        factories.employment.make(
            participant=person,
            starts_on=date(rng.randint(2020, 2025), rng.randint(1, 12), 1),
            ends_on=rng.choice([None, date(2026, 1, 1)]),
            isced_f=rng.choice(["0714", "0311"]),
        )
    for code, kind, values in (
        ("maths", "number", "10 14.5"),
        ("fit", "truth", "yes no"),
    ):
        if rng.random() < 0.6:
            factories.person_fact.make(
                participant=person,
                definition=FactDefinition.objects.get(code=code, kind=kind),
                value=rng.choice(values.split()),
            )
    for band in rng.sample(["pass", "150", "200"], rng.randint(0, 2)):
        factories.language_certificate.make(
            participant=person,
            test="JFT-Basic",
            band=band,
            cefr=rng.choice(["A1", "A2"]),
            valid_to=rng.choice([None, DECIDED, FIRST]),
        )
    if rng.random() < 0.5:
        factories.skill_claim.make(
            participant=person,
            skill=skill,
            level=rng.randint(1, 3),
            evidence=rng.choice(["self", "certificate"]),
        )
    for days in rng.sample([20, 200, 900], rng.randint(0, 2)):
        stay(
            person,
            ends=FIRST - timedelta(days),
            state=rng.choice(["completed", "no_show"]),
            country=rng.choice([factories.japan(), factories.malaysia()]),
            program=f"p{rng.random()}",
        )
    if rng.random() < 0.3:
        factories.availability.make(
            participant=person,
            starts_on=FIRST,
            ends_on=rng.choice([LAST, date(2029, 1, 1)]),
        )


def test_one_person_gets_the_answer_that_the_columns_give(many):
    everybody = many.order_by("pk")
    ids = [application.pk for application in everybody]
    seen = set()

    @settings(max_examples=120, suppress_health_check=list(HealthCheck), deadline=None)
    @given(CONDITIONS)
    def same(node):
        known = Known(everybody, [node])
        whole = Judge(known)(node, CASE)
        assert not (whole.holds & whole.fails).any()
        assert not (whole.closed & ~whole.fails).any()
        assert not (whole.holds & ~whole.awaited).any()
        flipped = Judge(known)(Not(node), CASE)
        assert (flipped.holds == whole.fails).all()
        assert (flipped.fails == whole.holds).all()
        for number in (0, 5, 11):
            alone = Known(Application.objects.filter(pk=ids[number]), [node])
            for outcome in (
                Judge(alone)(node, CASE),
                Judge(known, np.array([number]))(node, CASE),
            ):
                for name in ("holds", "fails", "closed", "awaited"):
                    assert getattr(outcome, name)[0] == getattr(whole, name)[number]
            seen.add((bool(whole.holds[number]), bool(whole.fails[number])))

    same()
    # A sample in which nothing differs would prove nothing.
    assert seen == {(True, False), (False, True), (False, False)}


@pytest.mark.parametrize(
    ("text", "days_after", "expected"),
    [
        ("language(ja) >= A2 by 2027-03-01", 0, True),
        ("language(ja) >= A2 by 2027-03-01", 1, False),
        ("language(ja) >= A2 by 14 days after decision", 0, True),
        ("language(ja) >= A2 by 13 days after decision", 0, False),
        # What nobody knows may still be stated; what can never change is not awaited.
        ("regency = 32.04 by 2027-03-01", 0, True),
        ("kkni >= 6 by 2027-03-01", 0, False),
        ("(kkni >= 6 or language(ja) >= A2) by 2027-03-01", 0, True),
        ("kkni >= 6 and language(ja) >= A2 by 2027-03-01", 0, False),
        ("language(ja) >= A2", 0, False),
        ("sex = F and language(ja) >= A2 by 2027-03-01", 0, True),
        ("sex = M by 2027-03-01 and language(ja) >= A2 by 2027-03-02", 0, False),
    ],
)
def test_what_is_to_be_met_by_a_day_is_awaited_until_it_is_over(
    person, text, days_after, expected
):
    day = date(2027, 3, 1) + timedelta(days_after)
    node = read(text).node
    known = Known(Application.objects.all(), [node])
    outcome = Judge(known)(node, replace(CASE, today=day.toordinal()))
    assert not outcome.holds[0]
    assert outcome.awaited[0] == expected


def test_nothing_is_awaited_once_the_stay_has_begun(person):
    by = read("language(ja) >= A2 by 2027-12-24").node
    assert date.fromordinal(CASE.due(by)) == FIRST - timedelta(1)
    assert CASE.waits(by)
    assert not replace(CASE, today=FIRST.toordinal()).waits(by)


def test_deep_conditions_asked_one_after_the_other_share_what_was_read(many):
    everybody = many.order_by("pk")
    ids = [application.pk for application in everybody]
    shared = Judge(Known(everybody))

    @settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
    @given(DEEP)
    def same(node):
        shared.ask([node])
        whole = shared(node, CASE)
        number = len(list(leaves(node))) % len(ids)
        alone = Known(Application.objects.filter(pk=ids[number]), [node])
        outcome = Judge(alone)(node, CASE)
        for name in ("holds", "fails", "closed"):
            assert getattr(outcome, name)[0] == getattr(whole, name)[number]

    same()


def test_what_one_rule_has_read_is_not_read_for_another(
    many, django_assert_num_queries
):
    known = Known(many, [read('kkni > 1 and fact("maths") > 1').node])
    with django_assert_num_queries(0):
        known.ask([read('kkni > 3 or fact("maths") > 9').node])
    with django_assert_num_queries(2):  # another fact, and what it is
        known.ask([read('fact("maths") > 1 and fact("fit")').node])
    assert set(known.facts) == {"maths", "fit"}


def test_what_is_read_takes_the_same_queries_for_many(many, django_assert_num_queries):
    text = (
        'language(ja) >= A2 and score("JFT-Basic") > 1 and skill("AI-1") > 1 and free '
        'and on_list("3t") and completed(in JP) and disability and kkni > 1 '
        'and education >= s1 and experience > 1 day and fact("maths") > 1'
    )
    node = read(text).node
    with django_assert_num_queries(14):
        Judge(Known(many, [node]))(node, CASE)
    alone = many.filter(pk=many[0].pk)
    with django_assert_num_queries(14):
        Judge(Known(alone, [node]))(node, CASE)
    with django_assert_num_queries(1):
        Judge(Known(many, [read("kkni > 1").node]))(read("kkni > 1").node, CASE)
