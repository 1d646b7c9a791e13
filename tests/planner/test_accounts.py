"""Who may sign in, and how guessing is slowed."""

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner import checks
from programs.demo import logins
from programs.domain import invariants
from programs.models import AuditEvent, User
from tests import factories

pytestmark = pytest.mark.django_db
WORD = "long and rare 7"
STRANGER = "203.0.113.50"
OFFICE = "198.51.100.7"


@pytest.fixture(autouse=True)
def _no_attempts_before():
    cache.clear()


@pytest.fixture
def approver():
    user = factories.approver()
    User.objects.filter(pk=user.pk).update(password=make_password(WORD))
    return user


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    for code in {institution for _name, _role, institution in logins.logins()}:
        factories.institution.make(code=code)
    logins.create(password=WORD)
    return User.objects.get(username="administrator")


def sign_in(name, word, *, address, browser=None):
    """Try to sign in; return whether the desk opened."""
    browser = browser or Client()
    form = {"login": name, "password": word}
    browser.post(reverse("account_login"), form, REMOTE_ADDR=address)
    return "_auth_user_id" in browser.session


def test_a_stranger_locks_nobody_out(approver):
    for _ in range(12):
        assert not sign_in(approver.username, "wrong", address=STRANGER)
    assert sign_in(approver.username, WORD, address=OFFICE)


def test_guessing_from_one_address_is_stopped(approver):
    for _ in range(5):
        sign_in(approver.username, "wrong", address=STRANGER)
    assert not sign_in(approver.username, WORD, address=STRANGER)


def test_guessing_many_accounts_from_one_address_is_stopped(approver):
    for number in range(30):
        sign_in(f"nobody-{number}", "wrong", address=STRANGER)
    assert not sign_in(approver.username, WORD, address=STRANGER)
    assert sign_in(approver.username, WORD, address=OFFICE)


def test_guessing_from_many_addresses_is_stopped_but_not_in_a_known_browser(approver):
    own = Client()
    assert sign_in(approver.username, WORD, address=OFFICE, browser=own)
    own.post(reverse("account_logout"))
    for number in range(100):
        sign_in(approver.username, "wrong", address=f"192.0.2.{number}")
    assert not sign_in(approver.username, WORD, address="192.0.2.200")
    assert sign_in(approver.username, WORD, address=OFFICE, browser=own)


def test_a_known_browser_of_one_account_is_unknown_to_another(approver):
    own = Client()
    assert sign_in(approver.username, WORD, address=OFFICE, browser=own)
    own.post(reverse("account_logout"))
    other = factories.planner()
    User.objects.filter(pk=other.pk).update(password=make_password(WORD))
    for number in range(100):
        sign_in(other.username, "wrong", address=f"192.0.2.{number}")
    assert not sign_in(other.username, WORD, address=OFFICE, browser=own)


def test_demo_accounts_open_where_demo_is_on(demo):
    assert sign_in("administrator", WORD, address=OFFICE)


def test_demo_accounts_stay_shut_where_demo_is_off(demo, settings):
    own = Client()
    sign_in("administrator", WORD, address=OFFICE, browser=own)
    assert own.get(reverse("admin:index")).status_code == 200
    settings.DEMO = False
    # A session that was opened before ends too.
    assert own.get(reverse("admin:index")).status_code == 302
    for name, _role, _institution in logins.logins():
        assert not sign_in(name, WORD, address=OFFICE)


def test_open_demo_accounts_are_noticed_everywhere(demo, settings, client):
    settings.DEMO, settings.HTTPS = False, True
    [error] = checks.demo_accounts_are_closed(None)
    assert "administrator" in error.msg
    assert client.get(reverse("health-ready")).status_code == 503
    broken = {breach.promise for breach in invariants.check(now=timezone.now())}
    assert broken == {"demo_accounts_are_closed"}
    call_command("close_demo")
    assert checks.demo_accounts_are_closed(None) == []
    assert client.get(reverse("health-ready")).status_code == 200
    assert invariants.check(now=timezone.now()) == []
    closed = AuditEvent.objects.filter(action="accounts.close")
    assert closed.count() == len(logins.logins())
    settings.DEMO = True
    assert not sign_in("administrator", WORD, address=OFFICE)


def test_where_demo_is_on_nothing_is_said(demo):
    assert checks.demo_accounts_are_closed(None) == []
    assert invariants.check(now=timezone.now()) == []


def test_a_deployment_is_reminded_of_the_second_factor(settings):
    settings.HTTPS, settings.SECOND_FACTOR = True, False
    [warning] = checks.signers_show_a_second_factor(None)
    assert warning.id == "planner.W002"
