"""Hosts rate candidates without their names."""

import pytest
import time_machine

from programs.models import HostRating
from tests import factories
from tests.planner.desk.reading import page, queries, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(solved, world):
    """Somebody who speaks for the host of the world's slots."""
    return factories.partner(of=world.slot_.host)


def test_a_host_rates_candidates_without_their_names(client, host, solved, world):
    client.force_login(host)
    address = page("desk_slot", world.slot_.pk)
    home = text(client.get(page("index")))
    assert "2 candidates of your slots are not rated yet" in home
    shown = text(client.get(address))
    for application in (world.strong, world.weak):
        assert str(application.pk)[:8] in shown
        assert application.participant.code not in shown
        assert application.participant.given_name not in shown
    form = {
        f"score-{world.strong.pk}": "88",
        f"veto-{world.weak.pk}": "No safety training.",
    }
    assert "2 ratings were kept." in text(client.post(address, form, follow=True))
    assert HostRating.objects.get(application=world.strong).score == 88
    assert HostRating.objects.get(application=world.weak).is_veto
    # The same form again changes nothing and says nothing.
    assert "kept." not in text(client.post(address, form, follow=True))
    assert "not rated yet" not in text(client.get(page("index")))
    listed = text(client.get(page("desk_slots")))
    assert world.slot_.code in listed


@pytest.mark.parametrize("score", ["101", "-1", "good", "８８"])
def test_a_wrong_score_is_named(client, host, solved, world, score):
    client.force_login(host)
    form = {f"score-{world.strong.pk}": score}
    answer = client.post(page("desk_slot", world.slot_.pk), form, follow=True)
    if score == "８８":
        assert HostRating.objects.get().score == 88
    else:
        assert "write a score from 0 to 100" in text(answer)
        assert not HostRating.objects.exists()


def test_a_rating_after_the_decision_is_refused(client, host, solved, world):
    client.force_login(host)
    form = {f"score-{world.strong.pk}": "50"}
    with time_machine.travel("2035-01-01", tick=False):
        client.force_login(host)
        answer = client.post(page("desk_slot", world.slot_.pk), form, follow=True)
    assert "Ratings closed" in text(answer)


def test_strangers_neither_rate_nor_see_people(client, solved, world):
    address = page("desk_slot", world.slot_.pk)
    form = {f"score-{world.strong.pk}": "50"}
    for stranger in (factories.partner(), world.planner, factories.auditor()):
        client.force_login(stranger)
        assert client.post(address, form).status_code == 403
    client.force_login(factories.coordinator())
    assert client.get(address).status_code == 404
    assert client.get(page("desk_slot_people", world.slot_.pk)).status_code == 404
    client.force_login(factories.partner())
    shown = text(client.get(address))
    assert str(world.strong.pk)[:8] not in shown
    assert world.strong.participant.code not in shown
    assert client.get(page("desk_slot_people", world.slot_.pk)).status_code == 403
    assert not HostRating.objects.exists()


def test_a_host_sees_who_accepted_a_place_and_others_do_not(
    client, host, solved, world
):
    placement = factories.placement.make(application=world.strong, slot=world.slot_)
    code = world.strong.participant.code
    address = page("desk_slot", world.slot_.pk)
    client.force_login(host)
    assert code not in text(client.get(address))
    placement.state = "accepted"
    placement.save()
    shown = text(client.get(address))
    assert code in shown
    assert page("programs_placement_change", placement.pk) in shown
    assert "STATE" in shown
    client.force_login(factories.partner())
    shown = text(client.get(address))
    assert code not in shown
    assert "STATE" not in shown


def test_own_slots_cost_the_same_for_one_and_three(client, host, world, solved):
    client.force_login(host)
    addresses = page("desk_slots"), page("desk_slot", world.slot_.pk)
    queries(client, *addresses)
    one = queries(client, *addresses)
    for _again in range(2):
        slot = world.slot(host=world.slot_.host)
        world.person(world.slot_, slot)
    assert queries(client, *addresses) == one
