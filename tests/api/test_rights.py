"""Rights of people over the API: the sender asks and consents, a human answers."""

import pytest

from programs.models import Participant
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(sender):
    return factories.participant.make(registered_by=sender.institution)


@pytest.fixture
def officer(client, person):
    client.force_login(factories.coordinator(of=person.registered_by))
    return client


def ask(sender, person, **body):
    body = {"participant": str(person.pk), "kind": "access", **body}
    return sender.send("post", "rights-requests/", body)


def test_a_sender_asks_and_an_officer_answers(sender, officer, person):
    application = factories.application.make(
        participant=person, nominated_by=sender.institution
    )
    refused = ask(sender, person, kind="objection", words="Why?")
    assert refused.json()["type"].endswith("application-missing")
    made = ask(sender, person, kind="objection", nomination=str(application.pk))
    assert made.status_code == 201, made.content
    row = made.json()
    assert row["due_at"] > row["received_at"]
    address = f"rights-requests/{row['id']}/"
    said = {"outcome": "refused", "words": "The plan holds: no seat was left."}
    by_key = sender.send("post", f"{address}answer/", said)
    assert by_key.status_code == 403
    waiting = sender.send("get", "rights-requests/?is_waiting=true").json()
    assert [each["id"] for each in waiting["results"]] == [row["id"]]
    answered = officer.post(
        f"/api/v1/{address}answer/", said, content_type="application/json"
    )
    assert answered.status_code == 200, answered.content
    read = sender.send("get", address).json()
    assert (read["outcome"], read["answer"]) == ("refused", said["words"])


def test_a_sender_asks_for_own_people_only(sender):
    stranger = factories.participant.make()
    assert ask(sender, stranger).status_code == 400
    nominated = factories.application.make(nominated_by=sender.institution)
    assert ask(sender, nominated.participant).status_code == 403


def test_consents_are_given_and_withdrawn(sender, person):
    factories.transfer_basis.make(ground="consent", document="")
    countries = sender.send("get", "reference/countries/").json()["results"]
    told = {row["code"]: row["transfer_basis"] for row in countries}
    assert told["MY"] == "consent"
    body = {
        "participant": str(person.pk),
        "purpose": "transfer",
        "country": "MY",
        "given_on": "2027-01-10",
        "evidence": "Form 3",
    }
    made = sender.send("post", "consents/", body)
    assert made.status_code == 201, made.content
    assert sender.send("post", "consents/", body).status_code == 409
    address = f"consents/{made.json()['id']}/withdraw/"
    answer = sender.send("post", address).json()
    assert "No new plan" in answer["consequences"][0]
    assert answer["consent"]["withdrawn_at"]
    assert sender.send("post", address).status_code == 409
    wrong = sender.send("post", "consents/", body | {"purpose": "accounting"})
    assert wrong.status_code == 422
    assert wrong.json()["type"].endswith("no-consent-needed")


def test_an_officer_restricts_and_the_sender_sees_it(sender, officer, person):
    address = f"participants/{person.pk}/"
    reason = {"reason": "asked"}
    done = officer.post(
        f"/api/v1/{address}restrict/", reason, content_type="application/json"
    )
    assert done.status_code == 200, done.content
    assert Participant.objects.get(pk=person.pk).restricted_at
    assert sender.send("get", address).json()["restricted_at"]


def test_the_register_is_open_to_every_partner(host):
    rows = host.send("get", "reference/purposes/").json()["results"]
    assert {row["purpose"] for row in rows} >= {"selection", "stay", "accounting"}
