"""Secrets of the second factor are never readable in the database."""

import importlib

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from planner import second_factor
from programs.models.encrypted import WrongKey
from tests import factories

pytestmark = pytest.mark.django_db
migration = importlib.import_module("planner.migrations.0007_sealed_second_factors")


def code(secret):
    """Return what an authenticator with this secret shows now."""
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def lying_there():
    """Return the column as it lies in the database, of all rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator ORDER BY id")
        return " ".join(str(data) for (data,) in cursor.fetchall())


@pytest.fixture
def old_rows():
    """Write two authenticators as the version before did: in the clear."""
    user, secret, seed = factories.approver(), totp.generate_totp_secret(), "ab" * 40
    Authenticator.objects.create(user=user, type="totp", data={"secret": secret})
    Authenticator.objects.create(
        user=user, type="recovery_codes", data={"seed": seed, "used_mask": 5}
    )
    other = factories.planner()
    Authenticator.objects.create(
        user=other, type="recovery_codes", data={"migrated_codes": ["11", "22"]}
    )
    return secret, seed


def rows():
    """Return the authenticators, oldest first."""
    return list(Authenticator.objects.order_by("pk"))


def test_what_is_stored_cannot_be_read_and_still_works():
    user, secret = factories.approver(), totp.generate_totp_secret()
    app = totp.TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user)
    assert secret not in lying_there()
    app.instance.refresh_from_db()
    assert app.validate_code(code(secret))
    assert not app.validate_code("000000")
    first, second = codes.get_unused_codes()[:2]
    assert codes.validate_code(first)
    assert not codes.validate_code(first)
    assert codes.validate_code(second)
    assert second_factor.is_sealed(codes.instance.data["seed"])


def test_rows_of_before_are_sealed_without_losing_anything(old_rows):
    secret, seed = old_rows
    codes = RecoveryCodes(rows()[1]).get_unused_codes()
    migration.forwards(apps, connection.schema_editor())
    kept = lying_there()
    assert not any(text in kept for text in (secret, seed, '"11"'))
    app, recovery, migrated = rows()
    assert totp.TOTP(app).validate_code(code(secret))
    assert RecoveryCodes(recovery).get_unused_codes() == codes
    assert recovery.data["used_mask"] == 5
    assert RecoveryCodes(migrated).get_unused_codes() == ["11", "22"]
    migration.forwards(apps, connection.schema_editor())
    assert lying_there() == kept
    migration.backwards(apps, connection.schema_editor())
    assert [row.data for row in rows()] == [
        {"secret": secret},
        {"seed": seed, "used_mask": 5},
        {"migrated_codes": ["11", "22"]},
    ]


def test_a_row_in_the_clear_still_opens_the_door(old_rows):
    assert totp.TOTP(rows()[0]).validate_code(code(old_rows[0]))


def test_rotation_seals_and_renews(old_rows, use_keys, capsys):
    secret, _seed = old_rows
    old, new = Fernet.generate_key(), Fernet.generate_key()
    use_keys(old)
    call_command("rotate_keys")
    assert "mfa.Authenticator.data: 3 of 3" in capsys.readouterr().out
    use_keys(new, old)
    call_command("rotate_keys")
    assert "mfa.Authenticator.data: 3 of 3" in capsys.readouterr().out
    use_keys(new)
    assert totp.TOTP(rows()[0]).validate_code(code(secret))
    call_command("rotate_keys")
    assert "mfa.Authenticator.data: 0 of 3" in capsys.readouterr().out


def test_a_wrong_key_is_named_and_lets_nobody_in(old_rows, use_keys):
    call_command("rotate_keys")
    before = lying_there()
    use_keys(Fernet.generate_key())
    with pytest.raises(WrongKey, match="SECURED_FIELDS_KEY"):
        totp.TOTP(rows()[0]).validate_code(code(old_rows[0]))
    assert lying_there() == before
