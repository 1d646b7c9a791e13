"""What several tests of the planner ask for."""

import pytest
from secured_fields import fernet


@pytest.fixture
def use_keys(settings, monkeypatch):
    """Let the process use these keys, as a restart would."""

    def use(*keys):
        settings.SECURED_FIELDS_KEY = [key.decode() for key in keys]
        monkeypatch.setattr(fernet, "fernet_client", None)

    return use
