"""Who sees runs and what they propose: never a partner, never another's program."""

import pytest

from planner.models import (
    AllocationRun,
    LimitPrice,
    Proposal,
    Publication,
    Reserve,
    Scenario,
    Unplaced,
)
from tests import factories

MODELS = [
    AllocationRun,
    Scenario,
    Proposal,
    Reserve,
    Unplaced,
    LimitPrice,
    Publication,
]
pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(world):
    """Return one row of each model, all about one program."""
    slot = world.slot()
    people = [world.person(slot) for _ in range(3)]
    run = world.run()
    scenario = Scenario.objects.create(name="S", created_at=run.created_at)
    scenario.intakes.set([world.intake])
    Proposal.objects.create(run=run, application=people[0], slot=slot)
    Reserve.objects.create(run=run, application=people[1], slot=slot, position=1)
    Unplaced.objects.create(run=run, application=people[2], main_reason="no_room")
    LimitPrice.objects.create(
        run=run, kind="seats", code="k", label_en="L", label_id="L", use=0
    )
    Publication.objects.create(
        run=run,
        published_by=world.planner,
        published_at=run.created_at,
        result_digest="x",
    )
    return world


@pytest.mark.parametrize("model", MODELS)
def test_planners_approvers_auditors_and_the_owner_see_it(rows, model):
    for reader in (
        rows.planner,
        rows.approver,
        factories.auditor(),
        factories.coordinator(of=rows.program.owner),
    ):
        assert model.objects.visible_to(reader).count() == 1


@pytest.mark.parametrize("model", MODELS)
def test_partners_strangers_and_other_coordinators_do_not(rows, model):
    slot = rows.intake.slots.get()
    application = rows.intake.applications.first()
    for reader in (
        None,
        factories.user.make(),
        factories.coordinator(),
        factories.partner(of=slot.host),
        factories.partner(of=application.nominated_by),
    ):
        assert not model.objects.visible_to(reader).exists()
