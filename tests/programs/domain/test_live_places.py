"""Places that stand in what was called off, or for people who may not be there."""

from datetime import UTC, date, datetime

import pytest

from programs import promises
from programs.domain import invariants, live_places
from programs.models import Intake, Participant, Placement, RouteCap, Slot
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)
WATCHED = {*live_places.PROMISES, "nobody_is_in_two_places"}


@pytest.fixture
def place():
    """A place in an intake of the person's own, past every trigger."""
    promises.uninstall()
    slot = factories.slot.make()
    application = factories.application.make(intake=slot.intake)
    return factories.placement.make(slot=slot, application=application)


def broken():
    """Return the promises that are broken, the database's own aside."""
    found = {breach.promise for breach in invariants.check(now=NOW)}
    return found & WATCHED - {"database_keeps_its_promises"}


def test_a_good_place_keeps_every_promise(place):
    assert broken() == set()


def test_the_database_keeps_its_promises(place):
    assert live_places.database_keeps_its_promises(NOW)
    promises.install()
    assert live_places.database_keeps_its_promises(NOW) == []


def test_a_place_in_a_withdrawn_slot_is_found(place):
    Slot.objects.update(state="withdrawn")
    assert broken() == {"places_are_open"}


def test_a_place_in_a_cancelled_intake_is_found(place):
    Intake.objects.update(state="cancelled")
    assert broken() == {"places_are_open"}


def test_a_prohibition_is_found_while_it_is_in_force(place):
    pin = factories.pin.make(
        application=place.application, slot=place.slot, kind="forbid"
    )
    assert broken() == {"nobody_is_placed_against_a_word"}
    pin.until = date(2027, 1, 1)
    pin.save()
    assert broken() == set()


def test_a_veto_is_found_until_the_person_has_left(place):
    factories.host_rating.make(
        application=place.application,
        slot=place.slot,
        is_veto=True,
        score=None,
        reason="No.",
    )
    assert broken() == {"nobody_is_placed_against_a_word"}
    Placement.objects.update(state="departed")
    assert broken() == set()


def test_somebody_who_may_not_go_is_found_with_the_reason(place):
    Slot.objects.update(min_kkni=9)
    (found,) = live_places.placed_people_are_eligible(NOW)
    assert found[0] == place.pk
    assert "KKNI level" in found[1]
    assert broken() == {"placed_people_are_eligible"}


def test_an_agreement_that_ended_keeps_its_stays(place):
    agreement = factories.agreement.make(state="terminated")
    Slot.objects.update(agreement=agreement)
    assert broken() == set()


def test_more_people_than_a_route_allows_are_found(place):
    cap = factories.route_cap.make(most=0, is_yearly=True, code="yearly")
    Slot.objects.update(route=cap.route)
    (found,) = live_places.routes_hold(NOW)
    assert found == (cap.route_id, f"{cap.route.name}: entries in 2027: 1 of 0")
    RouteCap.objects.update(counts="staying", is_yearly=False)
    (found,) = live_places.routes_hold(NOW)
    assert found[1].endswith("on (on 1 April 2027): 1 of 0")
    RouteCap.objects.update(most=1)
    assert live_places.routes_hold(NOW) == []


def test_one_human_registered_twice_is_found_in_two_places(place):
    twin = factories.participant.make(registered_by=factories.institution.make())
    slot = factories.slot.make()
    factories.placement.make(
        slot=slot,
        application=factories.application.make(participant=twin, intake=slot.intake),
    )
    assert broken() == set()
    Participant.objects.update(nik_hash="the-same-number")
    assert broken() == {"nobody_is_in_two_places"}


def test_a_long_stay_overlaps_all_that_begin_in_it(place):
    person = place.application.participant
    for month in (5, 7):
        slot = factories.slot.make(
            starts_on=date(2027, month, 1), ends_on=date(2027, month + 1, 1)
        )
        factories.placement.make(
            slot=slot,
            application=factories.application.make(
                participant=person, intake=slot.intake
            ),
        )
    assert len(invariants.nobody_is_in_two_places(NOW)) == 2


def test_queries_do_not_grow(place, django_assert_max_num_queries):
    for _ in range(3):
        slot = factories.slot.make()
        factories.placement.make(
            slot=slot, application=factories.application.make(intake=slot.intake)
        )
    with django_assert_max_num_queries(45):
        live_places.placed_people_are_eligible(NOW)
