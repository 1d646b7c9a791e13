"""What every test may rely on."""

import pytest
from django.conf import settings
from django.utils import translation

from planner.catalogues import compile_stale


def pytest_configure():
    """Compile translations that were edited since, so that tests see them."""
    compile_stale(settings.BASE_DIR / "locale")


@pytest.fixture(autouse=True)
def _english():
    """Start each test in English, whatever the one before it switched to."""
    with translation.override("en"):
        yield
