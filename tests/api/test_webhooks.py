"""Webhooks: registered by their institution, signed, in order, at least once."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import time_machine
from django.db.models.functions import Now
from drf_spectacular.generators import SchemaGenerator
from hypothesis import given, strategies as st

from api import checks, tasks
from api.hooks import delivery, sending
from api.hooks.signing import new_secret, sign
from api.models import WebhookEndpoint
from planner.jobs import dispatch
from programs.event_kinds import EventKind
from programs.models import AuditEvent
from tests import factories

from .conftest import NOW

pytestmark = pytest.mark.django_db
ROUTE = "webhook-endpoints/"


@contextmanager
def partner(statuses=()):
    """A partner's server that answers so, then with 200; yields what it heard."""
    answers, heard = list(statuses), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((dict(self.headers), body))
            status = answers.pop(0) if answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"http://127.0.0.1:{port}/elsewhere")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    heard_at = f"http://127.0.0.1:{port}/hook?from=planner"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield heard_at, heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def anywhere(settings):
    settings.WEBHOOKS_ANYWHERE = True


def register(caller, url="https://partner.example/hook", **body):
    return caller.send("post", ROUTE, {"url": url, **body})


def endpoint_of(caller, url, **body):
    answer = register(caller, url, **body)
    assert answer.status_code == 201, answer.content
    return WebhookEndpoint.objects.get(pk=answer.json()["id"])


def happen(*institutions, kind="placement.offered", number=1):
    event = factories.event.make(kind=kind, object_id=str(number))
    event.institutions.add(*institutions)
    return event


def heard_numbers(heard):
    return [json.loads(body)["data"]["sequence"] for _headers, body in heard]


# Registering


def test_the_secret_is_shown_once(sender):
    answer = register(sender, kinds=["placement.offered"])
    assert answer.status_code == 201
    made = answer.json()
    assert made["secret"].startswith("whsec_")
    assert len(base64.b64decode(made["secret"][6:])) == 32
    shown = sender.send("get", f"{ROUTE}{made['id']}/").json()
    assert "secret" not in shown
    assert made["secret"] not in sender.send("get", ROUTE).content.decode()
    assert shown["kinds"] == ["placement.offered"]
    assert AuditEvent.objects.filter(action="webhooks.register").exists()


def test_the_secret_is_encrypted_at_rest(sender):
    from django.db import connection

    secret = register(sender).json()["secret"]
    with connection.cursor() as cursor:
        cursor.execute("select secret from api_webhookendpoint")
        assert secret not in str(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/hook",
        "ftp://partner.example/",
        "https://user:word@partner.example/",
        "https://@partner.example/",
        "https://partner.example/#there",
        "https://127.0.0.1/",
        "https://10.1.2.3/hook",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://printer.local/",
        "https://planner.internal/",
        "hook",
        "https://" + "a" * 600,
    ],
)
def test_addresses_that_are_never_called_are_refused(sender, url):
    answer = register(sender, url)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/url"


@pytest.mark.parametrize("method", ["post", "patch"])
def test_a_kind_nobody_sends_is_refused_where_it_stands(sender, method):
    made = register(sender, "https://partner.example/first").json()
    tag = sender.send("get", f"{ROUTE}{made['id']}/").headers["ETag"]
    path = ROUTE if method == "post" else f"{ROUTE}{made['id']}/"
    body = {
        "url": "https://partner.example/hook",
        "kinds": ["placement.offered", "placement.oferred"],
    }
    answer = sender.send(method, path, body, If_Match=tag)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/kinds/1"
    assert "placement.oferred" in error["detail"]
    assert WebhookEndpoint.objects.filter(kinds=[]).count() == 1


def test_events_are_asked_for_by_a_kind_that_exists(sender):
    assert sender.send("get", "events/?kind=slot.open").status_code == 200
    answer = sender.send("get", "events/?kind=slot.opened")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/kind"


def test_the_schema_lists_the_kinds():
    kinds = SchemaGenerator().get_schema(public=True)["components"]["schemas"]
    assert kinds["EventKind"]["enum"] == EventKind.values
    wanted = kinds["WriteEndpointRequest"]["properties"]["kinds"]["items"]
    assert wanted == {"$ref": "#/components/schemas/EventKind"}


def test_an_old_subscription_to_nothing_is_named_by_a_check(sender):
    made = register(sender).json()
    find = checks.endpoints_wait_for_kinds_that_exist
    assert find(None, databases=["default"]) == []
    rows = WebhookEndpoint.objects.filter(pk=made["id"])
    rows.update(kinds=["slot.open", "slot.opened"])
    (warning,) = find(None, databases=["default"])
    assert warning.id == "api.W001"
    assert made["id"] in warning.msg
    assert "slot.opened" in warning.msg
    assert find(None, databases=None) == []


def test_an_address_is_registered_once_and_few_in_all(sender):
    assert register(sender).status_code == 201
    twice = register(sender)
    assert (twice.status_code, twice.json()["type"]) == (
        409,
        "/problems/endpoint-exists",
    )
    for number in range(4):
        register(sender, f"https://partner.example/{number}")
    sixth = register(sender, "https://partner.example/6")
    assert sixth.json()["type"] == "/problems/too-many-endpoints"


def test_endpoints_are_changed_rotated_and_removed(sender):
    made = register(sender).json()
    path = f"{ROUTE}{made['id']}/"
    tag = sender.send("get", path).headers["ETag"]
    changed = sender.send("patch", path, {"is_active": False}, If_Match=tag)
    assert changed.json()["is_active"] is False
    late = sender.send("patch", path, {"is_active": True}, If_Match=tag)
    assert late.status_code == 412
    rotated = sender.send("post", f"{path}rotate-secret/").json()
    assert rotated["secret"] not in {made["secret"], None}
    assert sender.send("delete", path).status_code == 204
    assert sender.send("get", path).status_code == 404


def test_who_has_no_scope_registers_nothing(client):
    client.force_login(factories.auditor())
    answer = client.post("/api/v1/" + ROUTE, {}, content_type="application/json")
    assert answer.status_code == 403


# Signing


def test_the_signature_is_the_one_of_the_published_scheme():
    """The example of the Standard Webhooks specification."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    told = sign(
        secret,
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp="1614265330",
        body=body,
    )
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(body=st.binary(max_size=200), other=st.binary(max_size=200))
def test_another_body_has_another_signature(body, other):
    secret = new_secret()
    first = sign(secret, message_id="evt_1", timestamp="1", body=body)
    second = sign(secret, message_id="evt_1", timestamp="1", body=other)
    assert (first == second) == (body == other)


# Delivering


def test_events_arrive_signed_and_in_order(sender, anywhere):
    with partner() as (url, heard):
        endpoint = endpoint_of(sender, url)
        events = [happen(sender.institution, number=n) for n in range(3)]
        happen(factories.institution.make())
        assert delivery.deliver(endpoint.pk) == 3
        assert heard_numbers(heard) == [event.pk for event in events]
        headers, body = heard[0]
        told = json.loads(body)
        assert told["type"] == "placement.offered"
        assert set(told["data"]) == {"sequence", "object_type", "object_id"}
        key = base64.b64decode(endpoint.secret.removeprefix("whsec_"))
        stamp = headers["webhook-timestamp"]
        signed = f"{headers['webhook-id']}.{stamp}.".encode() + body
        right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        assert headers["webhook-signature"] == f"v1,{right.decode()}"
        assert delivery.deliver(endpoint.pk) is None
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.last_answer) == (0, "HTTP 200")


def test_only_what_happens_after_the_registration_is_sent(sender, anywhere):
    happen(sender.institution)
    with partner() as (url, heard):
        endpoint = endpoint_of(sender, url)
        assert delivery.deliver(endpoint.pk) is None
        assert heard == []


def test_only_the_wanted_kinds_are_sent(sender, anywhere):
    with partner() as (url, heard):
        endpoint = endpoint_of(sender, url, kinds=["placement.accepted"])
        happen(sender.institution)
        wanted = happen(sender.institution, kind="placement.accepted")
        happen(sender.institution)
        assert delivery.deliver(endpoint.pk) == 1
        assert heard_numbers(heard) == [wanted.pk]
        # What nobody wants does not keep the endpoint busy.
        assert not delivery.due().exists()


def again(endpoint):
    """Let the time to the next try pass."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        next_try_at=Now() - timedelta(seconds=1)
    )


@pytest.mark.parametrize("status", [500, 404, 302, 304])
def test_a_failure_is_tried_again_and_nothing_is_missed(sender, anywhere, status):
    with partner([200, status]) as (url, heard):
        endpoint = endpoint_of(sender, url)
        first, second = happen(sender.institution), happen(sender.institution)
        assert delivery.deliver(endpoint.pk) == 1
        endpoint.refresh_from_db()
        assert endpoint.failures == 1
        assert delivery.deliver(endpoint.pk) is None
        again(endpoint)
        assert delivery.deliver(endpoint.pk) == 1
        assert heard_numbers(heard) == [first.pk, second.pk, second.pk]


def test_a_partner_that_is_gone_is_left_alone(sender, anywhere):
    with partner([410]) as (url, heard):
        endpoint = endpoint_of(sender, url)
        happen(sender.institution)
        delivery.deliver(endpoint.pk)
        endpoint.refresh_from_db()
        assert not endpoint.is_active
        again(endpoint)
        assert delivery.deliver(endpoint.pk) is None
        assert AuditEvent.objects.filter(action="webhooks.give_up").exists()
        # Waking it sends what it has missed.
        sender.send("patch", f"{ROUTE}{endpoint.pk}/", {"is_active": True})
        assert delivery.deliver(endpoint.pk) == 1
        assert len(heard) == 2


def test_days_of_failure_end_in_silence(sender, anywhere):
    endpoint = endpoint_of(sender, "http://127.0.0.1:9/")
    happen(sender.institution)
    assert delivery.deliver(endpoint.pk) == 0
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.failures) == (True, 1)
    again(endpoint)
    with time_machine.travel(NOW + timedelta(days=6), tick=False):
        delivery.deliver(endpoint.pk)
    endpoint.refresh_from_db()
    assert not endpoint.is_active


def test_two_workers_do_not_send_at_the_same_time(sender, anywhere):
    with partner() as (url, heard):
        endpoint = endpoint_of(sender, url)
        happen(sender.institution)
        WebhookEndpoint.objects.update(lease_until=Now() + timedelta(seconds=30))
        assert delivery.deliver(endpoint.pk) is None
        WebhookEndpoint.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert delivery.deliver(endpoint.pk) == 1
        assert len(heard) == 1


def test_the_dispatcher_rings_once_for_who_waits(sender, monkeypatch):
    rung = []
    monkeypatch.setattr(dispatch, "ring", lambda kind, pk: not rung.append((kind, pk)))
    endpoint = endpoint_of(sender, "https://partner.example/hook")
    assert tasks.ring_due() == 0
    happen(sender.institution)
    assert tasks.ring_due() == 1
    assert tasks.ring_due() == 0
    assert rung == [(tasks.HOOKS, endpoint.pk)]


# Where it does not go


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1"]
)
def test_inner_networks_are_not_called(monkeypatch, address):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *a, **k: found)
    with pytest.raises(sending.Unreachable, match="inner network"):
        sending.post("https://partner.example/", body=b"", headers={})


def test_one_inner_address_among_public_ones_is_enough(monkeypatch):
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        for address in ("93.184.216.34", "192.168.1.1")
    ]
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *a, **k: found)
    with pytest.raises(sending.Unreachable, match="inner network"):
        sending.post("https://partner.example/", body=b"", headers={})


def test_plain_http_is_not_called():
    with pytest.raises(sending.Unreachable, match="https"):
        sending.post("http://partner.example/", body=b"", headers={})


@pytest.mark.parametrize("url", ["https://[::1/", "https://a:99999/", "https:///x"])
def test_nonsense_is_unreachable_and_no_crash(url, anywhere):
    with pytest.raises(sending.Unreachable):
        sending.post(url, body=b"", headers={})


# On the desk


def test_administrators_see_how_deliveries_go_and_no_secret(client, sender):
    endpoint = endpoint_of(sender, "https://partner.example/hook")
    happen(sender.institution)
    happen(sender.institution)
    client.force_login(factories.administrator())
    shown = client.get("/desk/api/webhookendpoint/").content.decode()
    assert "https://partner.example/hook" in shown
    page = client.get(f"/desk/api/webhookendpoint/{endpoint.pk}/change/")
    assert page.status_code == 200
    assert endpoint.secret not in page.content.decode() + shown
    file = client.get("/desk/api/webhookendpoint/download.csv").content.decode()
    assert ',"2",' in file
    client.force_login(factories.planner())
    assert client.get("/desk/api/webhookendpoint/").status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "224.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
        "fec0::1",
        "fe80::1%eth0",
    ],
)
def test_addresses_that_lead_inside_are_not_public(address):
    assert not sending.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "2002:808:808::"])
def test_addresses_of_the_open_internet_are_public(address):
    assert sending.is_public(address)
