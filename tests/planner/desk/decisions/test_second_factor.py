"""Approving with a second factor, where the installation asks for one."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command
from django.urls import reverse

from planner.allocation.decisions.submit import submit
from programs.models import AuditEvent
from tests import factories
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(solved, world, settings):
    settings.SECOND_FACTOR = True
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
    assert answer.headers["Location"] == reverse("mfa_activate_totp")
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


def test_returning_a_plan_needs_no_fresh_code(client, world, waiting):
    client.force_login(world.approver)
    totp.TOTP.activate(world.approver, totp.generate_totp_secret())
    form = {"return": "1", "comment": "More women, please."}
    client.post(reverse("admin:desk_run_judge", args=[waiting.pk]), form)
    waiting.refresh_from_db()
    assert waiting.state == "rejected"


def test_where_it_is_not_asked_for_nothing_changes(client, world, waiting, settings):
    settings.SECOND_FACTOR = False
    client.force_login(world.approver)
    sign(client, waiting)
    assert waiting.state == "approved"


@pytest.fixture
def asked(settings):
    settings.SECOND_FACTOR = True


@pytest.mark.parametrize("role", ["planner", "approver", "administrator"])
def test_who_signs_is_led_to_enrol_before_the_desk_opens(client, asked, role):
    client.force_login(getattr(factories, role)())
    for page in ("index", "desk_runs", "programs_participant_changelist"):
        answer = client.get(reverse(f"admin:{page}"))
        assert answer.headers["Location"] == reverse("mfa_activate_totp"), page
    answer = client.get("/api/v1/programs/")
    assert answer.status_code == 403
    assert "second factor" in answer.json()["detail"]


@pytest.mark.parametrize("role", ["coordinator", "partner", "auditor"])
def test_who_signs_nothing_is_asked_nothing(client, asked, role):
    client.force_login(getattr(factories, role)())
    assert client.get(reverse("admin:index")).status_code == 200


def test_enrolling_gives_recovery_codes_and_opens_the_desk(client, asked):
    planner = factories.planner()
    planner.set_password("long and rare 7")
    planner.save()
    form = {"login": planner.username, "password": "long and rare 7"}
    client.post(reverse("account_login"), form)
    # Whoever enrols types the password once more: an open desk is no proof.
    client.post(reverse("account_reauthenticate"), {"password": form["password"]})
    page = client.get(reverse("mfa_activate_totp"))
    answer = client.post(
        reverse("mfa_activate_totp"), {"code": code(page.context["form"].secret)}
    )
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    kinds = set(planner.authenticator_set.values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}
    assert client.get(reverse("admin:index")).status_code == 200


def test_rights_are_given_after_a_fresh_code(client, asked):
    boss = factories.administrator()
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(boss, secret)
    client.force_login(boss)
    other = factories.user.make()
    pages = [
        reverse("admin:programs_user_add"),
        reverse("admin:programs_user_change", args=[other.pk]),
        reverse("admin:api_institutionkey_add"),
        reverse("admin:auth_user_password_change", args=[other.pk]),
    ]
    for page in pages:
        for answer in (client.get(page), client.post(page)):
            location = answer.headers["Location"]
            assert location.startswith(reverse("mfa_reauthenticate")), page
    client.post(location, {"code": code(secret)})
    for page in pages:
        assert client.get(page).status_code == 200, page


def test_publishing_asks_for_the_code_as_well(client, world, waiting):
    totp.TOTP.activate(world.planner, totp.generate_totp_secret())
    client.force_login(world.planner)
    address = reverse("admin:desk_run_publish", args=[waiting.pk])
    answer = client.post(address)
    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))


def test_a_lost_factor_is_reset_in_the_trail(asked):
    planner = factories.planner()
    totp.TOTP.activate(planner, totp.generate_totp_secret())
    call_command("reset_second_factor", planner.username, reason="phone lost")
    assert not planner.authenticator_set.exists()
    entry = AuditEvent.objects.get(action="accounts.reset_second_factor")
    assert (entry.object_id, entry.data) == (str(planner.pk), {"reason": "phone lost"})
    with pytest.raises(CommandError, match="has no second factor"):
        call_command("reset_second_factor", planner.username, reason="again")
