"""Whether an intake is ready, and whom a rule keeps out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.models import Participant, ProcessingPurpose, Slot
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def test_an_intake_says_who_fits_and_judges(client, world):
    coordinator = factories.coordinator(of=world.program.owner)
    client.force_login(coordinator)
    slot = world.slot(seats=2)
    world.person(slot)
    world.person(slot, who={"kkni": 1})
    world.program.min_kkni = 4
    world.program.save()
    shown = text(client.get(page("desk_intake", world.intake.pk)))
    assert "2 people in the pool for 2 seats in 1 slots" in shown
    fit = text(client.get(page("desk_intake_fit", world.intake.pk)))
    assert "1 of 2 people fit at least one slot" in fit
    assert "KKNI level" in fit
    answer = client.post(page("desk_intake_judge", world.intake.pk), follow=True)
    assert "1 people are eligible, 1 are not." in text(answer)


def test_a_rule_leads_to_the_people_it_keeps_out(client, world):
    client.force_login(factories.coordinator(of=world.program.owner))
    slot = world.slot(seats=2)
    world.program.min_kkni = 4
    world.program.save()
    able = world.person(slot, who={"kkni": 6})
    unable = world.person(slot, who={"kkni": 1})
    address = page("desk_intake_unfit", world.intake.pk, "kkni")
    assert address in text(client.get(page("desk_intake_fit", world.intake.pk)))
    shown = text(client.get(address))
    assert "1 person of" in shown
    assert unable.participant.code in shown
    assert able.participant.code not in shown
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _again in range(2):
        world.person(slot, who={"kkni": 1})
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)
    nobody = page("desk_intake_unfit", world.intake.pk, "age")
    assert "0 people of" in text(client.get(nobody))
    nonsense = page("desk_intake_unfit", world.intake.pk, "luck")
    assert client.get(nonsense).status_code == 404
    client.force_login(factories.coordinator())
    assert client.get(address).status_code == 404
    client.force_login(factories.partner())
    assert client.get(address).status_code == 403


def test_a_country_without_a_native_language_is_told_of(client, world):
    client.force_login(factories.coordinator(of=world.program.owner))
    slot = world.slot()
    world.person(slot)
    address = page("desk_intake", world.intake.pk)
    told = "its citizens have to prove every language by a test"
    assert told not in text(client.get(address))
    country = factories.country.make(code="SG", native_language="")
    world.person(slot, who={"citizenship": country})
    shown = text(client.get(address))
    assert told in shown
    assert page("programs_country_change", country.pk) in shown


def test_what_the_law_on_personal_data_asks_for_is_told(client, world, settings):
    client.force_login(factories.coordinator(of=world.program.owner))
    slot = world.slot()
    person = world.person(slot).participant
    address = page("desk_intake", world.intake.pk)
    shown = text(client.get(address))
    assert "No basis of transfer is noted for Malaysia (Law 27/2022" in shown
    assert "is left out" not in shown
    settings.TRANSFER_BASIS = True
    assert "Malaysia: nothing is published there" in text(client.get(address))
    factories.transfer_basis.make()
    assert "No basis of transfer" not in text(client.get(address))
    ProcessingPurpose.objects.filter(purpose="stay").update(legal_basis="consent")
    told = "1 person has no consent to “carrying out a stay”"
    assert told in text(client.get(address))
    factories.consent.make(participant=person, purpose="stay")
    assert told not in text(client.get(address))
    Participant.objects.filter(pk=person.pk).update(restricted_at=NOW)
    shown = text(client.get(address))
    assert "1 person is left out" in shown
    assert "Nobody has applied yet" not in shown


@pytest.mark.parametrize("many", [4, 5])
def test_whom_a_confidential_condition_stops_is_named_nowhere(client, world, many):
    client.force_login(factories.coordinator(of=world.program.owner))
    slot = world.slot(seats=9)
    Slot.objects.update(condition="not disability")
    world.program.min_kkni = 4
    world.program.save()
    stopped = [
        world.person(slot, who={"kkni": 1, "disability": "sensory"})
        for _each in range(many)
    ]
    fit = client.get(page("desk_intake_fit", world.intake.pk)).context["fit"]
    counts = {rule["code"]: rule["count"] for rule in fit["rules"]}
    assert counts == {"kkni": many, "condition": many if many >= 5 else 0}
    shown = text(client.get(page("desk_intake_unfit", world.intake.pk, "condition")))
    assert "whom it stops is not named" in shown
    by_level = text(client.get(page("desk_intake_unfit", world.intake.pk, "kkni")))
    assert "confidential; ask" not in by_level
    for each in stopped:
        assert each.participant.full_name not in shown
        assert each.participant.full_name in by_level
