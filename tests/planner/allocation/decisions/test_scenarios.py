"""A what-if has a name of its own; budgets tried out never take one away."""

import pytest

from planner.allocation.decisions import budget_trials, scenarios
from planner.models import AllocationRun, Scenario
from programs.models import AuditEvent
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db
CHANGES = {"weights": {"merit_points": 300}}


def what_if(world, **columns):
    columns = {"name": "More merit", "overrides": CHANGES} | columns
    return scenarios.create(
        by=world.planner, now=NOW, intakes=[world.intake], **columns
    )


def test_a_what_if_is_written_down_with_who_made_it(world):
    made = what_if(world)
    assert list(made.intakes.all()) == [world.intake]
    entry = AuditEvent.objects.get(action="scenarios.create")
    assert entry.object_id == str(made.pk)


def test_a_name_given_before_is_refused_in_words(world):
    what_if(world)
    with pytest.raises(Refusal, match="A scenario of this name exists"):
        what_if(world)
    assert Scenario.objects.count() == 1


@pytest.fixture
def solved(world, plan):
    """A run with one budget line."""
    world.person(world.slot())
    world.cost(10_000_000, world.source("state", 15_000_000))
    return plan()


def try_out(world, run, rupiah=10_000_000):
    line = run.prices.get(kind="budget")
    budget_trials.ask_more(run, [line], rupiah=rupiah, by=world.planner, now=NOW)


def test_a_trial_belongs_to_its_run_and_is_no_what_if(world, solved):
    try_out(world, solved)
    trial = solved.budget_trials.get()
    assert trial.overrides == {"budgets": {"state:2027": 25_000_000}}
    assert not Scenario.objects.what_ifs().exists()
    assert [run.scenario for run in budget_trials.runs_of(solved)] == [trial]


def test_the_name_of_a_trial_is_free_for_a_what_if(world, solved):
    what_if(world, name=f"#{solved.number} state:2027 = 25000000")
    try_out(world, solved)
    assert solved.budget_trials.count() == 1


def test_a_refused_run_leaves_no_trial_behind(world, solved, monkeypatch):
    monkeypatch.setattr("planner.allocation.decisions.request.MOST_WAITING", 0)
    with pytest.raises(Refusal):
        try_out(world, solved)
    assert not Scenario.objects.exists()
    assert AllocationRun.objects.count() == 1


def test_only_planners_write_scenarios_down(world, solved):
    world.planner = factories.auditor()
    with pytest.raises(Refusal):
        what_if(world)
    with pytest.raises(Refusal):
        try_out(world, solved)
    assert not Scenario.objects.exists()
