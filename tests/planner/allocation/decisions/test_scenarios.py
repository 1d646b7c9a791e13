"""A what-if has a name of its own; budgets tried out never take one away."""

from datetime import date

import pytest

from planner.allocation.decisions import budget_trials, scenarios, submit
from planner.allocation.problem import snapshot
from planner.allocation.results import files, trials
from planner.allocation.solving import execute
from planner.models import AllocationRun, Scenario
from programs.models import AuditEvent, FundingSource
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW, fresh, places
from tests.planner.optimiser import brute

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


def try_out(world, run, units=10_000):
    line = run.prices.get(kind="budget")
    more = {line.pk: units}
    budget_trials.ask_more(run, [line], more=more, by=world.planner, now=NOW)


def test_a_trial_belongs_to_its_run_and_is_no_what_if(world, solved):
    try_out(world, solved)
    trial = solved.budget_trials.get()
    assert trial.overrides == {"budgets": {"state:2027": 25_000_000}}
    assert not Scenario.objects.what_ifs().exists()
    assert [run.scenario for run in trials.runs_of(solved)] == [trial]


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


def planned(world, plan, **overrides):
    """Return {application: slot code} of a run under a scenario of these changes."""
    made = what_if(world, name=str(overrides)[:100], overrides=overrides)
    return places(plan(scenario=made))


def test_without_pins_the_best_plan_is_another(world, plan):
    seat = world.slot()
    strong, weak = world.person(seat, merit=90), world.person(seat, merit=10)
    factories.pin.make(application=weak, slot=seat, kind="pin")
    assert places(plan()) == {weak.pk: seat.code}
    assert planned(world, plan, pins={"pins": "off"}) == {strong.pk: seat.code}


def test_without_prohibitions_who_was_ruled_out_is_placed(world, plan):
    seat = world.slot()
    somebody = world.person(seat)
    factories.pin.make(application=somebody, slot=seat, kind="forbid")
    assert places(plan()) == {}
    assert planned(world, plan, pins={"bans": "off"}) == {somebody.pk: seat.code}


def name_of(application):
    person = application.participant
    return f"{person.registered_by.code}/{person.code}"


def test_one_person_is_pinned_or_freed_and_nobody_else(world, plan):
    seat = world.slot()
    strong, weak = world.person(seat, merit=90), world.person(seat, merit=10)
    banned = world.person(seat, merit=99)
    factories.pin.make(application=banned, slot=seat, kind="forbid")
    assert places(plan()) == {strong.pk: seat.code}
    pinned = planned(world, plan, pins={name_of(weak): seat.name})
    assert pinned == {weak.pk: seat.code}
    freed = planned(world, plan, pins={name_of(banned): "off"})
    assert freed == {banned.pk: seat.code}
    factories.pin.make(application=weak, slot=seat, kind="pin")
    assert places(plan()) == {weak.pk: seat.code}
    unpinned = planned(world, plan, pins={name_of(weak): "off"})
    assert unpinned == {strong.pk: seat.code}


def test_a_slot_that_moves_takes_its_days_its_year_and_its_people_along(world, plan):
    """Two stays of one human at a time are one too many; next year there is money."""
    first, second = world.slot(), world.slot(intake=world.add_intake())
    somebody = world.person(first)
    again = world.person(
        second, intake=second.intake, participant=somebody.participant, merit=10
    )
    world.cost(10_000_000, world.source("state", 10_000_000))
    line = factories.budget_line.make
    line(source=FundingSource.objects.get(), fiscal_year=2028, amount=10_000_000)
    intakes = [world.intake, second.intake]
    assert places(plan(intakes=intakes)) == {somebody.pk: first.code}
    moved = {"starts_on": "2028-05-01", "ends_on": "2028-08-01"}
    made = what_if(world, overrides={"dates": {second.name: moved}})
    assert places(plan(intakes=intakes, scenario=made)) == {
        somebody.pk: first.code,
        again.pk: second.code,
    }


def test_more_money_is_never_a_worse_plan(world, plan):
    """Each point of the frontier, in steps of 10%, against every plan there is."""
    slots = [world.slot(seats=2), world.slot(seats=2, fewest=2)]
    for merit in (90, 70, 50, 30):
        world.person(*slots, merit=merit)
    world.cost(10_000_000, world.source("state", 26_000_000))
    run = plan()
    line = run.prices.get(kind="budget")
    budgets = [line.upper * (10 + step) // 10 for step in (-2, -1, 1, 2, 3)]
    runs = budget_trials._ask(
        run, [(line, each) for each in budgets], by=world.planner, now=NOW
    )
    best = [tuple(tier["value"] for tier in run.tiers)]
    people = [run.summary["placed"]]
    for trial in runs:
        execute.execute(trial.pk)
        trial = fresh(trial)
        values, _choice = brute.optimum(files.problem(trial))
        assert trials.worth(trial) == tuple(values)
        best.append(tuple(values))
        people.append(trial.summary["placed"])
    order = sorted(range(6), key=lambda at: [line.upper, *budgets][at])
    for told in (best, people):
        rising = [told[at] for at in order]
        assert rising == sorted(rising)
    assert len(set(people)) > 1


def test_a_point_starts_from_the_best_plan_for_no_more_money(world, solved):
    line = solved.prices.get(kind="budget")
    budgets = [line.upper + 1_000, line.upper + 3_000, line.upper - 9_000]
    cheaper, dearer, poorer = budget_trials._ask(
        solved, [(line, each) for each in budgets], by=world.planner, now=NOW
    )
    execute.execute(cheaper.pk)
    AllocationRun.objects.filter(pk=cheaper.pk).update(
        tiers=[tier | {"value": tier["value"] + 1} for tier in solved.tiers]
    )
    assert trials.at_hand(fresh(dearer)) == cheaper
    assert trials.at_hand(fresh(poorer)) == solved
    assert trials.at_hand(solved) is None


def test_a_rule_is_tried_without(world, plan):
    seat = world.slot()
    somebody = world.person(seat)
    factories.host_rating.make(
        application=somebody, slot=seat, is_veto=True, score=None, reason="No."
    )
    assert places(plan()) == {}
    placed = planned(world, plan, rules={"host_veto": "off"})
    assert placed == {somebody.pk: seat.code}
    assert planned(world, plan, rules={"age": "off"}) == {}


def test_rules_are_judged_by_another_day(world, plan):
    made = what_if(world, overrides={"dates": {"decide_by": "2027-03-01"}})
    seat = world.slot()
    world.person(seat)
    taken = snapshot.take(intakes=[world.intake], scenario=made)
    assert set(taken.facts.on.tolist()) == {date(2027, 3, 1).toordinal()}


def test_a_plan_without_a_rule_is_never_made_binding(world, plan):
    seat = world.slot()
    somebody = world.person(seat)
    factories.host_rating.make(
        application=somebody, slot=seat, is_veto=True, score=None, reason="No."
    )
    made = what_if(world, overrides={"rules": {"host_veto": "off"}})
    run = plan(scenario=made)
    with pytest.raises(Refusal):
        submit.submit(run, by=world.planner, now=NOW)
