"""Placements by state, and who is next for a place that is free."""

import pytest

from programs.domain import placements
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def test_a_free_place_goes_to_the_next_in_line(
    client, as_planner, solved, world, publish
):
    publish(solved)
    offer = world.strong.placements.get()
    coordinator = factories.coordinator(of=world.program.owner)
    placements.decline(placement=offer, by=coordinator, now=NOW)
    board = text(client.get(page("desk_board") + "?state=declined"))
    address = page("desk_move_up", world.slot_.pk)
    assert address in board
    assert world.weak.participant.full_name in board
    assert "fits" in text(client.get(address))
    client.post(address)
    assert world.weak.placements.get().state == "offered"
    client.force_login(coordinator)
    assert client.post(address).status_code == 403
