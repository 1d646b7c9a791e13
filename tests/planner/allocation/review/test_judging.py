"""A plan is judged once more from the data, by another road than its problem's."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planner.allocation.decisions import approve, publish, submit
from planner.allocation.problem import snapshot
from planner.allocation.review import judging
from planner.models import RunState
from programs.choices import PinKind
from programs.domain import applications
from programs.models import CostRule, FundingRule, Slot
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def solved(world, plan):
    """Three people, each in the one slot they asked for, paid by one source."""
    world.money = world.source("apbn", 90_000_000)
    world.cost(10_000_000, world.money)
    world.seats = [world.slot() for _ in range(3)]
    world.people = [world.person(seat) for seat in world.seats]
    world.result = plan()
    assert world.result.proposals.count() == 3
    return world


def forbid(world):
    """Somebody may not go there."""
    factories.pin.make(
        application=world.people[0], slot=world.seats[0], kind=PinKind.FORBID
    )


def veto(world):
    """The host does not want somebody."""
    factories.host_rating.make(
        application=world.people[0],
        slot=world.seats[0],
        is_veto=True,
        score=None,
        reason="Not after the interview.",
    )


def pin_elsewhere(world):
    """Somebody has to go somewhere else."""
    factories.pin.make(
        application=world.people[0], slot=world.seats[1], kind=PinKind.PIN
    )


def close(world):
    """A slot is not on offer any more."""
    Slot.objects.filter(pk=world.seats[0].pk).update(state="withdrawn")


def later(world):
    """A slot asks for a higher level than the person has."""
    Slot.objects.filter(pk=world.seats[0].pk).update(min_kkni=9)


def dearer(world):
    """A place costs more."""
    CostRule.objects.update(amount=11_000_000)


def other_payer(world):
    """Somebody else has to pay."""
    FundingRule.objects.get().sources.set([world.source("lpdp", 90_000_000)])


def leave(world):
    """Somebody is not in the pool any more."""
    type(world.people[0]).objects.filter(pk=world.people[0].pk).update(
        state="withdrawn"
    )


def team_up(world):
    """Two people may only go together."""
    team = factories.team.make(intake=world.intake)
    for person in world.people[:2]:
        person.team = team
        person.save(update_fields=["team"])


CHANGES = [
    forbid,
    veto,
    pin_elsewhere,
    close,
    later,
    dearer,
    other_payer,
    leave,
    team_up,
]


def test_a_plan_that_is_right_has_no_faults(solved):
    assert judging.of_run(solved.result).faults == ()


@pytest.mark.parametrize("change", CHANGES)
def test_what_the_data_of_today_do_not_allow_is_not_approved(solved, change):
    submit.submit(solved.result, by=solved.planner, now=NOW)
    change(solved)
    with pytest.raises(Refusal) as refused:
        approve.approve(
            solved.result,
            digest=solved.result.result_digest,
            by=solved.approver,
            now=NOW,
        )
    assert refused.value.code == "plan-outdated"
    assert refused.value.params["problems"]
    assert fresh(solved.result).state == RunState.SUBMITTED


def test_a_problem_about_the_wrong_people_is_found_though_its_plan_holds(
    world, plan, monkeypatch
):
    """Everybody's eligibility is shifted by one person; the check sees nothing."""
    seats = [world.slot() for _ in range(3)]
    for seat in seats:
        world.person(seat)
    allowed = snapshot.allowed

    def shifted(rows, facts, found):
        ways, pairs = allowed(rows, facts, found)
        applicant = np.roll(pairs.applicant, 1)
        pairs.applicant = applicant
        order = np.argsort(applicant, kind="stable")
        for name in ("applicant", "slot", "column", "rank"):
            setattr(pairs, name, getattr(pairs, name)[order])
        return ways._replace(applicant=pairs.applicant), pairs

    monkeypatch.setattr(snapshot, "allowed", shifted)
    run = submit.submit(plan(), by=world.planner, now=NOW)
    assert run.state == RunState.SUBMITTED
    with pytest.raises(Refusal) as refused:
        approve.approve(run, digest=run.result_digest, by=world.approver, now=NOW)
    assert refused.value.code == "plan-outdated"
    assert len(refused.value.params["problems"]) == 3


def test_judging_takes_as_many_queries_for_many_as_for_one(world, plan):
    counts = []
    for number in (1, 5):
        for _ in range(number):
            world.person(world.slot())
        run = plan()
        with CaptureQueriesContext(connection) as queries:
            assert judging.of_run(run).faults == ()
        counts.append(len(queries))
    assert counts[0] == counts[1] < 40


def test_nothing_changed_is_one_query(solved, django_assert_num_queries):
    judged = judging.require_right(solved.result)
    with django_assert_num_queries(1):
        judging.require_still_right(solved.result, judged)


def test_what_changed_since_is_judged_again(solved):
    judged = judging.require_right(solved.result)
    applications.withdraw(
        application=solved.people[1], by=factories.administrator(), now=NOW
    )
    (fault,) = judging.since(solved.result, judged)
    assert str(solved.people[1].pk) in fault


def test_what_concerns_others_is_not_a_fault(solved):
    stranger = solved.person(solved.seats[0], merit=1)
    judged = judging.require_right(solved.result)
    applications.withdraw(application=stranger, by=factories.administrator(), now=NOW)
    assert judging.since(solved.result, judged) == []


def test_a_change_between_the_judgement_and_the_locks_stops_a_publication(
    solved, monkeypatch
):
    run = submit.submit(solved.result, by=solved.planner, now=NOW)
    run = approve.approve(run, digest=run.result_digest, by=solved.approver, now=NOW)
    require_right = judging.require_right

    def then_withdraw(run):
        judged = require_right(run)
        applications.withdraw(
            application=solved.people[0], by=factories.administrator(), now=NOW
        )
        return judged

    monkeypatch.setattr(judging, "require_right", then_withdraw)
    with pytest.raises(Refusal) as refused:
        publish.publish(run, by=solved.planner, now=NOW)
    assert refused.value.code == "plan-outdated"
    assert fresh(run).state == RunState.APPROVED
