"""Keys: who makes them, who sees them, for how long, and from where they open."""

import re
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.urls import reverse
from rest_framework.settings import api_settings

from api import keys
from api.models import IdempotencyRecord, InstitutionKey
from programs import clock
from programs.models import AuditEvent
from tests import factories

from .conftest import Caller

pytestmark = pytest.mark.django_db
ADD = "admin:api_institutionkey_add"
LIST = "admin:api_institutionkey_changelist"


@pytest.fixture
def desk(client):
    """The desk, seen by an administrator."""
    client.force_login(factories.administrator())
    return client


def make(desk, institution):
    page = desk.post(
        reverse(ADD),
        {"institution": institution.pk, "name": "SIAK", "scopes": ["host"]},
        follow=True,
    )
    return re.search(r"not shown again: (\S+\.\w+)", page.content.decode())


def test_a_new_key_is_shown_once_and_works(desk):
    institution = factories.host.make()
    secret = make(desk, institution).group(1)
    answer = Caller(secret).send("get", "slots/")
    assert answer.status_code == 200
    assert secret not in desk.get(reverse(LIST)).content.decode()
    entry = AuditEvent.objects.get(action="api_keys.issue")
    assert secret not in str(entry.data)


def test_a_revoked_key_is_useless_at_once(desk):
    secret = make(desk, factories.host.make()).group(1)
    key = InstitutionKey.objects.get()
    data = {"action": "revoke", "_selected_action": [key.pk]}
    desk.post(reverse(LIST), data)
    assert Caller(secret).send("get", "slots/").status_code == 401
    assert AuditEvent.objects.filter(action="api_keys.revoke").count() == 1


@pytest.mark.parametrize("role", ["planner", "coordinator", "auditor", "partner"])
def test_nobody_else_sees_keys(client, role):
    client.force_login(getattr(factories, role)())
    assert client.get(reverse(LIST)).status_code in (302, 403)
    assert client.get(reverse(ADD)).status_code in (302, 403)


def test_a_key_is_never_edited(desk):
    make(desk, factories.host.make())
    key = InstitutionKey.objects.get()
    path = reverse("admin:api_institutionkey_change", args=[key.pk])
    desk.post(path, {"name": "renamed"})
    key.refresh_from_db()
    assert key.name == "SIAK"


def test_the_desk_takes_networks_as_people_write_them(desk):
    institution = factories.host.make()
    data = {"institution": institution.pk, "name": "SIAK", "scopes": ["host"]}
    wrong = desk.post(reverse(ADD), data | {"allowed_networks": "203.0.113.9/24"})
    assert "203.0.113.9/24" in wrong.content.decode()
    assert not InstitutionKey.objects.exists()
    data["allowed_networks"] = "203.0.113.0/24,\n2001:db8::/32"
    desk.post(reverse(ADD), data)
    key = InstitutionKey.objects.get()
    assert key.allowed_networks == ["2001:db8::/32", "203.0.113.0/24"]


def test_the_desk_replaces_a_key(desk):
    old = make(desk, factories.host.make()).group(1)
    key = InstitutionKey.objects.get()
    data = {"action": "rotate", "_selected_action": [key.pk]}
    page = desk.post(reverse(LIST), data, follow=True).content.decode()
    new = re.search(r"not shown again: (\S+\.\w+)", page).group(1)
    assert new != old
    for secret in (old, new):
        assert Caller(secret).send("get", "slots/").status_code == 200
    again = desk.post(reverse(LIST), data, follow=True).content.decode()
    assert "replaced or withdrawn already" in again


# --- By their owner, through the API -------------------------------------------------


def prefix_of(caller):
    secret = caller.defaults["HTTP_AUTHORIZATION"].removeprefix("Api-Key ")
    return secret.partition(".")[0]


def test_an_owner_makes_a_key_that_is_shown_once(sender):
    answer = sender.send(
        "post", "keys/", {"name": "backup", "scopes": ["nominate"]}, Idempotency_Key="k"
    )
    assert answer.status_code == 201
    made = answer.json()
    assert Caller(made["secret"]).send("get", "me/").json()["name"] == "backup"
    read = sender.send("get", f"keys/{made['key']}/")
    assert answer["Location"].endswith(f"/keys/{made['key']}/")
    secret, key = made["secret"].partition(".")[2], InstitutionKey.objects
    hashed = key.get(prefix=made["key"]).hashed_key
    for text in (read.content.decode(), sender.send("get", "keys/").content.decode()):
        assert secret not in text
        assert hashed not in text
    again = sender.send(
        "post", "keys/", {"name": "backup", "scopes": ["nominate"]}, Idempotency_Key="k"
    )
    assert again.json()["secret"] is None
    assert again["Idempotency-Omitted"] == "secret"
    assert key.count() == 2
    kept = "".join(str(row) for row in IdempotencyRecord.objects.values())
    trail = "".join(str(row) for row in AuditEvent.objects.values())
    assert secret not in kept + trail
    assert secret not in IdempotencyRecord.objects.get().answer


def test_a_page_of_keys_has_no_hash_in_its_cursor(sender):
    for _ in range(2):
        sender.send("post", "keys/", {"name": "more", "scopes": ["nominate"]})
    page = sender.send("get", "keys/?page_size=1").json()
    seen = [page["results"][0]["key"]]
    while page["next"]:
        page = sender.get(page["next"]).json()
        seen.append(page["results"][0]["key"])
    assert seen == sorted(InstitutionKey.objects.values_list("prefix", flat=True))


def test_the_keys_of_others_do_not_exist(sender, other_sender):
    theirs = prefix_of(other_sender)
    listed = sender.send("get", "keys/").json()["results"]
    assert [row["key"] for row in listed] == [prefix_of(sender)]
    for method, path in (
        ("get", f"keys/{theirs}/"),
        ("delete", f"keys/{theirs}/"),
        ("post", f"keys/{theirs}/rotate/"),
    ):
        assert sender.send(method, path).status_code == 404
    assert other_sender.send("get", "me/").status_code == 200


def test_two_keys_open_while_one_replaces_the_other(sender):
    old = prefix_of(sender)
    before = InstitutionKey.objects.get()
    made = sender.send("post", f"keys/{old}/rotate/", {"overlap_hours": 2}).json()
    assert made["scopes"] == before.scopes
    new = Caller(made["secret"])
    assert sender.send("get", "me/").status_code == 200
    assert new.send("get", "me/").status_code == 200
    told = new.send("get", f"keys/{old}/").json()
    assert told["rotated_at"]
    now = clock.now()
    with time_machine.travel(now + timedelta(hours=2, seconds=1)):
        assert sender.send("get", "me/").status_code == 401
        assert new.send("get", "me/").status_code == 200
    again = new.send("post", f"keys/{old}/rotate/")
    assert again.status_code == 409
    assert InstitutionKey.objects.count() == 2
    assert AuditEvent.objects.filter(action="api_keys.rotate").count() == 1


def test_a_rotated_key_opens_as_long_as_the_old_one_did(sender):
    now = clock.now()
    InstitutionKey.objects.update(created=now, expiry_date=now + timedelta(days=30))
    made = sender.send("post", f"keys/{prefix_of(sender)}/rotate/").json()
    key = InstitutionKey.objects.get(prefix=made["key"])
    assert key.expiry_date == now + timedelta(days=30)
    old = InstitutionKey.objects.get(prefix=prefix_of(sender))
    assert old.expiry_date == now + keys.OVERLAP


def test_without_an_overlap_the_old_key_ends_at_once(sender):
    path = f"keys/{prefix_of(sender)}/rotate/"
    assert sender.send("post", path, {"overlap_hours": 0}).status_code == 201
    assert sender.send("get", "me/").status_code == 401


@pytest.mark.parametrize("body", ["{bad", "[]", '{"overlap": 2}', '"x"', "null"])
def test_a_rotation_with_a_broken_body_does_nothing(sender, body):
    answer = sender.post(
        f"/api/v1/keys/{prefix_of(sender)}/rotate/",
        data=body,
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert InstitutionKey.objects.get().rotated_at is None


def test_a_key_makes_none_that_may_do_more(call_as):
    institution = factories.host.make()
    small, large = call_as(institution, "host"), call_as(institution, "host", "plan")
    body = {"name": "more", "scopes": ["host", "plan"]}
    refused = small.send("post", "keys/", body)
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["pointer"] == "/scopes"
    path = f"keys/{prefix_of(large)}/"
    assert small.send("post", f"{path}rotate/").status_code == 403
    assert small.send("delete", path).status_code == 403
    assert small.send("get", path).status_code == 200
    assert large.send("post", "keys/", body).status_code == 201
    assert large.send("delete", f"keys/{prefix_of(small)}/").status_code == 204
    assert small.send("get", "me/").status_code == 401


def test_a_key_of_one_network_makes_none_for_another(sender):
    InstitutionKey.objects.update(allowed_networks=["127.0.0.0/8"])
    body = {"name": "more", "scopes": ["nominate"]}
    for networks in ([], ["0.0.0.0/0"], ["10.0.0.0/8"], ["::/0"]):
        answer = sender.send("post", "keys/", body | {"allowed_networks": networks})
        assert answer.status_code == 403, networks
    assert sender.send("post", "keys/", body).json()["allowed_networks"] == [
        "127.0.0.0/8"
    ]
    smaller = {"allowed_networks": ["127.0.0.1"]}
    made = sender.send("post", "keys/", body | smaller).json()
    assert made["allowed_networks"] == ["127.0.0.1/32"]


def test_a_key_opens_from_its_networks_only(sender):
    InstitutionKey.objects.update(allowed_networks=["203.0.113.0/24", "2001:db8::/32"])
    for address, status in (
        ("203.0.113.9", 200),
        ("::ffff:203.0.113.9", 200),
        ("2001:db8::7", 200),
        ("203.0.114.9", 403),
        ("2001:db9::7", 403),
        ("nonsense", 403),
    ):
        sender.defaults["REMOTE_ADDR"] = address
        answer = sender.send("get", "me/")
        assert answer.status_code == status, address
    assert answer.json()["type"] == "/problems/network-not-allowed"


def test_what_a_caller_says_of_its_address_is_believed_of_proxies_only(sender):
    InstitutionKey.objects.update(allowed_networks=["203.0.113.0/24"])
    sender.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9"
    assert sender.send("get", "me/").status_code == 403
    with mock.patch.object(api_settings, "NUM_PROXIES", 1):
        assert sender.send("get", "me/").status_code == 200
        sender.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9, 198.51.100.1"
        assert sender.send("get", "me/").status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("allowed_networks", ["203.0.113.9/24"]),
        ("allowed_networks", ["10.0.0.0/8", "nonsense"]),
        ("allowed_networks", ["fe80::1%eth0/64"]),
        ("allowed_networks", ["10.0.0.0/8"] * 21),
        ("allowed_networks", [7]),
        ("scopes", []),
        ("scopes", ["everything"]),
        ("name", ""),
        ("expires_at", "2026-01-01T00:00:00Z"),
        ("expires_at", "2029-01-01T00:00:00Z"),
        ("expires_at", None),
        ("prefix", "abc"),
    ],
)
def test_what_makes_no_key_is_refused_where_it_stands(sender, field, value):
    body = {"name": "more", "scopes": ["nominate"]} | {field: value}
    answer = sender.send("post", "keys/", body)
    assert answer.status_code in (400, 422)
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{field}")
    assert InstitutionKey.objects.count() == 1


def test_an_institution_has_only_so_many_keys(sender):
    body = {"name": "more", "scopes": ["nominate"]}
    made = [sender.send("post", "keys/", body).status_code for _ in range(keys.MOST)]
    assert made == [201] * (keys.MOST - 1) + [409]


def test_somebody_at_the_desk_asks_an_administrator():
    caller = Caller()
    caller.force_login(factories.partner())
    assert caller.send("get", "keys/").status_code == 403
    made = caller.send("post", "keys/", {"name": "x", "scopes": ["host"]})
    assert made.status_code == 403
    assert not InstitutionKey.objects.exists()


def test_no_log_line_holds_a_secret(sender, capfd, caplog):
    made = sender.send("post", "keys/", {"name": "more", "scopes": ["nominate"]})
    rotated = sender.send("post", f"keys/{made.json()['key']}/rotate/")
    written = "".join(capfd.readouterr()) + caplog.text
    for answer in (made, rotated):
        assert answer.status_code == 201
        assert answer.json()["secret"].partition(".")[2] not in written
