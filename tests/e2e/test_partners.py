"""A day of a school in Makassar, and of the host that takes two of its pupils."""

from datetime import timedelta

import pytest
from django.urls import reverse

from planner.allocation.decisions.approve import approve
from planner.allocation.decisions.publish import publish
from planner.allocation.decisions.submit import submit
from planner.allocation.solving import execute
from programs import clock
from programs.choices import IntakeState, PlacementState
from programs.domain import slots
from programs.models import Application, Placement, Slot
from tests import factories
from tests.planner.allocation.worlds import fresh

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, SCREEN = {"width": 390, "height": 844}, {"width": 1366, "height": 768}
HEAD = "code,given_name,birth_date,sex,citizenship,home_institution,kkni,isced_f,intake"


def address(name, *args):
    return reverse(f"admin:{name}", args=args)


def overflow(page):
    """Return by how many pixels the page is wider than the screen."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


@pytest.fixture
def intake(world):
    """An intake that takes nominations today."""
    today = clock.now().date()
    days = {"opens_on": -9, "closes_on": 4, "decide_by": 30, "starts_on": 60}
    days = {name: today + timedelta(days=more) for name, more in days.items()}
    ends = today + timedelta(days=200)
    return world.add_intake(state=IntakeState.OPEN, ends_on=ends, **days)


def sheet(school, intake):
    """Return a CSV of eleven pupils."""
    rows = [
        f"2026-{n:03},Murid{n},2008-05-17,F,ID,{school.code},5,0714,{intake.code}"
        for n in range(1, 12)
    ]
    return "\n".join([HEAD, *rows]).encode()


def test_a_school_and_a_host_do_their_part_alone(
    desk, world, context, intake, monkeypatch
):
    school = factories.institution.make(code="smkn-3", name="SMKN 3 Makassar")
    host = factories.host.make(name="Penang Fab")
    teacher, mentor = factories.partner(of=school), factories.partner(of=host)
    monkeypatch.setattr(world, "intake", intake)

    # The host proposes a slot, and a coordinator opens it.
    desk.sign_in(mentor, language="en")
    desk.at(address("desk_slots"))
    desk.get_by_role("link", name="Propose a slot").click()
    for name, value in {
        "role_title_en": "Assembly technician",
        "role_title_id": "Teknisi perakitan",
        "code": "FAB-1",
        "city": "Penang",
        "starts_on": intake.starts_on.isoformat(),
        "ends_on": intake.ends_on.isoformat(),
        "capacity_min": "1",
        "capacity_max": "2",
    }.items():
        desk.fill(f"[name={name}]", value)
    desk.select_option("[name=intake]", str(intake.pk))
    language = desk.locator("[name=work_language]")
    if language.evaluate("field => field.tagName") == "SELECT":
        language.select_option("en")
    else:
        language.fill("en")
    desk.locator("[name=_save]").first.click()
    desk.wait_for_url("**/slot/")
    slot = Slot.objects.get(code="FAB-1")
    assert (slot.host, slot.state) == (host, "proposed")
    coordinator = factories.coordinator(of=world.program.owner)
    slots.open_(slot=slot, by=coordinator, now=clock.now())
    world.cost(1_000_000, world.source("state", 50_000_000, year=slot.starts_on.year))
    context.clear_cookies()

    # The school brings its sheet, and ranks; in Indonesian, on a telephone.
    desk.set_viewport_size(PHONE)
    desk.sign_in(teacher)
    desk.at(address("desk_import"))
    desk.select_option("[name=kind]", "nominations")
    files = {"name": "murid.csv", "mimeType": "text/csv"}
    desk.set_input_files("[name=file]", {**files, "buffer": sheet(school, intake)})
    desk.get_by_role("button", name="Periksa berkas").click()
    desk.locator("button[name=take], button.primary").last.click()
    desk.get_by_text("11 baris ditulis").wait_for()
    assert Application.objects.filter(nominated_by=school).count() == 11
    desk.at(address("desk_nominees"))
    assert overflow(desk) <= 0
    desk.get_by_role("link", name="Murid1", exact=True).focus()
    desk.keyboard.press("Enter")
    desk.get_by_label("Pilihan 1").select_option(str(slot.pk))
    desk.get_by_role("button", name="Simpan pilihan").press("Enter")
    desk.get_by_text("Pilihan sudah disimpan.").wait_for()
    assert overflow(desk) <= 0
    for person in Application.objects.exclude(preferences__slot=slot)[:2]:
        factories.preference.make(application=person, slot=slot)
    context.clear_cookies()

    # The intake closes, and the host rates without names.
    intake.state = IntakeState.CLOSED
    intake.save()
    desk.set_viewport_size(SCREEN)
    desk.sign_in(mentor, language="en")
    desk.get_by_role("link", name="3 candidates of your slots").click()
    desk.get_by_role("link", name="Assembly technician").click()
    assert "Murid" not in desk.inner_text("#candidates ~ form")
    desk.locator("input[type=number]").first.fill("88")
    desk.get_by_role("button", name="Keep the ratings").click()
    desk.get_by_text("1 rating was kept.").wait_for()
    context.clear_cookies()
    run = world.run(intakes=[intake])
    execute.execute(run.pk)
    run, now = fresh(run), clock.now()
    submit(run, by=world.planner, now=now)
    approve(run, digest=run.result_digest, by=world.approver, now=now)
    publish(run, by=world.planner, now=now)

    # The school answers an offer, and reads why one waits and where.
    desk.set_viewport_size(PHONE)
    desk.sign_in(teacher)
    desk.get_by_role("link", name="2 peserta Anda mendapat penawaran").click()
    desk.locator("tbody th a").first.click()
    desk.get_by_role("link", name="Terima atas nama peserta").click()
    desk.locator("button.primary").click()
    desk.at(address("desk_nominees") + "?state=reserve")
    waits = "urutan ke-1 dalam daftar tunggu Teknisi perakitan"
    assert waits in desk.inner_text("#content")
    desk.locator("tbody th a").first.click()
    assert "Mengapa tidak mendapat tempat" in desk.inner_text("#content")
    assert overflow(desk) <= 0
    context.clear_cookies()

    # The host confirms, and tells that the person came.
    desk.set_viewport_size(SCREEN)
    desk.sign_in(mentor, language="en")
    desk.get_by_role("link", name="1 person who accepted waits").click()
    desk.locator("tbody th a").first.click()
    desk.get_by_role("link", name="Confirm for the host").click()
    desk.locator("button.primary").click()
    desk.wait_for_load_state("networkidle")
    placement = Placement.objects.get(state=PlacementState.CONFIRMED)
    begun = clock.now().date() - timedelta(days=2)
    rows = Placement.objects.filter(pk=placement.pk)
    ends = begun + timedelta(days=90)
    rows.update(state="departed", own_starts_on=begun, own_ends_on=ends)
    desk.at(address("index"))
    desk.get_by_role("link", name="1 person left for you").click()
    desk.locator("tbody th a").first.click()
    desk.get_by_role("link", name="Record the arrival").click()
    desk.locator("button.primary").click()
    desk.wait_for_load_state("networkidle")
    placement.refresh_from_db()
    assert placement.state == PlacementState.ARRIVED
