"""Facts on the form of a person: stated, confirmed, and masked where sensitive."""

import pytest

from programs import clock
from programs.models import AuditEvent, FactDefinition, Participant, PersonFact
from tests import factories

from .test_verbs import _clock, address, filled  # noqa: F401 -- a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    """A person who applied, with an officer at the desk."""
    application = factories.application.make()
    owner = application.intake.program.owner
    client.force_login(factories.coordinator(of=owner))
    return application.participant


def line(number, **values):
    return {f"facts-{number}-{name}": value for name, value in values.items()}


def send(client, person, **changes):
    url = address(Participant, person)
    return client.post(url, filled(client, url, **changes))


def test_an_officer_states_and_confirms(client, person):
    definition = factories.fact_definition.make(valid_months=12)
    new = line(0, definition=definition.pk, value="14,5", valid_from="2027-01-05")
    new |= {"facts-TOTAL_FORMS": 1}
    answer = send(client, person, **new, **line(0, is_verified="on"))
    assert answer.status_code == 302
    fact = PersonFact.objects.get()
    assert (fact.value, str(fact.valid_to)) == ("14.5", "2028-01-04")
    assert fact.verified_by
    # What was confirmed can be taken back.
    send(client, person, **line(0, is_verified=""))
    fact.refresh_from_db()
    assert (fact.verified_at, fact.verified_by) == (None, "")
    assert "participants.update" in AuditEvent.objects.values_list("action", flat=True)


def test_what_is_no_such_value_is_said_at_its_field(client, person):
    definition = factories.fact_definition.make()
    new = line(0, definition=definition.pk, value="tall", valid_from="2027-01-05")
    answer = send(client, person, **new, **{"facts-TOTAL_FORMS": 1})
    assert "Maths test" in answer.content.decode()
    assert "this is none" in answer.content.decode()
    assert not PersonFact.objects.exists()


def test_a_sensitive_value_is_masked_and_stays(client, person):
    secret = factories.fact_definition.make(kind="code", is_sensitive=True)
    factories.person_fact.make(participant=person, definition=secret, value="hepatitis")
    shown = client.get(address(Participant, person)).content.decode()
    assert "hepatitis" not in shown
    send(client, person, **line(0, evidence="letter 7"))
    fact = PersonFact.objects.get()
    assert (fact.value, fact.evidence) == ("hepatitis", "letter 7")
    send(client, person, **line(0, value="none"))
    fact.refresh_from_db()
    assert fact.value == "none"


@pytest.mark.parametrize("reader", [factories.auditor, factories.planner])
def test_who_only_reads_sees_no_sensitive_value(client, person, reader):
    for is_sensitive, value in ((True, "hepatitis"), (False, "passed")):
        definition = factories.fact_definition.make(
            kind="code", is_sensitive=is_sensitive
        )
        factories.person_fact.make(
            participant=person, definition=definition, value=value
        )
    client.force_login(reader())
    shown = client.get(address(Participant, person)).content.decode()
    assert "passed" in shown
    assert "••••••••" in shown
    assert "hepatitis" not in shown


def test_an_administrator_defines_facts(client):
    client.force_login(factories.administrator())
    url = address(FactDefinition)
    sent = {
        "code": "maths",
        "name_en": "Maths test",
        "name_id": "Tes matematika",
        "kind": "number",
        "stated_by": "sender",
        "is_verified": "on",
    }
    assert client.post(url, sent).status_code == 302
    assert FactDefinition.objects.get().name == "Maths test"
    client.force_login(factories.coordinator())
    assert client.post(url, sent | {"code": "x"}).status_code == 403


def test_a_sender_may_not_change_or_delete_what_is_confirmed(client, person):
    officer = factories.coordinator()
    fact = factories.person_fact.make(
        participant=person,
        definition=factories.fact_definition.make(),
        value="14",
        verified_by=officer.username,
        verified_at=clock.now(),
    )
    own = factories.person_fact.make(
        participant=person, definition=factories.fact_definition.make(), value="3"
    )
    client.force_login(factories.partner(of=person.registered_by))
    changes = {}
    for number, pk in enumerate(person.facts.values_list("pk", flat=True)):
        changes |= line(number, value="19", DELETE="on" if pk == fact.pk else "")
    send(client, person, **changes)
    fact.refresh_from_db()
    own.refresh_from_db()
    assert (fact.value, fact.verified_by, own.value) == ("14", officer.username, "19")
