"""Who a person is, where the person could go, and what happened."""

import pytest

from programs.models import AuditEvent
from tests import factories
from tests.planner.desk.reading import page, queries, text

pytestmark = pytest.mark.django_db


def test_a_person_is_shown_with_papers_verdicts_and_what_happened(
    as_planner, solved, world
):
    person = world.weak.participant
    factories.language_certificate.make(participant=person, test="JLPT", band="N4")
    person.nik = "3273015005990001"
    person.save()
    shown = text(as_planner.get(page("desk_person", person.pk)))
    assert "JLPT N4" in shown
    assert "meets the rules" in shown
    assert "Run 1: no place: no room in the plan" in shown
    assert person.nik not in shown
    assert AuditEvent.objects.filter(
        action="participants.read", object_id=str(person.pk)
    ).exists()
    # An auditor also reads who looked.
    assert "The record was read" in text(as_planner.get(page("desk_person", person.pk)))


def test_a_person_costs_the_same_for_one_and_three_slots(as_planner, world, plan):
    slot = world.slot()
    application = world.person(slot)
    plan()
    address = page("desk_person", application.participant_id)
    queries(as_planner, address)
    one = queries(as_planner, address)
    factories.preference.make(application=application, rank=2, slot=world.slot())
    factories.preference.make(application=application, rank=3, slot=world.slot())
    for band in ("N4", "N5"):
        factories.language_certificate.make(
            participant=application.participant, band=band
        )
        factories.pin.make(application=application, slot=world.slot(), kind="forbid")
    assert queries(as_planner, address) == one


def test_a_person_of_others_does_not_exist(client, solved, world):
    address = page("desk_person", world.weak.participant_id)
    client.force_login(factories.coordinator())
    assert client.get(address).status_code == 404
    client.force_login(factories.partner(of=world.weak.nominated_by))
    assert client.get(address).status_code == 403
