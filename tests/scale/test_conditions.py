"""A small world in which everything asks for something, taken as the large one is."""

import random

import numpy as np
import pytest

from planner.allocation.problem import reading, snapshot
from programs.eligibility import codes, judge, verdicts
from programs.eligibility.rules import RULES
from programs.models import Application, Intake, PersonFact, Slot
from programs.models.encrypted import Strict
from tests.programs.eligibility import test_scale

from . import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(monkeypatch):
    monkeypatch.setattr(test_scale, "NUM_PEOPLE", 60)
    monkeypatch.setattr(test_scale, "NUM_SLOTS", 40)
    asked.fill()
    asked.ask()
    return lambda: snapshot.take(intakes=Intake.objects.filter(code=asked.HERE))


def test_some_may_go_and_some_may_not_for_want_of_what_is_asked(taken):
    found = taken()
    asked_too_much = found.verdicts.failed == 1 << len(RULES) - 1
    assert 0 < asked_too_much.sum() < len(found.verdicts)
    assert len(found.pairs.applicant) > 0


def test_every_rule_of_the_small_world_asks_another_question(taken):
    rows = taken().rows
    conditions = {slot.condition for slot in rows.slots}
    assert len(conditions) == 40
    assert len({quota.condition for quota in rows.quotas}) == asked.MANY
    some = {rows.costs.conditions(slot.pk) for slot in rows.slots}
    assert len(set().union(*some)) == 4 * asked.OF_MONEY
    assert rows.profile.condition


def test_what_is_confidential_is_decrypted_once_whoever_asks_for_it(taken, monkeypatch):
    read = []
    plain = Strict.from_db_value

    def counting(field, value, expression, connection):
        if field.model is PersonFact:
            read.append(value)
        return plain(field, value, expression, connection)

    monkeypatch.setattr(Strict, "from_db_value", counting)
    taken()
    assert 0 < len(read) == len(set(read)) <= PersonFact.objects.count()


def test_pairs_of_a_run_are_judged_as_one_pair_alone_is(taken):
    rows, rng = taken().rows, random.Random(3)
    facts = rows.facts
    for _pair in range(40):
        row, column = rng.randrange(60), rng.randrange(40)
        judgement = judge(facts, np.array([row]), np.array([column]))
        (verdict,) = verdicts(
            application=Application.objects.get(pk=facts.people.application[row]),
            slots=[Slot.objects.get(pk=facts.slots.slot[column])],
            on=rows.intakes[0].decide_by,
        )
        wanted = set(codes(int(judgement.failed[0])))
        assert {reason.code for reason in verdict.reasons} == wanted


def test_quotas_count_in_a_run_whom_they_count_when_they_are_asked_alone(taken):
    rows, rng = taken().rows, random.Random(5)
    for quota in rng.sample(rows.quotas, 12):
        alone = reading.read_grounds([quota], rows.intakes).who
        person, slot = np.indices((60, 40)).reshape(2, -1)
        many = rows.grounds.who.of_pairs(quota.condition, rows.where, person, slot)
        for at in rng.sample(range(len(many)), 40):
            who, where = rows.applications[person[at]].pk, rows.slots[slot[at]].pk
            assert alone.meets(quota.condition, who, where) == many[at]


def test_nothing_asked_reads_nothing_of_it(taken, monkeypatch):
    asked.ask_nothing()
    rows = taken().rows
    assert (rows.quotas, rows.facts.asked.known) == ([], None)
