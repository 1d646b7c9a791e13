"""Webhooks tried before they are needed: ping, the log, and sending again."""

import json
from datetime import timedelta

import pytest

from api.hooks import delivery, endpoints, log
from api.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from programs import clock
from programs.models import AuditEvent

from .test_webhooks import (  # noqa: F401 -- a fixture
    ROUTE,
    anywhere,
    endpoint_of,
    happen,
    heard_numbers,
    partner,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("anywhere")]
LOG = "webhook-deliveries/"


@pytest.fixture(autouse=True)
def rung(monkeypatch, django_capture_on_commit_callbacks):
    """Nobody listens here: note who would be rung for."""
    heard = []
    monkeypatch.setattr(endpoints, "ring", lambda kind, pk: heard.append(pk))
    return heard


def logged(caller, query=""):
    return caller.send("get", f"{LOG}{query}").json()["results"]


def test_a_ping_is_sent_signed_and_its_end_is_read(
    sender, rung, django_capture_on_commit_callbacks
):
    with partner() as (url, heard):
        hook = endpoint_of(sender, url)
        with django_capture_on_commit_callbacks(execute=True):
            answer = sender.send("post", f"{ROUTE}{hook.pk}/ping/")
        assert answer.status_code == 202
        assert answer.json()["state"] == "waiting"
        assert rung == [hook.pk]
        assert delivery.deliver(hook.pk) == 1
    [(headers, body)] = heard
    assert json.loads(body)["type"] == "ping"
    assert json.loads(body)["data"] == {"endpoint": str(hook.pk)}
    assert headers["webhook-signature"].startswith("v1,")
    told = sender.get(answer["Location"]).json()
    assert told["webhook_id"] == headers["webhook-id"]
    assert (told["kind"], told["sequence"]) == ("ping", None)
    assert (told["state"], told["attempts"]) == ("delivered", 1)
    assert (told["response_code"], told["error"]) == (200, "")
    assert hook.secret not in json.dumps(told)
    assert AuditEvent.objects.filter(action="webhooks.ping").count() == 1


def test_a_ping_reaches_a_paused_endpoint_and_is_tried_once(sender):
    with partner([500]) as (url, heard):
        hook = endpoint_of(sender, url)
        sender.send("patch", f"{ROUTE}{hook.pk}/", {"is_active": False})
        sender.send("post", f"{ROUTE}{hook.pk}/ping/")
        assert delivery.deliver(hook.pk) == 0
        assert delivery.deliver(hook.pk) is None
        assert len(heard) == 1
    [told] = logged(sender)
    assert (told["state"], told["response_code"]) == ("failed", 500)
    assert told["error"] == "HTTP 500"
    assert told["next_attempt_at"] is None
    hook.refresh_from_db()
    assert hook.failures == 0


def test_each_attempt_at_an_event_is_counted_in_its_row(sender):
    with partner([503]) as (url, _heard):
        hook = endpoint_of(sender, url)
        event = happen(sender.institution)
        delivery.deliver(hook.pk)
        [failed] = logged(sender)
        assert failed["state"] == "retrying"
        assert failed["next_attempt_at"]
        assert failed["sequence"] == event.sequence
        WebhookEndpoint.objects.update(next_try_at=None)
        delivery.deliver(hook.pk)
    [told] = logged(sender)
    assert (told["state"], told["attempts"]) == ("delivered", 2)
    assert told["id"] == failed["id"]
    assert told["next_attempt_at"] is None


def test_an_address_that_does_not_answer_is_told_without_a_code(sender):
    with partner() as (url, _heard):
        pass
    hook = endpoint_of(sender, url)
    happen(sender.institution)
    delivery.deliver(hook.pk)
    [told] = logged(sender)
    assert told["response_code"] is None
    assert told["error"]


def test_a_message_that_ended_the_endpoint_is_failed(sender):
    with partner([410]) as (url, _heard):
        hook = endpoint_of(sender, url)
        happen(sender.institution)
        delivery.deliver(hook.pk)
    assert [row["state"] for row in logged(sender)] == ["failed"]


def test_a_message_is_sent_once_more_under_the_same_id(sender):
    with partner() as (url, heard):
        hook = endpoint_of(sender, url)
        first, second = happen(sender.institution), happen(sender.institution)
        delivery.deliver(hook.pk)
        row = WebhookDelivery.objects.get(event=first)
        again = sender.send("post", f"{LOG}{row.pk}/replay/")
        assert again.status_code == 202
        assert delivery.deliver(hook.pk) == 1
        numbers = heard_numbers(heard)
        assert numbers == [first.sequence, second.sequence, first.sequence]
        assert heard[0][0]["webhook-id"] == heard[2][0]["webhook-id"]
    row.refresh_from_db()
    assert (row.state, row.attempts) == (DeliveryState.DELIVERED, 2)
    assert AuditEvent.objects.filter(action="webhooks.replay").count() == 1


def test_every_event_after_a_number_is_sent_again_in_order(sender):
    with partner() as (url, heard):
        hook = endpoint_of(sender, url)
        events = [happen(sender.institution) for _ in range(3)]
        delivery.deliver(hook.pk)
        after = {"after": events[0].sequence}
        answer = sender.send("post", f"{ROUTE}{hook.pk}/replay/", after)
        assert answer.json()["delivered_to"] == events[0].sequence
        assert delivery.deliver(hook.pk) == 2
    numbers = [event.sequence for event in events]
    assert heard_numbers(heard) == numbers + numbers[1:]
    assert len(logged(sender)) == 3


@pytest.mark.parametrize("after", [10**6, -1, "x", None, 2**63])
def test_what_was_not_sent_yet_is_not_sent_again(sender, after):
    hook = endpoint_of(sender, "http://127.0.0.1:9/hook")
    answer = sender.send("post", f"{ROUTE}{hook.pk}/replay/", {"after": after})
    assert answer.status_code in (400, 409)
    assert answer.json()["errors"][0]["pointer"] == "/after"


@pytest.mark.parametrize("body", ["{bad", '{"more": 1}', "[]"])
@pytest.mark.parametrize("step", ["ping", "replay"])
def test_a_broken_body_sends_nothing(sender, step, body):
    hook = endpoint_of(sender, "http://127.0.0.1:9/hook")
    answer = sender.post(
        f"/api/v1/{ROUTE}{hook.pk}/{step}/", data=body, content_type="application/json"
    )
    assert answer.status_code == 400
    assert not WebhookDelivery.objects.exists()


def test_only_so_many_wait_at_a_time(sender):
    hook = endpoint_of(sender, "http://127.0.0.1:9/hook")
    path = f"{ROUTE}{hook.pk}/ping/"
    codes = [sender.send("post", path).status_code for _ in range(21)]
    assert codes == [202] * 20 + [409]


def test_the_log_is_found_by_endpoint_and_state_and_read_the_newest_first(sender):
    one = endpoint_of(sender, "http://127.0.0.1:9/one")
    two = endpoint_of(sender, "http://127.0.0.1:9/two")
    for hook in (one, two, two):
        sender.send("post", f"{ROUTE}{hook.pk}/ping/")
    assert len(logged(sender, f"?endpoint={two.pk}&state=waiting&kind=ping")) == 2
    newest = logged(sender, "?ordering=-created_at&page_size=1")
    assert len(newest) == 1


def test_the_log_is_kept_for_a_month(sender):
    hook = endpoint_of(sender, "http://127.0.0.1:9/hook")
    sender.send("post", f"{ROUTE}{hook.pk}/ping/")
    assert log.purge(now=clock.now() + timedelta(days=29)) == 0
    assert log.purge(now=clock.now() + timedelta(days=31)) == 1


def test_an_endpoint_that_is_removed_takes_its_log_along(sender):
    hook = endpoint_of(sender, "http://127.0.0.1:9/hook")
    sender.send("post", f"{ROUTE}{hook.pk}/ping/")
    assert sender.send("delete", f"{ROUTE}{hook.pk}/").status_code == 204
    assert not WebhookDelivery.objects.exists()
