"""What encrypted columns promise, whatever version of the library is installed."""

import pytest
import secured_fields.fernet
from cryptography.fernet import Fernet
from django.db import connection

from programs.models import Participant
from programs.models.encrypted import WrongKey
from tests import factories

pytestmark = pytest.mark.django_db
NIK = "0011226005010001"


@pytest.fixture
def keys(settings, monkeypatch):
    """Return a function that puts other keys in force."""

    def use(*values):
        settings.SECURED_FIELDS_KEY = list(values)
        monkeypatch.setattr(secured_fields.fernet, "fernet_client", None)

    yield use
    secured_fields.fernet.fernet_client = None


def stored():
    """Return what the database holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nik, disability FROM programs_participant")
        return cursor.fetchone()


def test_the_database_holds_no_plain_text():
    factories.participant.make(nik=NIK, disability="sensory")
    nik, disability = stored()
    assert NIK not in nik
    assert "sensory" not in disability


def test_the_value_comes_back():
    factories.participant.make(nik=NIK, disability="")
    person = Participant.objects.get()
    assert (person.nik, person.disability) == (NIK, "")


def test_a_wrong_key_stops_the_reader(keys):
    factories.participant.make(nik=NIK)
    keys(Fernet.generate_key().decode())
    with pytest.raises(WrongKey, match="SECURED_FIELDS_KEY"):
        Participant.objects.get()


def test_keys_rotate(keys, settings):
    old, new = settings.SECURED_FIELDS_KEY, Fernet.generate_key().decode()
    old = [old] if isinstance(old, str) else list(old)
    factories.participant.make(nik=NIK)
    keys(new, *old)
    person = Participant.objects.get()
    person.save()
    keys(new)
    assert Participant.objects.get().nik == NIK


def test_a_search_in_an_encrypted_column_is_refused():
    with pytest.raises(Exception, match="not supported"):
        Participant.objects.filter(nik=NIK).exists()


def test_history_keeps_no_encrypted_column():
    person = factories.participant.make(nik=NIK, disability="sensory")
    fields = {field.name for field in person.history.model._meta.fields}
    assert not fields & {"nik", "nik_hash", "disability"}
