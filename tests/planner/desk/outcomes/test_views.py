"""The people of a run: listed, taken away as a file, explained."""

import pytest

from planner.allocation.solving import inquiring
from planner.mailing.answers import TOLD
from programs.choices import PlacementState
from programs.domain import placements
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def test_people_are_listed_by_outcome_and_reason(as_planner, solved, world):
    people = page("desk_run_people", solved.pk)
    assert world.strong.participant.code in text(as_planner.get(people))
    unplaced = text(as_planner.get(people + "?outcome=unplaced&reason=no_room"))
    assert world.weak.participant.code in unplaced
    assert world.strong.participant.code not in unplaced
    nobody = as_planner.get(people + "?outcome=unplaced&reason=too_few")
    assert "Nobody here." in text(nobody)


@pytest.mark.parametrize("outcome", ["placed", "reserve", "unplaced"])
def test_people_are_taken_away_as_they_are_filtered(
    as_planner, client, solved, world, outcome
):
    address = page("desk_run_people_file", solved.pk, "csv")
    shown = text(as_planner.get(page("desk_run_people", solved.pk) + "?q=a"))
    assert f"{address}?q=a" in shown
    person = world.strong if outcome == "placed" else world.weak
    code = person.participant.code
    file = text(as_planner.get(f"{address}?outcome={outcome}&q={code}"))
    assert code in file
    assert code not in text(as_planner.get(f"{address}?outcome={outcome}&q=nobody"))
    client.force_login(factories.coordinator())
    assert client.get(address).status_code == 404
    client.force_login(factories.partner())
    assert client.get(address).status_code == 403


def test_the_person_reads_no_word_about_others(as_planner, solved, world):
    address = page("desk_run_person", solved.pk, world.weak.pk)
    told = text(as_planner.get(address))
    assert f"seats of {world.slot_.role_title}, {world.slot_.host.name} (1)" in told
    letter = text(as_planner.get(address + "?for=participant"))
    assert "there is no room in this plan. Short: seats." in letter
    assert "everybody else" not in letter
    assert world.strong.participant.code not in letter


def test_what_would_have_to_be_different_is_told_once_it_is_known(
    as_planner, solved, world
):
    address = page("desk_run_person", solved.pk, world.weak.pk)
    letter = address + "?for=participant"
    unknown = "What would have to be different is not known yet."
    assert unknown in text(as_planner.get(address))
    assert unknown in text(as_planner.get(letter))
    inquiring.serve_all(solved.pk)
    seats = f"seats of {world.slot_.role_title}, {world.slot_.host.name} (1)"
    told = text(as_planner.get(address))
    assert f"possible with more of all of these: {seats}" in told
    letter = text(as_planner.get(letter))
    assert "there could be room for one more" in letter
    assert seats not in letter


def test_after_publication_the_letter_says_what_was_decided_and_answered(
    as_planner, solved, world, publish
):
    address = page("desk_run_person", solved.pk, world.strong.pk)
    letter = address + "?for=participant"
    assert "You are proposed for" in text(as_planner.get(letter))
    publish(solved)
    told = text(as_planner.get(letter))
    assert "You are offered" in told
    assert "proposed" not in told
    placement = world.strong.placements.get()
    placements.decline(
        placement=placement,
        by=factories.coordinator(of=world.program.owner),
        now=NOW,
        reason="Family.",
    )
    assert "You declined" in text(as_planner.get(letter))
    assert "To the person: You declined" in text(as_planner.get(address))


def test_who_waits_reads_the_place_on_the_list_that_is_open(
    as_planner, solved, world, publish
):
    publish(solved)
    letter = page("desk_run_person", solved.pk, world.weak.pk) + "?for=participant"
    assert "You are number 1 on the waiting list" in text(as_planner.get(letter))
    world.weak.reserve_entries.update(is_open=False)
    assert "on the waiting list" not in text(as_planner.get(letter))


def test_every_state_of_a_placement_is_told():
    assert set(TOLD) == set(PlacementState)
