"""The home page: what waits for the reader, and four numbers."""

import pytest

from programs import formats
from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def test_a_closed_intake_waits_to_be_planned_by_its_day(as_planner, world):
    home = text(as_planner.get(page("index")))
    assert "1 closed intake is to be planned, decision by" in home
    day = formats.day(world.intake.decide_by)
    assert " ".join(day.split()) in home


def test_a_coordinator_hears_of_own_applications_not_judged(client, world):
    world.person(world.slot(), state="submitted")
    told = "1 application of a closed intake is not judged yet"
    client.force_login(factories.coordinator(of=world.program.owner))
    assert told in text(client.get(page("index")))
    client.force_login(factories.coordinator())
    assert told not in text(client.get(page("index")))


def test_a_partner_sees_people_and_no_money(client, as_planner, world):
    world.slot(seats=3)
    assert "Committed / budget" in text(as_planner.get(page("index")))
    client.force_login(factories.partner())
    home = text(client.get(page("index")))
    assert "People / own seats" in home
    assert "Committed / budget" not in home
