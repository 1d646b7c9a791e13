"""Two people of two institutions approve, where an intake asks for it."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction

from planner.allocation.decisions import approve, publish, submit
from planner.allocation.review import invariants
from planner.models import Approval, RunState
from programs.models import AuditEvent, Intake
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db


@contextmanager
def refused(code):
    """Expect a refusal with this code."""
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code


@pytest.fixture
def waiting(world, plan):
    """A submitted plan of an intake that asks for two approvals."""
    slot = world.slot(seats=1)
    world.person(slot, merit=90)
    world.cost(10_000_000, world.source("apbn", 20_000_000))
    run = plan()
    submit.submit(run, by=world.planner, now=NOW)
    Intake.objects.filter(pk=world.intake.pk).update(two_approvals=True)
    return run


def sign(run, by):
    return approve.approve(run, digest=run.result_digest, by=by, now=NOW, comment="")


def test_the_first_approval_is_not_enough(world, waiting):
    run = sign(waiting, world.approver)
    assert run.state == RunState.SUBMITTED
    assert AuditEvent.objects.filter(action="runs.approved_once").count() == 1
    with refused("run-state"):
        publish.publish(run, by=world.planner, now=NOW)


def test_the_second_body_makes_it_approved(world, waiting):
    sign(waiting, world.approver)
    run = sign(waiting, factories.approver())
    assert run.state == RunState.APPROVED
    assert invariants.two_bodies_decide(NOW) == []
    publish.publish(run, by=world.planner, now=NOW)


def test_nobody_approves_twice(world, waiting):
    sign(waiting, world.approver)
    factories.membership.make(user=world.approver, role="approver")
    del world.approver._membership_facts
    with refused("approved-already"):
        sign(waiting, world.approver)


def test_a_second_person_of_the_same_body_is_refused(world, waiting):
    [body] = world.approver.institution_ids()
    colleague = factories.user.make()
    factories.membership.make(user=colleague, institution_id=body, role="approver")
    sign(waiting, world.approver)
    with refused("approved-already"):
        sign(waiting, colleague)


def test_the_database_refuses_one_body_twice(world, waiting):
    sign(waiting, world.approver)
    given = Approval.objects.get()
    given.pk, given._state.adding = None, True
    given.approver = factories.approver()
    with pytest.raises(IntegrityError), transaction.atomic():
        given.save(force_insert=True)


def test_a_plan_approved_by_one_is_not_published_once_two_are_asked(world, waiting):
    Intake.objects.update(two_approvals=False)
    run = sign(waiting, world.approver)
    assert run.state == RunState.APPROVED
    Intake.objects.filter(pk=world.intake.pk).update(two_approvals=True)
    assert invariants.two_bodies_decide(NOW) == [(run.pk, "second approval missing")]
    with refused("second-approval-missing"):
        publish.publish(run, by=world.planner, now=NOW)


def test_one_is_enough_where_nothing_else_is_asked(world, waiting):
    Intake.objects.update(two_approvals=False)
    assert sign(waiting, world.approver).state == RunState.APPROVED
