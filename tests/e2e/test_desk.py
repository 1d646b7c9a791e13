"""What people do on the desk, done by a browser."""

import pytest
from django.urls import reverse

from planner.models import AllocationRun, RunState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def address(name, *args):
    return reverse(f"admin:{name}", args=args)


def overflow(page):
    """Return by how many pixels the page is wider than the screen."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


@pytest.fixture
def solved(world, plan):
    slot = world.slot(seats=1)
    world.strong = world.person(slot, merit=90)
    world.weak = world.person(slot, merit=20)
    return plan()


def test_a_planner_reads_the_plan_in_indonesian(desk, world, solved):
    desk.sign_in(world.planner)
    desk.get_by_role("link", name="Proses alokasi").first.click()
    desk.get_by_role("link", name="Alokasi ke-1").click()
    assert "1 dari 2 peserta ditempatkan" in desk.inner_text(".lead")
    assert desk.get_by_role("link", name="Ajukan untuk disetujui").is_visible()
    assert overflow(desk) <= 0


def test_language_is_chosen_on_the_page(desk, world, solved):
    desk.sign_in(world.planner, language="en")
    desk.at(address("desk_run", solved.pk))
    assert "1 of 2 people placed" in desk.inner_text(".lead")


def test_a_plan_is_submitted_approved_and_published(desk, world, solved, context):
    desk.sign_in(world.planner, language="en")
    desk.at(address("desk_run", solved.pk))
    desk.get_by_role("link", name="Submit for approval").click()
    desk.get_by_role("button", name="Submit for approval").click()
    context.clear_cookies()

    desk.sign_in(world.approver, language="en")
    desk.get_by_role("link", name="1 plan waits for your approval").click()
    desk.get_by_role("link", name="Run 1").click()
    desk.get_by_role("link", name="Approve or return").click()
    # What changed since arrives by itself after the page.
    desk.get_by_text("exactly as the run read them").wait_for()
    desk.get_by_role("button", name="Approve").click()
    desk.get_by_text("a planner can publish it now").wait_for()
    context.clear_cookies()

    desk.sign_in(world.planner, language="en")
    desk.at(address("desk_run_publish", solved.pk))
    desk.get_by_role("button", name="Publish to 1 people").click()
    desk.get_by_text("Published: 1 offers were made.").wait_for()
    solved.refresh_from_db()
    assert solved.state == RunState.PUBLISHED
    assert world.strong.placements.get().state == "offered"


def test_a_live_run_moves_without_reload(desk, world):
    world.slot()
    run = world.run()
    desk.sign_in(world.planner, language="en")
    desk.at(address("desk_run", run.pk))
    assert "Waiting for a worker" in desk.inner_text("#progress .lead")
    desk.evaluate("window.notReloaded = true")
    tell(run, state=RunState.RUNNING, lease_until=run.created_at)
    history = [[1.0, None, 900.0], [2.0, 500.0, 880.0], [4.0, 700.0, 720.0]]
    told = {"phase": "greedy", "seconds": 4.0, "incumbent": 700, "bound": 720.0}
    told["history"] = history
    tell(run, progress=told)
    desk.get_by_text("Building a first plan").wait_for(timeout=5_000)
    desk.locator("svg polyline.plan").wait_for(state="attached")
    # The table beside the chart stays open while its rows change.
    desk.get_by_text("The chart as a table").click()
    desk.get_by_role("cell", name="880").wait_for()
    told["history"] = [*history, [5.0, 710.0, 715.0]]
    tell(run, progress=told)
    desk.get_by_role("cell", name="715").wait_for()
    assert desk.evaluate("window.notReloaded") is True
    tell(run, state=RunState.FAILED, detail="The worker ran out of memory.")
    desk.get_by_text("ran out of memory").wait_for(timeout=5_000)


def tell(run, **columns):
    AllocationRun.objects.filter(pk=run.pk).update(**columns)


def test_the_keyboard_reaches_the_work(desk, world, solved):
    desk.sign_in(world.planner, language="en")
    seen = set()
    for _step in range(60):
        desk.keyboard.press("Tab")
        seen.add(desk.evaluate("document.activeElement.innerText || ''").strip())
    assert "1 plan of yours waits for your review" in seen


def test_tables_fit_the_screen_and_open(desk, world, solved):
    desk.sign_in(world.approver)
    application = world.strong
    participant = application.participant
    for path in (
        address("programs_participant_changelist"),
        address("programs_participant_change", participant.pk),
        address("programs_application_change", application.pk),
        address("programs_slot_changelist"),
        address("programs_intake_change", world.intake.pk),
        address("programs_intake_history", world.intake.pk),
    ):
        assert desk.at(path).ok, path
        assert overflow(desk) <= 0, path
