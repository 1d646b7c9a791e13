"""What every test may rely on."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english():
    """Start each test in English, whatever the one before it switched to."""
    with translation.override("en"):
        yield
