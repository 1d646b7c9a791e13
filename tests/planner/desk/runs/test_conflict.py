"""A run without a plan says which limits clash and what would help."""

import pytest

from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def test_an_impossible_run_says_what_would_help(as_planner, world, plan):
    slot = world.slot(seats=1)
    pinned = [world.person(slot) for _twice in range(2)]
    for application in pinned:
        factories.pin.make(application=application, slot=slot, kind="pin")
    run = plan()
    assert run.state == "infeasible"
    shown = text(as_planner.get(page("desk_run", run.pk)))
    assert "no plan keeps all hard limits" in shown
    assert "raise it by 1" in shown
    assert page("desk_slot", slot.pk) in shown
    for application in pinned:
        assert f"{application.participant}: take the pin back" in shown
        assert page("programs_application_pin", application.pk) in shown


def test_an_impossible_budget_says_how_much_is_missing(as_planner, world, plan):
    slot = world.slot(seats=2)
    for _twice in range(2):
        factories.pin.make(application=world.person(slot), slot=slot, kind="pin")
    world.cost(10_000_000, world.source("state", 15_000_000))
    shown = text(as_planner.get(page("desk_run", plan().pk))).replace("\xa0", " ")
    assert "STATE, 2027: add Rp 5 m." in shown
    assert page("programs_budgetline_changelist") + "?q=state" in shown


def test_an_impossible_quota_says_how_many_are_missing(as_planner, world, plan):
    world.person(world.slot())
    quota = factories.quota.make(
        intake=world.intake, sex="M", measure="absolute", value=2, is_hard=True
    )
    shown = text(as_planner.get(page("desk_run", plan().pk)))
    assert "ask for 2 fewer" in shown
    assert page("programs_quota_changelist") + f"?q={quota.code}" in shown
