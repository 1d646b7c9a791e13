"""A sender's people: by state, one by one, and new nominations."""

from datetime import UTC, datetime

import pytest

from programs.choices import ApplicationState, SlotState
from programs.domain import applications, placements
from programs.models import Application
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.reading import page, queries, text

pytestmark = pytest.mark.django_db
OPEN = datetime(2027, 2, 1, 3, tzinfo=UTC)


@pytest.fixture
def school():
    return factories.institution.make(name="SMKN 3 Makassar")


@pytest.fixture
def at(monkeypatch):
    """Return a function that says what time it is."""

    def put(moment):
        monkeypatch.setattr("programs.clock.now", lambda: moment)

    put(OPEN)
    return put


@pytest.fixture
def sender(client, school, at):
    """A browser of the school's teacher, while the intake takes nominations."""
    user = factories.partner(of=school)
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def intake():
    return factories.intake.make(max_choices=3)


def pupil(school, name="Andi", **columns):
    return factories.participant.make(
        registered_by=school, home_institution=school, given_name=name, **columns
    )


def test_people_are_nominated_with_their_choices_and_ranked_anew(
    sender, school, intake
):
    first, second = factories.slot.make(intake=intake, _quantity=2)
    hidden = factories.slot.make(intake=intake, state=SlotState.PROPOSED)
    andi, budi, stays = (pupil(school, name) for name in ("Andi", "Budi", "Caca"))
    foreign = pupil(factories.institution.make(), "Asing")
    home = text(sender.get(page("index")))
    assert f"3 people you registered are not nominated; {intake.code} takes" in home
    shown = text(sender.get(page("desk_nominate")))  # the only intake that is open
    assert "Caca" in shown
    assert "Asing" not in shown
    assert str(hidden.pk) not in shown
    body = {"people": [andi.pk, budi.pk], "choice_1": second.pk, "choice_2": first.pk}
    told = sender.post(page("desk_nominate"), body, follow=True)
    assert "2 people are nominated." in text(told)
    sent = Application.objects.get(participant=andi)
    assert sent.nominated_by == school
    assert list(sent.preferences.order_by("rank").values_list("slot", flat=True)) == [
        second.pk,
        first.pk,
    ]
    assert str(andi.pk) not in text(sender.get(page("desk_nominate")))
    listed = text(sender.get(page("desk_nominees") + "?state=registered"))
    assert stays.given_name in listed
    told = sender.post(
        page("desk_nominee", sent.pk), {"choice_1": first.pk}, follow=True
    )
    assert "The choices are kept." in text(told)
    assert [wish.slot_id for wish in sent.preferences.all()] == [first.pk]
    gap = sender.post(page("desk_nominee", sent.pk), {"choice_2": first.pk})
    assert "without a gap" in text(gap)
    twice = {"choice_1": first.pk, "choice_2": first.pk}
    told = sender.post(page("desk_nominee", sent.pk), twice, follow=True)
    assert "A preference is listed twice." in text(told)
    refused = sender.post(page("desk_nominate"), {"people": [foreign.pk]})
    assert "Select a valid choice" in text(refused)
    assert not foreign.applications.exists()


def test_what_the_domain_refuses_is_told_with_the_code_and_the_form_stays(
    sender, school, intake, monkeypatch
):
    andi = pupil(school)
    applications.submit(participant=andi, intake=intake, by=sender.user, now=OPEN)
    monkeypatch.setattr(
        "planner.desk.nominees.views.free_people",
        lambda *_args: type(andi).objects.filter(pk=andi.pk),
    )
    told = text(sender.post(page("desk_nominate"), {"people": [andi.pk]}))
    assert f"{andi.code}: This person has an application to this intake." in told
    assert f'value="{andi.pk}" checked' in told


def test_after_closing_choices_are_shown_and_not_taken(sender, school, at):
    intake = factories.intake.make()
    slot = factories.slot.make(intake=intake)
    sent = applications.submit(
        participant=pupil(school),
        intake=intake,
        preferences=[slot],
        by=sender.user,
        now=OPEN,
    )
    at(datetime(2027, 2, 20, 3, tzinfo=UTC))
    sender.force_login(sender.user)  # nobody is idle for weeks
    shown = text(sender.get(page("desk_nominee", sent.pk)))
    assert "Keep the choices" not in shown
    told = sender.post(page("desk_nominee", sent.pk), {"choice_1": ""}, follow=True)
    assert "Applications are taken from" in text(told)
    assert sent.preferences.count() == 1
    assert "No intake takes nominations now." in text(sender.get(page("desk_nominate")))


def test_what_is_missing_is_told_for_each_choice_and_counted(sender, school, intake):
    able, unable = factories.slot.make(intake=intake, _quantity=2)
    need = factories.skill_requirement.make(slot=unable, level=3)
    andi = pupil(school, email="")
    sent = applications.submit(
        participant=andi,
        intake=intake,
        preferences=[able, unable],
        by=sender.user,
        now=OPEN,
    )
    told = "1 of your nominees does not meet yet what a choice asks for"
    assert told in text(sender.get(page("index")))
    listed = text(sender.get(page("desk_nominees") + "?state=lacking"))
    assert str(need.skill.name) in listed
    assert "No e-mail address: you tell the person." in listed
    shown = text(sender.get(page("desk_nominee", sent.pk)))
    assert str(need.skill.name) in shown
    factories.skill_claim.make(participant=andi, skill=need.skill, level=3)
    assert told not in text(sender.get(page("index")))
    assert "Nobody is in this group" in text(
        sender.get(page("desk_nominees") + "?state=lacking")
    )


@pytest.fixture
def decided(world, solved, publish, at):
    """A published plan: one has an offer, one waits."""
    publish(solved)
    at(NOW)
    return world


def test_an_offer_is_answered_and_reason_and_waiting_position_are_read(
    client, decided, at
):
    strong, weak = decided.strong, decided.weak
    client.force_login(factories.partner(of=strong.nominated_by))
    assert "1 of your people has an offer to answer by" in text(
        client.get(page("index"))
    )
    assert "answer by" in text(client.get(page("desk_nominees")))
    shown = text(client.get(page("desk_nominee", strong.pk)))
    place = strong.placements.get()
    accept = page("programs_placement_move", place.pk, "accept")
    assert accept in shown
    client.post(accept, {"confirmed": "1"})
    place.refresh_from_db()
    assert place.state == "accepted"
    client.force_login(factories.partner(of=weak.nominated_by))
    listed = text(client.get(page("desk_nominees") + "?state=reserve"))
    assert "number 1 on the waiting list for" in listed
    shown = text(client.get(page("desk_nominee", weak.pk)))
    assert "Number 1 on the waiting list for" in shown
    assert "Why there was no place in the plan of" in shown
    assert client.get(page("desk_nominee", strong.pk)).status_code == 404
    answer = client.post(page("desk_nominee", strong.pk), {"choice_1": ""})
    assert answer.status_code == 404


def test_a_waiting_position_counts_only_who_still_waits(client, decided):
    weak = decided.weak
    entry = weak.reserve_entries.get()
    entry.position = 3
    entry.save()
    client.force_login(factories.partner(of=weak.nominated_by))
    listed = text(client.get(page("desk_nominees") + "?state=reserve"))
    assert "number 1 on the waiting list" in listed


def test_a_withdrawn_nominee_stays_listed_as_such(client, decided):
    strong = decided.strong
    user = factories.partner(of=strong.nominated_by)
    placements.decline(
        placement=strong.placements.get(), by=user, now=NOW, reason="ill"
    )
    client.force_login(user)
    listed = text(client.get(page("desk_nominees") + "?state=withdrawn"))
    assert strong.participant.code in listed
    strong.refresh_from_db()
    assert strong.state == ApplicationState.WITHDRAWN


def test_the_list_costs_the_same_for_one_and_for_three(sender, school, intake):
    slot = factories.slot.make(intake=intake)
    counts = []
    for num in (1, 2):
        for _each in range(num):
            applications.submit(
                participant=pupil(school),
                intake=intake,
                preferences=[slot],
                by=sender.user,
                now=OPEN,
            )
        counts.append(
            queries(sender, page("desk_nominees") + "?state=submitted", page("index"))
        )
    assert counts[0] == counts[1]
