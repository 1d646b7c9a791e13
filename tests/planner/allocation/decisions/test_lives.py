"""The life of a run: asked for, served, submitted, approved, published, replanned."""

import json

import pytest
from django.db import IntegrityError, transaction

from planner.allocation.decisions import (
    approve,
    cancel,
    publish,
    reject,
    replan,
    request,
    reuse,
    submit,
    transitions,
)
from planner.allocation.review import compare, drift
from planner.allocation.solving import execute
from planner.allocation.vacancies import reserves
from planner.models import AllocationRun, Publication, PublishedIntake, RunState
from planner.optimiser import SearchParameters
from planner.optimiser.model.parameters import DEFAULTS
from programs.choices import ApplicationState, IntakeState, PlacementState
from programs.domain import audit, placements
from programs.models import AuditEvent, Event, FundingLine, Placement, ReserveEntry
from programs.refusals import Refusal, RefusalKind
from tests import factories
from tests.planner.allocation.worlds import NOW, fresh, places

pytestmark = pytest.mark.django_db


def approved(world, run):
    """Take a solved run through submission and approval."""
    submit.submit(run, by=world.planner, now=NOW)
    return approve.approve(
        run, digest=run.result_digest, by=world.approver, now=NOW, comment="Good."
    )


@pytest.fixture
def small(world):
    """Two seats, three people, money for two."""
    world.seat = world.slot(seats=2)
    world.money = world.source("apbn", 20_000_000)
    world.cost(10_000_000, world.money)
    world.people = [world.person(world.seat, merit=merit) for merit in (90, 60, 30)]
    return world


def test_a_run_is_recorded_whole(small, plan):
    run = plan()
    assert run.state == RunState.SOLVED
    assert run.status in ("optimal", "feasible")
    assert len(run.input_digest) == len(run.result_digest) == 64
    assert [tier["name"] for tier in run.tiers] == ["people", "points", "cost"]
    assert run.verified_gap < 1e-3
    assert run.phases
    assert "ortools" in run.versions
    assert run.parameters == DEFAULTS.as_dict()
    assert set(run.artifacts.values_list("kind", flat=True)) == {
        "problem",
        "result",
        "report",
    }
    assert run.summary["placed"] == 2
    assert run.lease_until is None


@pytest.mark.parametrize("work", [0, 1, 300])
def test_a_run_with_hardly_any_work_is_recorded(world, inline, monkeypatch, work):
    small_blocks = SearchParameters.of({"decomposition": {"least_options": 1}})
    monkeypatch.setattr("planner.optimiser.model.run_budget.DEFAULTS", small_blocks)
    intakes = [world.intake, world.add_intake()]
    for intake in intakes:
        slots = [world.slot(seats=2, intake=intake) for _ in range(3)]
        for merit in range(20):
            world.person(*slots, merit=merit, intake=intake)
    run = world.run(intakes=intakes, work=work)
    execute.execute(run.pk)
    run = fresh(run)
    assert (run.state, run.detail) == (RunState.SOLVED, "")
    json.dumps([run.tiers, run.bound, run.verified_gap], allow_nan=False)


def test_the_same_data_give_the_same_digest(small, plan):
    first, second = plan(), plan()
    assert first.input_digest == second.input_digest
    assert first.result_digest == second.result_digest
    assert list(first.siblings) == [second]
    assert reuse.find(
        intakes=[small.intake], seconds=10, gap=0.0, workers=2, seed=1
    ) in (first, second)
    small.person(small.seat)
    assert (
        reuse.find(intakes=[small.intake], seconds=10, gap=0.0, workers=2, seed=1)
        is None
    )
    assert plan().input_digest != first.input_digest


def test_publishing_makes_placements_money_and_waiting_lists(small, plan):
    run = approved(small, plan())
    publication = publish.publish(run, by=small.planner, now=NOW)
    assert fresh(run).state == RunState.PUBLISHED
    placed = Placement.objects.order_by("-application__merit_score")
    assert [row.application_id for row in placed] == [p.pk for p in small.people[:2]]
    assert {row.state for row in placed} == {PlacementState.OFFERED}
    assert {row.publication for row in placed} == {publication.pk}
    assert sum(line.amount for line in FundingLine.objects.all()) == 20_000_000
    entry = ReserveEntry.objects.get()
    assert (entry.application_id, entry.position) == (small.people[2].pk, 1)
    states = dict.fromkeys(small.people)
    for person in states:
        person.refresh_from_db()
    assert [p.state for p in small.people] == [
        ApplicationState.PLACED,
        ApplicationState.PLACED,
        ApplicationState.RESERVE,
    ]
    small.intake.refresh_from_db()
    assert small.intake.state == IntakeState.DECIDED
    assert audit.verify_chain().ok
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {
        "runs.request",
        "runs.solved",
        "runs.submitted",
        "runs.approved",
        "runs.published",
        "publications.publish",
        "placements.offer",
    } <= actions
    assert Event.objects.filter(kind="intake.published").count() == 1


def test_nobody_approves_the_own_plan(small, plan):
    run = plan()
    both = factories.approver()
    submit.submit(run, by=small.planner, now=NOW)
    # Who planned last month and approves now.
    AllocationRun.objects.filter(pk=run.pk).update(submitted_by=both)
    run.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        approve.approve(run, digest=run.result_digest, by=both, now=NOW)
    assert refused.value.code == "own-plan"
    with pytest.raises(IntegrityError), transaction.atomic():
        AllocationRun.objects.filter(pk=run.pk).update(approved_by=both)


def test_an_approval_is_bound_to_the_result(small, plan):
    run = plan()
    submit.submit(run, by=small.planner, now=NOW)
    with pytest.raises(Refusal) as refused:
        approve.approve(run, digest="0" * 64, by=small.approver, now=NOW)
    assert refused.value.kind == RefusalKind.STALE
    run.proposals.filter(application=small.people[0]).update(
        application=small.people[2]
    )
    with pytest.raises(Refusal) as refused:
        approve.approve(run, digest=run.result_digest, by=small.approver, now=NOW)
    assert refused.value.code == "plan-altered"


def test_a_plan_altered_after_approval_is_not_published(small, plan):
    run = approved(small, plan())
    run.proposals.filter(application=small.people[0]).update(cost=1)
    with pytest.raises(Refusal) as refused:
        publish.publish(run, by=small.planner, now=NOW)
    assert refused.value.code == "plan-altered"
    assert fresh(run).state == RunState.APPROVED
    assert not Placement.objects.exists()


def test_a_plan_that_no_longer_holds_is_not_published(small, plan):
    run = approved(small, plan())
    small.money.budget_lines.update(amount=15_000_000)
    found = drift.since(run)
    assert not found.same
    changed = "APBN, 2027: Rp\u00a020\u00a0m → Rp\u00a015\u00a0m"
    assert [str(change) for change in found.changes] == [changed]
    assert found.violations
    with pytest.raises(Refusal) as refused:
        publish.publish(run, by=small.planner, now=NOW)
    assert refused.value.code == "plan-outdated"
    assert not Publication.objects.exists()
    small.money.budget_lines.update(amount=90_000_000)
    assert drift.since(run).holds
    publish.publish(run, by=small.planner, now=NOW)


def test_somebody_who_withdrew_stops_the_publication(small, plan):
    run = approved(small, plan())
    small.people[0].state = ApplicationState.WITHDRAWN
    small.people[0].save()
    assert drift.since(run).missing == [small.people[0]]
    with pytest.raises(Refusal):
        publish.publish(run, by=small.planner, now=NOW)


def test_a_plan_is_published_once(small, plan):
    run = approved(small, plan())
    publish.publish(run, by=small.planner, now=NOW)
    with pytest.raises(Refusal) as refused:
        publish.publish(AllocationRun.objects.get(pk=run.pk), by=small.planner, now=NOW)
    assert refused.value.code == "run-state"
    assert Placement.objects.count() == 2


def test_two_plans_of_one_intake_are_never_live_together(small, plan):
    first, second = plan(), plan()
    approved(small, first), approved(small, second)
    publish.publish(first, by=small.planner, now=NOW)
    with pytest.raises(Refusal) as refused:
        publish.publish(second, by=small.planner, now=NOW)
    assert refused.value.code == "plan-outdated"
    live = PublishedIntake.objects.get(is_live=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedIntake.objects.create(
            publication=live.publication, intake=live.intake, is_live=True
        )


def test_a_later_plan_for_the_rest_supersedes_the_first(small, plan):
    first = approved(small, plan())
    publish.publish(first, by=small.planner, now=NOW)
    small.money.budget_lines.update(amount=30_000_000)
    small.seat.capacity_max = 3
    small.seat.save()
    second = approved(small, plan())
    assert set(places(second)) == {small.people[2].pk}
    publish.publish(second, by=small.planner, now=NOW)
    assert fresh(first).state == RunState.SUPERSEDED
    assert Placement.objects.live().count() == 3


def test_a_crash_while_publishing_leaves_nothing(small, plan, monkeypatch):
    run = approved(small, plan())

    def crash(*args, **kwargs):
        raise RuntimeError("the power went out")

    monkeypatch.setattr(publish, "tell", crash)
    with pytest.raises(RuntimeError):
        publish.publish(run, by=small.planner, now=NOW)
    assert fresh(run).state == RunState.APPROVED
    assert not Placement.objects.exists()
    assert not Publication.objects.exists()


def test_rejecting_needs_a_reason_and_ends_the_run(small, plan):
    run = plan()
    submit.submit(run, by=small.planner, now=NOW)
    with pytest.raises(Refusal):
        reject.reject(run, comment=" ", by=small.approver, now=NOW)
    reject.reject(run, comment="Too few women.", by=small.approver, now=NOW)
    assert fresh(run).state == RunState.REJECTED
    with pytest.raises(Refusal):
        submit.submit(run, by=small.planner, now=NOW)


@pytest.mark.parametrize("who", ["partner", "auditor", "coordinator", "approver"])
def test_only_planners_ask_for_runs(small, who):
    with pytest.raises(Refusal) as refused:
        request.allocate(intakes=[small.intake], by=getattr(factories, who)(), now=NOW)
    assert refused.value.kind == RefusalKind.FORBIDDEN


def test_senseless_limits_are_refused_by_name(small):
    for limits in ({"seconds": 0}, {"gap": -1}, {"workers": 0}, {"seed": -1}):
        with pytest.raises(Refusal) as refused:
            small.run(**limits)
        assert refused.value.field == next(iter(limits))
    with pytest.raises(Refusal):
        request.allocate(intakes=[], by=small.planner, now=NOW)
    draft = small.add_intake(state=IntakeState.DRAFT)
    with pytest.raises(Refusal) as refused:
        small.run(intakes=[draft])
    assert draft.code in str(refused.value)


def test_a_waiting_run_is_cancelled_at_once(small):
    run = cancel.cancel(small.run(), by=small.planner, now=NOW)
    assert run.state == RunState.CANCELLED
    assert execute.execute(run.pk) is None
    with pytest.raises(Refusal):
        cancel.cancel(run, by=small.planner, now=NOW)


def test_an_intake_without_people_fails_with_a_reason(world, inline):
    world.slot()
    run = world.run()
    assert execute.execute(run.pk) == RunState.FAILED
    assert "nobody to place" in fresh(run).detail


def test_two_runs_are_compared_person_by_person(small, plan):
    before = plan()
    small.seat.capacity_max = 1
    small.seat.save()
    found = compare.compare(before, plan())
    (change,) = found.people
    assert change.application == small.people[1]
    assert (change.before, change.after) == ((small.seat.code,), ())
    assert "seat" in change.why
    assert f"seats:{small.seat.code}" in {str(limit.key) for limit in found.limits}


def test_the_next_on_the_list_moves_up_with_the_money(small, plan):
    run = approved(small, plan())
    publish.publish(run, by=small.planner, now=NOW)
    with pytest.raises(Refusal) as refused:
        reserves.move_up(small.seat, by=small.planner, now=NOW)
    assert refused.value.code == "nobody-moves-up"
    leaver = Placement.objects.get(application=small.people[0])
    sender = factories.partner(of=small.people[0].nominated_by)
    placements.decline(placement=leaver, by=sender, now=NOW)
    moved = reserves.move_up(small.seat, by=small.planner, now=NOW)
    assert moved.application == small.people[2]
    assert moved.funding_lines.get().amount == 10_000_000
    assert not ReserveEntry.objects.filter(is_open=True).exists()


def test_a_floor_decides_who_moves_up(world, plan):
    seat = world.slot(seats=1)
    factories.quota.make(intake=world.intake, measure="absolute", value=1, is_hard=True)
    woman = world.person(seat, merit=90)
    man = world.person(seat, merit=60, who={"sex": "M"})
    other = world.person(seat, merit=20)
    run = approved(world, plan())
    publish.publish(run, by=world.planner, now=NOW)
    order = [entry.application_id for entry in reserves.waiting(seat)]
    assert order == [other.pk]  # a man in her place would leave the floor short
    assert man.pk not in order
    placements.decline(
        placement=Placement.objects.get(application=woman),
        by=factories.partner(of=woman.nominated_by),
        now=NOW,
    )
    assert reserves.move_up(seat, by=world.planner, now=NOW).application == other


def test_replanning_keeps_what_is_decided(small, plan):
    base = approved(small, plan())
    publish.publish(base, by=small.planner, now=NOW)
    star = small.person(small.seat, merit=100)
    asked = replan.replan(
        base, by=small.planner, now=NOW, change_price=2000, seconds=10, rings=False
    )
    execute.execute(asked.pk)
    asked = fresh(asked)
    assert set(places(asked)) == {p.pk for p in small.people[:2]}
    assert star.pk not in places(asked)
    assert replan.changes(asked) == []
    assert asked.proposals.filter(is_kept=True).count() == 2


def test_replanning_changes_as_few_as_it_must_and_says_why(small, plan):
    base = approved(small, plan())
    publish.publish(base, by=small.planner, now=NOW)
    small.seat.capacity_max = 1
    small.seat.save()
    asked = replan.replan(base, by=small.planner, now=NOW, seconds=10, rings=False)
    execute.execute(asked.pk)
    asked = fresh(asked)
    (change,) = replan.changes(asked)
    assert change.after == ()
    assert "seat" in change.why
    approved(small, asked)
    publish.publish(asked, by=small.planner, now=NOW)
    states = dict(Placement.objects.values_list("application", "state"))
    assert sorted(states.values()) == ["offered", "superseded"]
    assert fresh(base).state == RunState.SUPERSEDED
    assert (
        sum(
            line.amount
            for line in FundingLine.objects.filter(placement__state="offered")
        )
        == 10_000_000
    )


def test_only_a_plan_in_force_is_replanned(small, plan):
    with pytest.raises(Refusal) as refused:
        replan.replan(plan(), by=small.planner, now=NOW)
    assert refused.value.code == "not-published"


def test_a_what_if_is_never_submitted(small, plan):
    from planner.models import Scenario

    scenario = Scenario.objects.create(
        name="Less money",
        created_at=NOW,
        overrides={"budgets": {"apbn:2027": "-50%"}},
    )
    run = plan(scenario=scenario)
    assert run.summary["placed"] == 1
    with pytest.raises(Refusal) as refused:
        submit.submit(run, by=small.planner, now=NOW)
    assert refused.value.code == "what-if"
    with pytest.raises(Refusal):
        transitions.move(run, RunState.PUBLISHED, by=small.planner, now=NOW)
