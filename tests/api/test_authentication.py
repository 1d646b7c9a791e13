"""Keys: who is let in, and who is told nothing."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from api.models import InstitutionKey
from tests import factories

from .conftest import Caller

pytestmark = pytest.mark.django_db


def test_no_key_is_401_and_says_which_scheme(anybody):
    answer = anybody.send("get", "slots/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Api-Key"
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("secret", ["nonsense", "abcdefgh.", "a.b.c", "", " "])
def test_unknown_key_is_401(secret):
    assert Caller(f"{secret}x").send("get", "slots/").status_code == 401


def test_revoked_key_stops_at_once(sender):
    assert sender.send("get", "slots/").status_code == 200
    InstitutionKey.objects.update(revoked=True)
    assert sender.send("get", "slots/").status_code == 401


def test_expired_key_is_401(sender):
    past = timezone.now() - timedelta(seconds=1)
    InstitutionKey.objects.update(expiry_date=past)
    assert sender.send("get", "slots/").status_code == 401


def test_a_right_prefix_with_a_wrong_secret_is_401(sender):
    key = InstitutionKey.objects.get()
    assert Caller(f"{key.prefix}.wrong").send("get", "slots/").status_code == 401


def test_guessing_a_key_is_stopped_and_says_for_how_long(sender):
    key = InstitutionKey.objects.get()
    for _ in range(20):
        assert Caller(f"{key.prefix}.wrong").send("get", "slots/").status_code == 401
    stopped = Caller(f"{key.prefix}.wrong").send("get", "slots/")
    assert stopped.status_code == 429
    assert int(stopped["Retry-After"]) == 60
    # Whoever guesses from the address of the key's owner does not lock the owner out.
    assert sender.send("get", "slots/").status_code == 200
    elsewhere = Caller(f"{key.prefix}.wrong")
    elsewhere.defaults["REMOTE_ADDR"] = "198.51.100.7"
    assert elsewhere.send("get", "slots/").status_code == 401


def test_keys_that_do_not_exist_stop_the_guesser_and_nobody_else(sender):
    codes = [Caller(f"p{n}.wrong").send("get", "slots/").status_code for n in range(22)]
    assert codes == [401] * 20 + [429] * 2
    assert sender.send("get", "slots/").status_code == 200


def test_the_day_of_the_last_use_is_kept(sender):
    sender.send("get", "slots/")
    assert InstitutionKey.objects.get().last_used_on == timezone.localdate()


def test_only_a_hash_of_the_key_is_kept(sender):
    row = InstitutionKey.objects.values().get()
    presented = sender.defaults["HTTP_AUTHORIZATION"].removeprefix("Api-Key ")
    secret = presented.partition(".")[2]
    assert len(secret) >= 32
    assert secret not in str(row)


def test_a_signed_in_planner_may_use_the_api_too():
    client = Caller()
    client.force_login(factories.planner())
    assert client.send("get", "allocation-runs/").status_code == 200


def test_command_prints_a_key_that_works():
    factories.institution.make(code="psdc")
    out = StringIO()
    call_command("create_key", "psdc", "--scope", "host", stdout=out)
    secret = out.getvalue().strip()
    assert Caller(secret).send("get", "slots/").status_code == 200


def test_command_names_an_unknown_institution():
    with pytest.raises(CommandError, match="nowhere"):
        call_command("create_key", "nowhere", "--scope", "host")
