"""The menu and the account open by keyboard, and the page has one main part."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_menu_group_and_the_account_open_by_keyboard(desk, world):
    desk.sign_in(world.planner)
    desk.wait_for_load_state("networkidle")  # the scripts that listen are there
    group = desk.locator("button.desk-toggle[aria-expanded=false]").first
    group.focus()
    desk.keyboard.press("Enter")
    desk.locator("button.desk-toggle[aria-expanded=true]").first.wait_for()
    account = desk.locator("[role=button]:has(.tracking-tight)")
    account.focus()
    desk.keyboard.press("Space")
    desk.locator("#logout-form").wait_for(state="visible")


def test_a_page_has_one_main_part_and_no_icon_is_read_aloud(desk, world):
    desk.sign_in(world.planner)
    desk.wait_for_timeout(500)
    assert desk.locator("main, [role=main]").count() == 1
    spoken = desk.locator(".material-symbols-outlined:not([aria-hidden])")
    for icon in spoken.all():
        box = icon.locator("xpath=ancestor-or-self::*[@aria-label]").last
        assert box.count() == 1
