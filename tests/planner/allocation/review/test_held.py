"""The right of access reaches what runs said about a person."""

import pytest

from programs.domain import personal_data
from programs.domain.actors import SYSTEM
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db


def test_a_person_reads_why_there_was_no_place(world, plan):
    slot = world.slot(seats=1)
    strong, weak = (world.person(slot, merit=merit) for merit in (90, 20))
    world.cost(10_000_000, world.source("apbn", 20_000_000))
    run = plan()
    for row, outcome in ((strong, str(slot)), (weak, None)):
        held = personal_data.export_person(
            participant=row.participant, by=SYSTEM, now=NOW
        )
        [told] = held["en"]["plans"]
        assert told["run"] == run.number
        assert outcome is None or told["outcome"] == outcome
        assert ("reasons" in told) == (outcome is None)
        assert str(strong.participant.code) not in str(told)
