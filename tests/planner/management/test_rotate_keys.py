"""Rotation: every encrypted column ends under the new key, or says what is wrong."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from planner.management.commands.rotate_keys import encrypted_columns
from programs import sandbox
from programs.models import Participant
from programs.national_ids import keyed_hash
from programs.sandbox import realm
from tests import factories

NIK = "3273015504990001"


def stored():
    """Return the column as it lies in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nik FROM programs_participant")
        return [token for (token,) in cursor.fetchall()]


@pytest.fixture
def keys(use_keys, db):
    """Write one person with the old key; then put a new key before it."""
    old, new = Fernet.generate_key(), Fernet.generate_key()
    use_keys(old)
    factories.participant.make(nik=NIK)
    use_keys(new, old)
    return old, new


def test_values_are_readable_with_the_new_key_alone(keys, use_keys, capsys):
    _old, new = keys
    call_command("rotate_keys")
    assert "Participant.nik: 1 of 1" in capsys.readouterr().out
    use_keys(new)
    assert Participant.objects.get().nik == NIK
    assert Fernet(new).decrypt(stored()[0].encode()).decode() == NIK


def test_a_second_rotation_changes_nothing(keys, capsys):
    call_command("rotate_keys")
    before = stored()
    call_command("rotate_keys")
    assert stored() == before
    assert "Participant.nik: 0 of 1" in capsys.readouterr().out


def test_a_missing_key_stops_with_the_row_it_found(keys, use_keys):
    use_keys(Fernet.generate_key())
    before = stored()
    with pytest.raises(CommandError, match="none of the keys"):
        call_command("rotate_keys")
    assert stored() == before


def test_every_encrypted_column_is_found():
    names = {f"{model.__name__}.{field.name}" for model, field in encrypted_columns()}
    assert {"Participant.nik", "Participant.disability"} <= names


def test_hashes_follow_a_new_hash_key(keys, settings, capsys):
    Participant.objects.update(nik_hash=keyed_hash(NIK))
    settings.NIK_HASH_KEY = "another"
    call_command("rotate_keys", hashes=True)
    assert "1 national ids hashed anew" in capsys.readouterr().out
    assert Participant.objects.get().nik_hash == keyed_hash(NIK)
    call_command("rotate_keys", hashes=True)
    assert "0 national ids hashed anew" in capsys.readouterr().out


@pytest.mark.django_db(databases=["default", "sandbox"])
def test_the_rotation_of_keys_goes_through_the_sandbox_too(use_keys, capsys):
    old, new = Fernet.generate_key(), Fernet.generate_key()
    use_keys(old)
    call_command("open_sandbox", stdout=StringIO())
    with sandbox.entered():
        person = factories.participant.make(nik="3273015504990001")
    use_keys(new, old)
    realm._seen.forget()
    call_command("rotate_keys")
    assert "In the sandbox:" in capsys.readouterr().out
    use_keys(new)
    with sandbox.entered():
        person.refresh_from_db()
        assert person.nik == "3273015504990001"
