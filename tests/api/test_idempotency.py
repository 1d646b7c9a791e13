"""A retry never acts twice, and never shows another caller's answer."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from api.models import IdempotencyRecord
from programs.models import Application
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


def test_a_key_of_another_caller_is_another_key(sender, other_sender, wish):
    first = send(sender, wish)
    answer = send(other_sender, wish)
    assert first.status_code == 201
    assert answer.status_code == 400
    assert first.json()["id"] not in answer.content.decode()


def test_a_request_being_served_is_409_with_retry_after(sender, wish):
    send(sender, wish)
    IdempotencyRecord.objects.update(status=None, answer=None)
    answer = send(sender, wish)
    assert answer.status_code == 409
    assert answer["Retry-After"] == "1"


def test_an_abandoned_request_is_taken_over(sender, wish):
    send(sender, wish)
    long_ago = timezone.now() - timedelta(minutes=11)
    IdempotencyRecord.objects.update(status=None, answer=None, created_at=long_ago)
    answer = send(sender, wish)
    assert answer.json()["type"] == "/problems/already-nominated"
    assert Application.objects.count() == 1


def test_conflicts_are_not_kept(sender, wish):
    send(sender, wish)
    assert send(sender, wish, key="k-2").status_code == 409
    assert not IdempotencyRecord.objects.filter(key="k-2").exists()


def test_refusals_are_kept(sender, wish):
    bad = {**wish, "participant": "nobody"}
    assert send(sender, bad).status_code == 400
    assert send(sender, bad)["Idempotency-Replayed"] == "true"


def test_a_key_is_forgotten_after_a_day(sender, wish):
    send(sender, wish)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert send(sender, wish).status_code == 409


@pytest.mark.parametrize("key", ["", "x" * 101])
def test_a_key_of_the_wrong_form_is_refused(sender, wish, key):
    answer = send(sender, wish, key=key)
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/idempotency-key"


def test_without_a_key_nothing_is_kept(sender, wish):
    sender.send("post", "nominations/", wish)
    assert not IdempotencyRecord.objects.exists()
