"""Who changes something else while a plan is judged sends nobody back to the start."""

import pytest

from planner.allocation.decisions import meanwhile, preparation, publish
from planner.allocation.review import judging
from programs.choices import (
    PlacementState,
    QuotaAttribute,
    QuotaKind,
    QuotaMeasure,
    Sex,
)
from programs.domain import slots
from programs.models import Intake
from tests import factories
from tests.planner.allocation.decisions.test_lives import approved
from tests.planner.allocation.worlds import NOW, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def near(world):
    """What the plan of the world's intake rests on, by the kind the trail calls it."""
    agreement = factories.agreement.make()
    slot = world.slot(agreement=agreement)
    world.resource = factories.shared_resource.make(capacity=10)
    factories.resource_use.make(resource=world.resource, slot=slot)
    person = world.person(slot)
    return {
        "intake": world.intake,
        "slot": slot,
        "agreement": agreement,
        "participant": person.participant,
    }


@pytest.fixture
def far(world):
    """The same things of another program."""
    intake = world.add_intake(program=factories.program.make())
    slot = world.slot(intake=intake, agreement=factories.agreement.make())
    person = world.person(slot, intake=intake)
    placement = factories.placement.make(
        application=person, slot=slot, state=PlacementState.OFFERED
    )
    return {
        "intake": intake,
        "slot": slot,
        "agreement": slot.agreement,
        "participant": person.participant,
        "placement": placement,
    }


def quota(world, *, is_hard=True, program=None):
    """Add a quota of men."""
    return factories.quota.make(
        program=program,
        intake=None,
        attribute=QuotaAttribute.SEX,
        sex=Sex.MALE,
        kind=QuotaKind.CAP,
        measure=QuotaMeasure.ABSOLUTE,
        value=5,
        is_hard=is_hard,
    )


def concerns(world, kind, row):
    """Return whether a change of a row sends the plan of the world back."""
    intakes = list(Intake.objects.filter(pk=world.intake.pk))
    quotas = list(preparation.quotas_of(intakes))
    return meanwhile.concerns({kind: {str(row.pk)}}, intakes, quotas)


def test_what_the_plan_rests_on_concerns_it_and_the_same_elsewhere_does_not(
    world, near, far
):
    quota(world, program=world.program)
    assert {kind for kind, row in near.items() if concerns(world, kind, row)} == {*near}
    assert [kind for kind, row in far.items() if concerns(world, kind, row)] == []


def test_a_hard_quota_of_the_country_counts_places_and_people_everywhere(
    world, near, far
):
    hard = quota(world)
    assert concerns(world, "placement", far["placement"])
    assert concerns(world, "participant", far["participant"])
    assert concerns(world, "slot", far["slot"])
    hard.is_hard = False
    hard.save()
    assert not concerns(world, "placement", far["placement"])
    assert not concerns(world, "participant", near["participant"])


def test_a_condition_may_ask_for_applications_and_for_stays_elsewhere(world):
    """What is judged person by person otherwise counts for a quota that asks for it."""
    application = world.person(world.slot())
    abroad = factories.application.make(participant=application.participant)
    stay = factories.placement.make(application=abroad, state=PlacementState.COMPLETED)
    hard = quota(world, program=world.program)
    assert not concerns(world, "application", application)
    assert not concerns(world, "placement", stay)
    hard.attribute, hard.sex = QuotaAttribute.CONDITION, ""
    hard.condition = "merit >= 80 and not completed()"
    hard.save()
    assert concerns(world, "application", application)
    assert concerns(world, "placement", stay)
    assert not concerns(world, "application", factories.application.make())


def test_who_draws_on_the_same_agreement_or_resource_concerns_the_plan(
    world, near, far
):
    factories.resource_use.make(resource=world.resource, slot=far["slot"])
    assert concerns(world, "slot", far["slot"])
    assert concerns(world, "placement", far["placement"])
    mate = world.slot(intake=far["intake"], agreement=near["agreement"])
    assert concerns(world, "slot", mate)


def test_a_change_of_any_other_thing_concerns_every_plan(world, near):
    line = world.source("apbn", 1_000).budget_lines.get()
    assert concerns(world, "budgetline", line)


@pytest.mark.parametrize(("whose", "looks"), [("far", 1), ("near", 2)])
def test_publishing_looks_again_only_where_it_has_to(
    world, near, far, plan, monkeypatch, whose, looks
):
    run = approved(world, plan())
    slot = {"near": near, "far": far}[whose]["slot"]
    require_right, looked = judging.require_right, []

    def then_change(run):
        judged = require_right(run)
        if not looked:
            slots.update(
                slot=slot, capacity_max=7, by=factories.administrator(), now=NOW
            )
        looked.append(judged)
        return judged

    monkeypatch.setattr(judging, "require_right", then_change)
    publish.publish(run, by=world.planner, now=NOW)
    assert fresh(run).state == "published"
    assert len(looked) == looks
