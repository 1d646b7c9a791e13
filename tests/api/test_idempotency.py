"""A retry never acts twice, and never shows another caller's answer."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from api import idempotency
from api.models import IdempotencyRecord, WebhookEndpoint
from api.views.nominations import NominationViewSet
from api.views.participants import ParticipantViewSet
from programs.models import Application, AuditEvent, Participant
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def wish(sender):
    """The body of a nomination."""
    person = factories.participant.make(registered_by=sender.institution)
    return {
        "participant": str(person.pk),
        "intake": str(factories.intake.make().pk),
        "preferences": [],
    }


def send(caller, body, key="k-1"):
    return caller.send("post", "nominations/", body, Idempotency_Key=key)


def post_text(caller, text, path="nominations/", key="k-1"):
    """Send a body as it is written, byte by byte."""
    return caller.post(
        f"/api/v1/{path}",
        data=text,
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def test_the_first_answer_is_replayed(sender, wish):
    first, second = send(sender, wish), send(sender, wish)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first["ETag"] == second["ETag"]
    assert second["Idempotency-Replayed"] == "true"
    assert Application.objects.count() == 1


def test_another_body_with_the_same_key_is_refused(sender, wish):
    send(sender, wish)
    answer = send(sender, {**wish, "note": "changed"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/idempotency-key-reused"


def test_order_of_names_and_white_space_do_not_make_another_body(sender, wish):
    send(sender, wish)
    turned = json.dumps(dict(reversed(wish.items())), indent=4)
    answer = post_text(sender, turned)
    assert (answer.status_code, answer["Idempotency-Replayed"]) == (201, "true")


def test_a_key_of_another_caller_is_another_key(sender, other_sender, wish):
    first = send(sender, wish)
    answer = send(other_sender, wish)
    assert first.status_code == 201
    assert answer.status_code == 400
    assert first.json()["id"] not in answer.content.decode()


def test_a_new_api_key_of_the_institution_does_not_act_again(sender, call_as, wish):
    first = send(sender, wish)
    rotated = call_as(sender.institution, "nominate")
    answer = send(rotated, wish)
    assert answer.json() == first.json()
    assert answer["Idempotency-Replayed"] == "true"


def test_a_key_that_may_not_act_is_shown_no_answer(sender, call_as, wish):
    send(sender, wish)
    assert send(call_as(sender.institution, "host"), wish).status_code == 403


def test_what_was_refused_may_be_mended_under_the_same_key(sender, wish):
    assert send(sender, {**wish, "participant": "nobody"}).status_code == 400
    assert send(sender, {**wish, "preferences": [wish["intake"]]}).status_code == 400
    assert send(sender, wish).status_code == 201
    assert IdempotencyRecord.objects.count() == 1


@pytest.mark.parametrize("text", ["{", "[1, 2]", '"text"'])
def test_a_body_that_cannot_be_read_keeps_nothing(sender, wish, text):
    assert post_text(sender, text).status_code == 400
    assert send(sender, wish).status_code == 201


def test_conflicts_are_not_kept(sender, wish):
    send(sender, wish)
    assert send(sender, wish, key="k-2").status_code == 409
    assert not IdempotencyRecord.objects.filter(key="k-2").exists()


def test_many_of_whom_none_was_taken_may_be_mended_too(sender, wish):
    bad = {"nominations": [{**wish, "participant": "nobody"}]}
    path = "nominations/bulk/"
    send_rows = post_text(sender, json.dumps(bad), path).json()["results"]
    assert [row["status"] for row in send_rows] == [400]
    answer = post_text(sender, json.dumps({"nominations": [wish]}), path)
    assert answer.json()["results"][0]["status"] == 201


def test_a_key_is_forgotten_after_a_day(sender, wish):
    send(sender, wish)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert send(sender, wish).status_code == 409


def test_answers_are_purged_after_their_day(sender, wish):
    send(sender, wish)
    assert idempotency.purge(now=timezone.now() + timedelta(hours=23)) == 0
    assert idempotency.purge(now=timezone.now() + timedelta(hours=25)) == 1


@pytest.mark.parametrize("key", ["", "x" * 101])
def test_a_key_of_the_wrong_form_is_refused(sender, wish, key):
    answer = send(sender, wish, key=key)
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/idempotency-key"


def test_without_a_key_nothing_is_kept(sender, wish):
    sender.send("post", "nominations/", wish)
    assert not IdempotencyRecord.objects.exists()


def stored():
    """Return everything the database holds of the answers, as it lies there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM api_idempotencyrecord")
        return str(cursor.fetchall())


def test_stored_answers_are_encrypted(sender):
    body = {
        "code": "P-1",
        "given_name": "Zulkarnain",
        "birth_date": "2001-05-20",
        "sex": "F",
        "citizenship": factories.country.make().pk,
        "home_institution": str(factories.institution.make().pk),
        "kkni": 5,
        "isced_f": "0714",
    }
    made = post_text(sender, json.dumps(body), "participants/")
    assert made.status_code == 201, made.content
    assert "Zulkarnain" not in stored()
    assert made.json()["id"] not in stored()
    again = post_text(sender, json.dumps(body), "participants/")
    assert again.json()["given_name"] == "Zulkarnain"
    assert again["Location"] == made["Location"]


ENDPOINT = {"url": "https://partner.example/hook"}


def test_a_secret_is_in_the_first_answer_only(sender):
    def register():
        return post_text(sender, json.dumps(ENDPOINT), "webhook-endpoints/")

    first, second = register(), register()
    assert first.json()["secret"].startswith("whsec_")
    assert "Idempotency-Omitted" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert second["Idempotency-Omitted"] == "secret"
    assert second.json() == {**first.json(), "secret": None}
    assert "whsec_" not in IdempotencyRecord.objects.get().answer


def test_a_secret_is_rotated_once_whichever_key_asks(sender, call_as):
    made = sender.send("post", "webhook-endpoints/", ENDPOINT).json()
    path = f"webhook-endpoints/{made['id']}/rotate-secret/"
    first = post_text(sender, "{}", path).json()["secret"]
    post_text(call_as(sender.institution, "nominate"), "{}", path)
    assert WebhookEndpoint.objects.get().secret == first


@pytest.mark.parametrize("text", ["{bad", '{"why": "x"}', "[]"])
def test_a_secret_is_not_rotated_by_a_body_that_says_something_else(sender, text):
    made = sender.send("post", "webhook-endpoints/", ENDPOINT).json()
    path = f"webhook-endpoints/{made['id']}/rotate-secret/"
    assert post_text(sender, text, path).status_code == 400
    assert WebhookEndpoint.objects.get().secret == made["secret"]


@pytest.fixture
def broken(monkeypatch):
    """Let the answer to what was written break."""

    def breaks(*_args, **_kwargs):
        raise RuntimeError("after the write")

    return lambda view: monkeypatch.setattr(view, "answer", breaks)


def test_an_answer_that_breaks_takes_back_what_was_written(sender, wish, broken):
    sender.is_held_to_the_description = False  # no description names a crash
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NominationViewSet, "answer", lambda *_args: 1 / 0)
        assert send(sender, wish).status_code == 500
    assert not Application.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert send(sender, wish).status_code == 201


def test_a_correction_is_one_with_its_answer(sender, broken):
    person = factories.participant.make(
        registered_by=sender.institution, given_name="Suharti"
    )
    broken(ParticipantViewSet)
    sender.is_held_to_the_description = False
    answer = sender.send("patch", f"participants/{person.pk}/", {"given_name": "X"})
    assert answer.status_code == 500
    assert Participant.objects.get().given_name == "Suharti"
