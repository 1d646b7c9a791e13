"""The page of a run with a plan."""

import pytest

from programs.models import AuditEvent
from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def test_the_review_says_the_plan_in_one_sentence(as_planner, solved):
    shown = text(as_planner.get(page("desk_run", solved.pk)))
    assert "1 of 2 people placed, proven" in shown
    assert "Rp 10 m of Rp 50 m used" in shown.replace("\xa0", " ")
    assert "all hard limits kept" in shown
    assert "No room in the plan" in shown
    assert "one person may lack several things" in shown


def test_an_auditor_sees_the_plan_and_no_button(client, solved):
    client.force_login(factories.auditor())
    shown = text(client.get(page("desk_run", solved.pk)))
    assert "1 of 2 people placed" in shown
    assert "Submit for approval" not in shown
    before = AuditEvent.objects.count()
    for name in ("desk_run_submit", "desk_run_publish", "desk_run_judge"):
        assert client.post(page(name, solved.pk)).status_code == 403
    assert AuditEvent.objects.count() == before


def test_an_intake_of_others_is_named_and_not_linked(client, world, solved):
    own = world.intake
    solved.intakes.add(factories.intake.make())
    client.force_login(factories.coordinator(of=own.program.owner))
    shown = text(client.get(page("desk_run", solved.pk)))
    for intake in solved.intakes.all():
        assert intake.code in shown
        assert (page("desk_intake", intake.pk) in shown) == (intake == own)


def test_search_parameters_are_those_the_run_has_written_down(as_planner, solved):
    address = page("desk_run", solved.pk)
    assert "All as this release has them." in text(as_planner.get(address))
    solved.parameters["pipeline"]["sweeps"] += 7
    solved.save()
    assert "pipeline.sweeps" in text(as_planner.get(address))
    solved.parameters = None
    solved.save()
    assert "Not written down for this run" in text(as_planner.get(address))
