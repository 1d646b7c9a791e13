"""For whom a rule holds: many pairs at once and one by one, the same answer."""

import random
from datetime import date

import numpy as np
import pytest

from programs import eligibility
from programs.conditions.who import Who
from programs.models import Application, Slot
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db

RULES = [
    "kkni >= 5",
    "sex = F and kkni >= 4 or merit >= 80",
    "age on first_day <= 24 and not completed()",
    "destination = JP or kkni = 6",
    "host in (h1, h3) and sex = M",
    "",
]


def world():
    """Return 19 applications and three places, each a different day and country."""
    chance = random.Random(7)
    intake = factories.intake.make()
    slots = [
        factories.slot.make(
            intake=intake,
            host__code=f"h{number}",
            country=factories.country.make(code=code),
            starts_on=date(2027, 4, number),
        )
        for number, code in enumerate(["JP", "KR", "DE"], start=1)
    ]
    for _number in range(19):
        factories.application.make(
            intake=intake,
            merit_score=chance.randint(50, 100),
            participant__kkni=chance.randint(3, 7),
            participant__sex=chance.choice("FM"),
            participant__birth_date=date(chance.randint(2000, 2006), 3, 3),
        )
    return slots


def test_a_rule_holds_for_whom_a_place_would_let_through_that_asked_the_same(
    django_assert_num_queries,
):
    slots = world()
    everybody = Application.objects.order_by("-merit_score", "pk")
    people, places = list(everybody.values_list("pk", flat=True)), [s.pk for s in slots]
    with django_assert_num_queries(3):
        who = Who(dict.fromkeys(RULES, ""), everybody, Slot.objects.all())
    person, slot = (each.ravel() for each in np.indices((len(people), len(places))))
    for rule in RULES:
        with django_assert_num_queries(0):
            many = who.of_pairs(rule, who.where(people, places), person, slot)
            one = [
                who.meets(rule, people[p], places[s])
                for p, s in zip(person, slot, strict=True)
            ]
        assert many.tolist() == one
        Slot.objects.update(condition=rule)
        facts = eligibility.load(applications=everybody, slots=Slot.objects.all())
        rows = [list(facts.people.application).index(pk) for pk in people]
        columns = [facts.column_of[pk] for pk in places]
        answers = facts.asked.answer[
            np.array(rows)[person], facts.asked.question[np.array(columns)[slot]]
        ]
        assert many.tolist() == (answers == 0).tolist()
        assert 0 < many.sum() < len(many) or not rule
    last = {pk for pk in people if who.meets(RULES[4], pk, places[2])}
    assert set(who.somewhere(RULES[4])) >= last != set()


def test_who_asks_for_nothing_reads_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        who = Who({}, Application.objects.all(), Slot.objects.all())
    assert who.meets("", None, None)
    assert not who.is_private


def test_a_rule_that_cannot_be_read_any_more_is_named():
    with pytest.raises(Refusal, match="A condition of the quota x cannot be read"):
        Who({"kknni >= 6": "the quota x"}, Application.objects.all(), Slot.objects)
