"""The home page: what waits for the reader, and four numbers."""

from datetime import date

import pytest

from planner.desk.home.money import money
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


@pytest.fixture
def donor(world):
    """A source with yen beside the rupiah of a ministry and a host without a limit."""
    world.source("state", 50_000_000)
    world.source("host", None)
    jpy = world.source("donor", 300_000)
    jpy.budget_lines.update(currency="JPY")
    slot = world.slot(starts_on=date(2027, 4, 1))
    placement = factories.placement.make(slot=slot)
    host = world.source("other-host", None)
    factories.funding_line.make(placement=placement, source=host, amount=7_000_000)
    factories.funding_line.make(
        placement=placement,
        source=jpy,
        currency="JPY",
        amount=11_000_000,
        foreign_amount=100_000,
    )
    return jpy


def test_budgets_of_every_currency_are_in_the_tile(world, donor):
    factories.exchange_rate.make(currency="JPY", rate=110)
    tile = money(world.planner, [world.intake], date(2027, 2, 1))
    assert (tile["money"], tile["total"]) == (11_000_000, 50_000_000 + 33_000_000)
    assert "JPY at the rate of" in tile["note"]


def test_a_currency_without_a_rate_is_named_and_left_out(world, donor):
    tile = money(world.planner, [world.intake], date(2027, 2, 1))
    assert (tile["money"], tile["total"]) == (0, 50_000_000)
    assert "without JPY: no exchange rate" in tile["note"]
