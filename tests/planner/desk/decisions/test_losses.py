"""Whom a plan hurts stands first on every page on which something is decided."""

import pytest

from planner.allocation.decisions import replan
from planner.allocation.solving import execute
from planner.models import AllocationRun
from programs.models import BudgetLine
from tests import factories
from tests.planner.allocation.worlds import NOW, fresh
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db
HEADLINE = "1 person loses a place that was promised (1 offered)."
PAGES = ("desk_run", "desk_run_submit", "desk_run_judge", "desk_run_publish")


@pytest.fixture
def taken(world, solved, publish):
    """Return a replanning after the money of somebody with an offer was cut."""
    publish(solved)
    BudgetLine.objects.update(amount=1_000_000)
    run = replan.replan(
        fresh(solved), by=world.planner, now=NOW, seconds=5, rings=False
    )
    execute.execute(run.pk)
    return fresh(run)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_leads_with_who_loses_an_offer(client, world, taken, name):
    reader = world.approver if name == "desk_run_judge" else world.planner
    client.force_login(reader)
    shown = text(client.get(page(name, taken.pk)))
    assert HEADLINE in shown
    assert world.strong.participant.full_name in shown
    assert shown.index(HEADLINE) < shown.index("people placed")
    assert shown.count("desk-panel") > 1
    assert shown.index("desk-panel") == shown.index(
        'desk-panel" aria-labelledby="losses'
    )


def test_nothing_lost_is_one_line(as_planner, solved):
    shown = text(as_planner.get(page("desk_run_submit", solved.pk)))
    assert "Nobody loses an offer or a pinned place, and no quota gets worse." in shown


def test_a_published_plan_takes_nothing_any_more(as_planner, solved, publish):
    publish(solved)
    assert "Whom it hurts" not in text(as_planner.get(page("desk_run", solved.pk)))


def test_who_may_not_be_seen_is_counted_and_not_named(client, world, taken):
    own = factories.intake.make()
    AllocationRun.objects.get(pk=taken.pk).intakes.add(own)
    client.force_login(factories.coordinator(of=own.program.owner))
    shown = text(client.get(page("desk_run", taken.pk)))
    assert HEADLINE in shown
    assert "1 more person is not named here." in shown
    assert world.strong.participant.full_name not in shown
