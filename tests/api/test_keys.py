"""Keys on the desk: who makes them, who sees them, and for how long."""

import re

import pytest
from django.urls import reverse

from api.models import InstitutionKey
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
