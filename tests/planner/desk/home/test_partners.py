"""What waits for a host and a sender; each link shows exactly what it counts."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db
DAY = datetime(2027, 4, 10, 3, tzinfo=UTC)
"""Nine days after the stays of the recipes begin, a year before they end."""


@pytest.fixture
def at(monkeypatch):
    """Return a function that says what time it is."""

    def put(moment):
        monkeypatch.setattr("programs.clock.now", lambda: moment)

    put(DAY)
    return put


@pytest.fixture
def host():
    return factories.host.make()


@pytest.fixture
def school():
    return factories.institution.make()


def stay(host, school, state, **columns):
    row = factories.placement.make(
        slot__host=host, application__nominated_by=school, state=state, **columns
    )
    return row.application.participant.code


STEPS = [
    ("accepted", "h", "1 person who accepted waits for your confirmation", "hosted"),
    ("confirmed", "s", "1 stay of your people has begun", "sent"),
    ("departed", "h", "1 person left for you", "hosted"),
    ("arrived", "h", "1 stay with you is over", "hosted"),
]


@pytest.mark.parametrize(("state", "side", "told", "due"), STEPS)
def test_a_step_that_is_due_is_told_to_its_side_with_a_link_to_it(
    client, at, host, school, state, side, told, due
):
    own, partner = stay(host, school, state), factories.institution.make()
    late = {"own_starts_on": DAY.date() + timedelta(days=900)}
    late["own_ends_on"] = DAY.date() + timedelta(days=950)
    is_due_at_once = state == "accepted"
    later = None if is_due_at_once else stay(host, school, state, **late)
    if state == "arrived":
        at(datetime(2028, 4, 2, 3, tzinfo=UTC))
    mine, other = (host, school) if side == "h" else (school, host)
    client.force_login(factories.partner(of=mine))
    home = text(client.get(page("index")))
    address = f"{page('desk_board')}?state={state}&due={due}"
    assert told in home
    assert address.replace("&", "&amp;") in home
    listed = text(client.get(address))
    assert own in listed
    assert later is None or later not in listed
    assert later is None or later in text(
        client.get(f"{page('desk_board')}?state={state}")
    )
    for nobody in (factories.partner(of=other), factories.partner(of=partner)):
        client.force_login(nobody)
        assert told not in text(client.get(page("index")))


def test_a_change_of_a_stay_is_told_to_who_has_to_answer_it(client, at, host, school):
    stay(host, school, "accepted")
    placement = host.slots.get().placements.get()
    factories.placement_change.make(placement=placement, host_agreed_at=None)
    told = "1 proposed change of a stay waits for your answer"
    code = placement.application.participant.code
    for mine, is_told in ((host, True), (school, False)):
        client.force_login(factories.partner(of=mine))
        assert (told in text(client.get(page("index")))) == is_told
        listed = text(client.get(page("desk_stays") + "?for=us"))
        assert (code in listed) == is_told
        assert code in text(client.get(page("desk_stays")))
