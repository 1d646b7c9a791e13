"""The questions people bring, asked in a browser, in both languages."""

import pytest
from django.urls import reverse

from programs.models import HostRating
from tests import factories

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
    world.slot_ = world.slot(seats=1)
    world.strong = world.person(world.slot_, merit=90)
    world.weak = world.person(world.slot_, merit=20)
    world.cost(10_000_000, world.source("state", 15_000_000))
    return plan()


def test_from_the_plan_to_the_slot_to_the_person(desk, world, solved):
    desk.sign_in(world.planner)
    desk.at(address("desk_run", solved.pk))
    desk.get_by_role("link", name=world.slot_.role_title_id).first.click()
    assert "1 dari 1 kursi terisi." in desk.inner_text("#why + p")
    # Who could take it arrives by itself after the page.
    desk.get_by_text("2 orang memilihnya").wait_for()
    assert overflow(desk) <= 0
    person = address("desk_person", world.weak.participant_id)
    desk.locator(f"a[href='{person}']").click()
    desk.get_by_text("Ke mana orang ini dapat ditempatkan").wait_for()
    assert "tanpa tempat" in desk.inner_text("#events + div")
    assert overflow(desk) <= 0


def test_why_not_my_province(desk, world, solved):
    desk.sign_in(world.planner, language="en")
    desk.at(address("desk_run", solved.pk))
    desk.get_by_role("link", name="By province and quota").click()
    desk.locator("#provinces ~ table a").first.click()
    desk.get_by_text("1 of 2 people placed (50%)").wait_for()
    assert overflow(desk) <= 0


def test_what_would_more_money_buy(desk, world, solved):
    desk.sign_in(world.planner, language="en")
    desk.at(address("desk_run_frontier", solved.pk))
    desk.fill("#amount", "2 billion")
    desk.get_by_role("button", name="Solve it").click()
    desk.get_by_text("1 run is still to be solved").wait_for()
    assert overflow(desk) <= 0


def test_a_host_rates(desk, world, solved):
    host = factories.partner(of=world.slot_.host)
    desk.sign_in(host, language="en")
    desk.get_by_role("link", name="2 candidates of your slots").click()
    desk.get_by_role("link", name=world.slot_.role_title_en).click()
    desk.fill(f"[name=score-{world.strong.pk}]", "91")
    desk.get_by_role("button", name="Keep the ratings").click()
    desk.get_by_text("1 rating was kept.").wait_for()
    assert HostRating.objects.get().score == 91
    assert overflow(desk) <= 0


def test_an_auditor_recomputes(desk, world, solved):
    desk.sign_in(factories.auditor())
    desk.at(address("desk_integrity"))
    desk.get_by_role("button", name="Hitung ulang sekarang").click()
    desk.locator("#recount").wait_for()
    assert desk.locator(".desk-danger").count() == 0
    assert overflow(desk) <= 0


def test_a_table_is_taken_away(desk, world, solved):
    desk.sign_in(world.planner, language="en")
    desk.at(address("programs_participant_changelist") + "?q=" + "a")
    with desk.expect_download() as taken:
        desk.get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename == "participant.csv"
