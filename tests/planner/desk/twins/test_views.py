"""An officer sees both rows of whoever is registered twice, and says what they are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.models import Application, Merger, Participant
from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def pair(world, name, slot, **fields):
    who = {"given_name": name, "family_name": "", "birth_date": "2001-05-20", **fields}
    return [world.person(slot, who=who) for _each in range(2)]


def test_both_rows_are_shown_and_judged(client, world):
    client.force_login(factories.administrator())
    slot = world.slot(seats=9)
    pair(world, "Budi", slot, nik_hash="h" * 64)
    likely = pair(world, "Sari", slot)
    shown = text(client.get(page("desk_twins")))
    assert "1 person is registered more than once" in shown
    assert "1 name and date of birth stands twice" in shown
    for each in likely:
        assert each.participant.code in shown
        assert str(each.nominated_by) in shown
    people = [str(each.participant_id) for each in likely]
    sent = {"verb": "join", "person": people, "reason": "same card"}
    answer = client.post(page("desk_twins_judge"), sent, follow=True)
    assert "one human from now on" in text(answer)
    assert "2 people are registered more than once" in text(answer)
    answer = client.post(page("desk_twins_judge"), sent | {"verb": "part"}, follow=True)
    assert "1 name and date of birth stands twice" in text(answer)
    for bad in ({"verb": "burn"}, {"verb": "join", "person": ["x"]}):
        assert client.post(page("desk_twins_judge"), sent | bad).status_code == 404


def test_a_nik_in_doubt_is_confirmed(client, world):
    client.force_login(factories.administrator())
    person = world.person(world.slot()).participant
    Participant.objects.update(nik_is_doubtful=True)
    assert "another date of birth" in text(client.get(page("desk_twins")))
    sent = {"verb": "confirm", "person": str(person.pk), "reason": "seen"}
    answer = client.post(page("desk_twins_judge"), sent, follow=True)
    assert "The NIK is confirmed." in text(answer)


def test_partners_see_nothing_of_it(client, world):
    client.force_login(factories.partner(of=world.slot().host))
    assert client.get(page("desk_twins")).status_code == 403
    assert client.post(page("desk_twins_judge"), {}).status_code == 403


def test_it_costs_the_same_for_one_and_three(client, world):
    client.force_login(factories.administrator())
    slot = world.slot(seats=9)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            client.get(page("desk_twins"))
        return len(seen)

    pair(world, "Ani", slot)
    pair(world, "Budi", slot, nik_hash="1" * 64)
    one = queries()
    for name in ("Cici", "Dedi"):
        pair(world, name, slot)
        pair(world, name + "x", slot, nik_hash=name[0] * 64)
    assert queries() == one


def test_two_registrations_are_merged_side_by_side_and_parted_again(client, world):
    client.force_login(factories.administrator())
    slot = world.slot(seats=9)
    kept, gone = (
        each.participant for each in pair(world, "Budi", slot, nik_hash="h" * 64)
    )
    Participant.objects.update(nik_hash="", joined="j" * 32)
    factories.skill_claim.make(participant=gone)
    assert f"Merge into {kept.code}" in text(client.get(page("desk_twins")))
    address = page("desk_twins_merge", kept.pk, gone.pk)
    shown = text(client.get(address))
    for part in (
        str(kept.registered_by),
        str(gone.registered_by),
        "skill claims: 1",
        "have agreed",
        f"application: {slot.intake.code}",
    ):
        assert part in shown
    sent = {"reason": "one card", "is_agreed": "on", "home_institution": "kept"}
    answer = text(client.post(address, sent))
    assert "Decide which of the two counts: application" in answer
    assert 'value="kept" required checked' in answer
    Application.objects.filter(participant=gone).delete()
    answer = client.post(address, sent, follow=True)
    assert "They are one registration now." in text(answer)
    assert "Registrations that became part of this one" in text(answer)
    assert "was merged into" in text(
        client.get(page("programs_participant_change", gone.pk))
    )
    shown = text(client.get(page("desk_twins")))
    assert "Nobody." in shown
    assert gone.code in shown
    assert "merged with another" in text(client.get(address))
    undo = page("desk_twins_unmerge", Merger.objects.get().pk)
    answer = client.post(undo, {"reason": "two cards"}, follow=True)
    assert "They are two registrations again" in text(answer)
    assert gone.skill_claims.count() == 1
    client.force_login(factories.partner(of=kept.registered_by))
    assert client.get(address).status_code == 403
    assert client.post(undo, {"reason": "x"}).status_code == 403
