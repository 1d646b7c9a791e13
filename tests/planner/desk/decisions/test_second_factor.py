"""Approving with a second factor, where the installation asks for one."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from planner.allocation.decisions.submit import submit
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(solved, world, settings):
    settings.APPROVAL_SECOND_FACTOR = True
    submit(solved, by=world.planner, now=NOW)
    return solved


def sign(client, run):
    """Press the button of approval."""
    form = {"approve": "1", "digest": run.result_digest, "comment": ""}
    answer = client.post(reverse("admin:desk_run_judge", args=[run.pk]), form)
    run.refresh_from_db()
    return answer


def test_without_an_authenticator_nobody_approves(client, world, waiting):
    client.force_login(world.approver)
    answer = sign(client, waiting)
    assert answer.headers["Location"] == reverse("mfa_index")
    assert waiting.state == "submitted"


def code(secret):
    """Return what the authenticator shows now."""
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_the_code_is_shown_anew_before_signing(client, world, waiting):
    client.force_login(world.approver)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(world.approver, secret)
    assert Authenticator.objects.filter(user=world.approver).exists()
    answer = sign(client, waiting)
    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert waiting.state == "submitted"
    shown = client.get(answer.headers["Location"])
    assert shown.status_code == 200
    back = client.post(answer.headers["Location"], {"code": code(secret)})
    assert back.headers["Location"] == reverse(
        "admin:desk_run_judge", args=[waiting.pk]
    )
    with time_machine.travel(NOW.replace(year=NOW.year + 1), tick=False):
        client.force_login(world.approver)
        sign(client, waiting)
        assert waiting.state == "submitted"


def test_a_fresh_code_lets_the_approver_sign(client, world, waiting):
    client.force_login(world.approver)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(world.approver, secret)
    address = reverse("mfa_reauthenticate")
    assert client.post(address, {"code": "000000"}).status_code == 200
    sign(client, waiting)
    assert waiting.state == "submitted"
    client.post(address, {"code": code(secret)})
    sign(client, waiting)
    assert waiting.state == "approved"


def test_returning_a_plan_needs_no_code(client, world, waiting):
    client.force_login(world.approver)
    form = {"return": "1", "comment": "More women, please."}
    client.post(reverse("admin:desk_run_judge", args=[waiting.pk]), form)
    waiting.refresh_from_db()
    assert waiting.state == "rejected"


def test_where_it_is_not_asked_for_nothing_changes(client, world, waiting, settings):
    settings.APPROVAL_SECOND_FACTOR = False
    client.force_login(world.approver)
    sign(client, waiting)
    assert waiting.state == "approved"
