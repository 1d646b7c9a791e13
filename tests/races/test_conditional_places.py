"""What is recorded while a place lapses comes before it, or after it."""

from datetime import UTC, date, datetime

import pytest

from programs.domain import participants, place_conditions
from programs.models import Event, PlaceCondition, Placement
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW

from .acts import meet, worked
from .worlds import again, breaches, published, user

OVER = datetime(2027, 3, 2, 3, tzinfo=UTC)
"""A day after that by which it is to be met, in every zone of a test."""
RECORDED = 'UPDATE "programs_placecondition" SET "looked_at"'
LAPSING = 'UPDATE "programs_placement"'


def one_who_waits(world):
    """Publish a plan with one place that waits for a certificate."""
    slot = world.slot(condition="language(ja) >= A2 by 2027-03-01")
    world.waiting = world.person(slot)
    published(world)
    world.by = factories.coordinator(of=world.program.owner)


@pytest.fixture
def world(prepare):
    """Return a world with a conditional place."""
    return prepare(one_who_waits)


def recording(world):
    """Return a call that records the certificate, as the sender's system would."""
    line = {
        "language": "ja",
        "test": "JFT-Basic",
        "band": "220",
        "scale_version": "2025",
        "cefr": "A2",
        "taken_on": date(2027, 1, 10),
    }
    return lambda: participants.update(
        participant=again(world.waiting.participant),
        by=user(world.by),
        now=NOW,
        languages=[line],
    )


def looking():
    """Look as a worker does once the day is over."""
    return place_conditions.look(now=OVER)


def extending(world):
    """Return a call that gives more time, as a coordinator does."""
    return lambda: place_conditions.extend(
        condition=again(PlaceCondition.objects.get()),
        due_on=date(2027, 3, 20),
        reason="Late results",
        by=user(world.by),
        now=NOW,
    )


def outcome():
    """Return the states of the place and its condition, and what was told since."""
    kinds = Event.objects.filter(object_type="placement").order_by("sequence")
    kinds = list(kinds.values_list("kind", flat=True))
    return (
        Placement.objects.get().state,
        PlaceCondition.objects.get().state,
        [kind for kind in kinds if kind != "placement.offered"],
    )


def test_what_is_recorded_first_keeps_the_place(world):
    """Held by the claim of the person: who lapses reads what was being recorded."""
    acts = meet(recording(world), before=RECORDED, second=looking)
    assert len(worked(*acts)) == 2
    assert outcome() == ("offered", "met", ["placement.condition_changed"])
    assert breaches() == []


def test_what_is_recorded_while_the_place_lapses_is_too_late(world):
    """The place is lost once, and what was recorded stands all the same."""
    acts = meet(looking, before=LAPSING, second=recording(world))
    assert len(worked(*acts)) == 2
    looking()
    assert outcome() == ("lapsed", "lapsed", ["placement.lapsed"])
    assert world.waiting.participant.language_certificates.count() == 1
    assert breaches() == []


def test_two_workers_let_it_lapse_once(world):
    acts = meet(looking, before=LAPSING, second=looking)
    assert len(worked(*acts)) == 2
    assert sorted(len(act.answer) for act in acts) == [0, 1]
    assert outcome() == ("lapsed", "lapsed", ["placement.lapsed"])
    assert breaches() == []


def test_more_time_comes_before_the_lapse_or_is_refused(world):
    acts = meet(looking, before=LAPSING, second=extending(world))
    assert [isinstance(act.error, Refusal) for act in acts] == [False, True]
    assert outcome() == ("lapsed", "lapsed", ["placement.lapsed"])
    assert breaches() == []


def test_a_worker_who_comes_second_reads_the_new_day(world):
    changing = 'UPDATE "programs_placecondition" SET "due_on"'
    acts = meet(extending(world), before=changing, second=looking)
    assert len(worked(*acts)) == 2
    assert outcome() == ("offered", "open", ["placement.condition_changed"])
    assert breaches() == []
