"""Scenarios as planners' own systems read them."""

import pytest

from programs.choices import IntakeState
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    """A closed intake, ready to be planned."""
    return factories.intake.make(state=IntakeState.CLOSED)


def test_a_scenario_is_found_by_its_intake_and_says_what_it_supposes(planner, intake):
    scenario = factories.scenario.make(
        name="More seats", overrides={"capacities": {"A": {"max": 9}}}
    )
    scenario.intakes.add(intake)
    factories.scenario.make(name="Another")
    [row] = planner.send("get", f"scenarios/?intake={intake.pk}").json()["results"]
    assert row["intakes"] == [str(intake.pk)]
    assert row["changes"] == {"capacities": {"A": {"max": 9}}}
    run = {"intakes": [str(intake.pk)], "scenario": row["id"]}
    assert planner.send("post", "allocation-runs/", run).status_code == 202


def test_trials_of_a_budget_are_no_scenarios_of_the_api(planner):
    run = factories.allocation_run.make()
    factories.scenario.make(purpose="budget_trial", tried_for=run)
    assert planner.send("get", "scenarios/").json()["results"] == []
