"""Who am I: the first thing a partner's programmer asks."""

from datetime import UTC, datetime

import pytest

from api.models import InstitutionKey
from tests import factories

from .conftest import Caller

pytestmark = pytest.mark.django_db


def test_a_key_is_told_whose_it_is_what_for_and_until_when(sender):
    until = datetime(2027, 5, 1, tzinfo=UTC)
    InstitutionKey.objects.update(expiry_date=until)
    told = sender.send("get", "me/").json()
    institution = sender.institution
    assert told["institution"]["id"] == str(institution.pk)
    assert told["institution"]["code"] == institution.code
    assert told["scopes"] == ["nominate"]
    assert told["key"] == InstitutionKey.objects.get().prefix
    assert datetime.fromisoformat(told["expires_at"]) == until


def test_it_says_what_is_left_of_each_limit(host):
    first = host.send("get", "me/").json()["limits"]
    assert {one["name"] for one in first} == {"read", "write"}
    host.send("post", "slots/", {})
    then = {
        one["name"]: one["left"] for one in host.send("get", "me/").json()["limits"]
    }
    before = {one["name"]: one["left"] for one in first}
    assert then["read"] == before["read"] - 2
    assert then["write"] == before["write"] - 1


def test_the_secret_of_the_key_is_not_told(sender):
    secret = sender.defaults["HTTP_AUTHORIZATION"].partition(".")[2]
    assert secret not in sender.send("get", "me/").content.decode()


def test_somebody_at_the_desk_has_no_key():
    caller, institution = Caller(), factories.host.make()
    caller.force_login(factories.partner(of=institution))
    told = caller.send("get", "me/").json()
    assert told["institution"]["id"] == str(institution.pk)
    assert told["key"] is None
    assert told["scopes"] == []


def test_whoever_works_for_nobody_has_no_institution():
    caller = Caller()
    caller.force_login(factories.user.make())
    assert caller.send("get", "me/").status_code in (200, 403)
