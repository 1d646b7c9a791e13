"""A person's own page: nothing is shown before the birth date, only buttons act."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from planner.desk.personal import links as desk_links, views
from planner.desk.personal.context import page_of
from planner.mailing import outbox, sending
from planner.models import Mailing, Message
from programs.choices import ApplicationState, PlacementState
from programs.domain import links
from programs.models import (
    AuditEvent,
    Participant,
    PersonalLink,
    Placement,
    PlacementEvent,
    RightsRequest,
)
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.reading import page, queries, text

pytestmark = pytest.mark.django_db
BORN = date(2004, 2, 29)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Ring for nobody, and let it be the minute after the publication."""
    monkeypatch.setattr(outbox, "ring", lambda kind, pk: True)
    for module in (views, desk_links):
        monkeypatch.setattr(module.clock, "now", lambda: LATER)


@pytest.fixture
def run(solved, publish):
    publish(solved)
    solved.refresh_from_db()
    Participant.objects.update(birth_date=BORN)
    return solved


@pytest.fixture
def coordinator(run):
    return factories.coordinator(of=run.intakes.first().program.owner)


@pytest.fixture
def issue(coordinator):
    return lambda who: links.issue(application=who, by=coordinator, now=NOW)


@pytest.fixture
def phone():
    phone = Client()
    phone.cookies["django_language"] = "en"
    return phone


ME = "/me/"


def enter(phone, code, born=BORN):
    data = {"enter": "1", "code": code, "birth_date": born.isoformat()}
    return phone.post(ME, data, follow=True)


def test_nothing_personal_is_shown_before_the_birth_date(phone, issue, world):
    code, person = issue(world.strong), world.strong.participant
    answer = phone.get(ME)
    assert answer.status_code == 200
    wrong = enter(phone, code, BORN + timedelta(days=1))
    assert wrong.status_code == 403
    for each in (answer, wrong):
        shown = each.content.decode()
        assert person.full_name not in shown
        assert person.code not in shown
    assert "open no page" in wrong.content.decode()
    shown = text(enter(phone, code))
    assert person.full_name in shown
    assert "<h1>You are offered" in shown


def test_no_index_no_referrer_no_cache_and_nothing_from_elsewhere(phone, issue, world):
    door, inside = phone.get(ME), enter(phone, issue(world.strong))
    for answer in (door, inside):
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]
        shown = answer.content.decode()
        assert "http://" not in shown
        assert "https://" not in shown
        assert "unsafe" not in answer["Content-Security-Policy"]
    cookie = phone.cookies["own_page"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (
        True,
        "Strict",
        ME,
    )


def test_the_code_is_in_no_address_and_in_no_log(phone, issue, world, caplog):
    code = issue(world.strong)
    with caplog.at_level("DEBUG"):
        answer = enter(phone, code)
    assert [target for target, _status in answer.redirect_chain] == [ME]
    assert code not in caplog.text
    assert code.replace("-", "") not in caplog.text


def test_looking_writes_nothing_and_the_buttons_act_as_the_person(phone, issue, world):
    enter(phone, issue(world.strong))
    placement = Placement.objects.get(application=world.strong)
    before = AuditEvent.objects.count()
    phone.get(ME)
    phone.get(ME, {"accept": "1", "place": placement.pk})
    assert AuditEvent.objects.count() == before
    answer = phone.post(ME, {"accept": "1", "place": placement.pk}, follow=True)
    assert "You accepted" in text(answer)
    placement.refresh_from_db()
    assert placement.state == PlacementState.ACCEPTED
    actor = f"link:{PersonalLink.objects.get().pk}"
    assert AuditEvent.objects.get(action="placements.accepted").actor == actor
    assert PlacementEvent.objects.get(to_state="accepted").by == actor


def test_who_has_a_place_reads_which_papers_to_bring(phone, issue, world):
    person = world.strong.participant
    certificate = factories.language_certificate.make(participant=person)
    shown = text(enter(phone, issue(world.strong)))
    assert "Papers to bring" in shown
    assert f"{certificate.test} {certificate.band}" in shown
    phone.post(ME, {"leave": "1"})
    assert "Papers to bring" not in text(enter(phone, issue(world.weak)))


def test_a_place_is_given_back_only_by_who_is_sure(phone, issue, world):
    enter(phone, issue(world.strong))
    placement = Placement.objects.get(application=world.strong)
    data = {"decline": "1", "place": placement.pk, "reason": "Family."}
    assert "Tick the box first" in text(phone.post(ME, data, follow=True))
    placement.refresh_from_db()
    assert placement.state == PlacementState.OFFERED
    shown = text(phone.post(ME, {**data, "sure": "yes"}, follow=True))
    assert "You declined" in shown
    placement.refresh_from_db()
    assert (placement.state, placement.reason) == (PlacementState.DECLINED, "Family.")


def test_somebody_else_s_place_is_not_there(phone, issue, world):
    enter(phone, issue(world.weak))
    placement = Placement.objects.get(application=world.strong)
    for place in (placement.pk, "", "nothing"):
        answer = phone.post(ME, {"accept": "1", "place": place})
        assert answer.status_code == 404
    placement.refresh_from_db()
    assert placement.state == PlacementState.OFFERED


def test_who_has_no_place_reads_why_and_where_one_waits(phone, issue, world):
    shown = text(enter(phone, issue(world.weak)))
    assert "<h1>You are number 1 on the waiting list" in shown
    assert ">Why</h2>" in shown
    assert world.strong.participant.code not in shown


def test_an_objection_and_a_request_for_the_data_are_noted_once(phone, issue, world):
    enter(phone, issue(world.weak))
    data = {"ask": "1", "kind": "objection", "words": "My score is wrong."}
    shown = text(phone.post(ME, data, follow=True))
    assert "Your request is noted" in shown
    assert "a person answers by" in shown
    assert "already" in text(phone.post(ME, data, follow=True))
    phone.post(ME, {"ask": "1", "kind": "access"})
    assert RightsRequest.objects.filter(application=world.weak).count() == 2
    bad = phone.post(ME, {"ask": "1", "kind": "everything"}, follow=True)
    assert "Choose what you ask for" in text(bad)


def test_the_page_closes_when_the_link_is_withdrawn_or_the_person_leaves(
    phone, issue, world, coordinator
):
    name = world.strong.participant.full_name
    code = issue(world.strong)
    enter(phone, code)
    phone.post(ME, {"leave": "1"})
    assert name not in text(phone.get(ME))
    enter(phone, code)
    links.withdraw(application=world.strong, by=coordinator, now=LATER)
    assert name not in text(phone.get(ME))
    shown = text(phone.post(ME, {"ask": "1", "kind": "access"}, follow=True))
    assert "enter once more" in shown
    assert not RightsRequest.objects.exists()


def test_before_a_plan_and_after_a_withdrawal_the_state_is_said(world, solved):
    application = world.strong
    link = PersonalLink(application=application)
    assert "nothing is decided" in page_of(link, NOW)["lead"]
    application.state = ApplicationState.WITHDRAWN
    assert page_of(link, NOW)["lead"] == "Your application was withdrawn."


def test_a_place_that_came_without_a_plan_is_told(world):
    """No plan decided about the intake; the page says what there is all the same."""
    slot = factories.slot.make(role_title_en="Guest engineer")
    application = factories.application.make(intake=slot.intake)
    place = factories.placement.make(
        application=application, slot=slot, state=PlacementState.CONFIRMED
    )
    factories.place_condition.make(
        placement=place, condition="kkni >= 6", due_on=date(2027, 3, 1)
    )
    link = PersonalLink(application=application)
    told = page_of(link, LATER)["lead"]
    assert told.startswith("You accepted Guest engineer at ")
    assert "by 1 March 2027 you have to meet this" in told
    place.state = PlacementState.DECLINED
    place.save()
    assert page_of(link, LATER)["lead"].startswith("You declined Guest engineer at ")


def test_an_e_mail_brings_a_link_made_when_it_is_sent(
    client, phone, run, world, coordinator
):
    client.force_login(coordinator)
    Participant.objects.filter(applications=world.strong).update(email="s@contoh.id")
    look = page("desk_outbox_preview", run.pk, world.strong.pk)
    assert "/me/#(a code of its own)" in text(client.get(look))
    client.post(page("desk_outbox", run.pk))
    assert not PersonalLink.objects.exists()
    sending.execute(Mailing.objects.get().pk)
    body = mail.outbox[0].body
    code = body.partition("http://testserver/me/#")[2].split()[0]
    assert code not in Message.objects.get().body
    assert "You are offered" in text(enter(phone, code))


def test_links_are_made_and_withdrawn_on_the_desk(client, run, world, coordinator):
    client.force_login(coordinator)
    address = page("desk_own_links", world.strong.pk)
    assert "None yet" in text(client.get(address))
    shown = text(client.post(address))
    code = shown.partition("http://testserver/me/#")[2].partition("<")[0]
    assert links.enter(code=code, birth_date=BORN, now=LATER)
    shown = text(client.get(address))
    assert code not in shown
    assert "opens the page until" in shown
    assert "1 link is withdrawn" in text(
        client.post(address, {"withdraw": "1"}, follow=True)
    )
    edit = reverse("admin:programs_application_change", args=[world.strong.pk])
    assert address in text(client.get(edit))


def test_strangers_make_no_links(client, world, run):
    address = page("desk_own_links", world.strong.pk)
    for user, status in (
        (factories.coordinator(), 404),
        (factories.partner(of=world.slot_.host), 404),
        (factories.auditor(), 403),
        (world.planner, 403),
    ):
        client.force_login(user)
        assert client.get(address).status_code == status
        assert client.post(address).status_code == status
    assert not PersonalLink.objects.exists()


def test_links_cost_the_same_for_one_and_for_three(client, run, world, coordinator):
    client.force_login(coordinator)
    address = page("desk_own_links", world.strong.pk)
    client.post(address)
    one = queries(client, address)
    client.post(address)
    client.post(address)
    assert queries(client, address) == one
