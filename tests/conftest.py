"""What every test may rely on."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.db.backends.sqlite3.creation import DatabaseCreation
from django.utils import translation
from hypothesis import settings as examples

from tests.migrated import create_test_db

# How long an example takes says more about the machine than about the code. Also where
# something loads the default again while tests are collected.
examples.register_profile("default", deadline=None)
if examples.get_current_profile_name() == "default":
    examples.load_profile("default")


def pytest_configure():
    """Compile translations edited since; spare a run on SQLite the migrations."""
    DatabaseCreation.create_test_db = create_test_db
    for source in (settings.BASE_DIR / "locale").rglob("*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        subprocess.run(
            [
                *(sys.executable, "-m", "babel.messages.frontend", "-q", "compile"),
                *("--locale", "id", "--input-file", source, "--output-file", target),
            ],
            check=True,
        )


@pytest.fixture(autouse=True)
def _english():
    """Start each test in English, whatever the one before it switched to."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_sandbox():
    """Let nobody look for the sandbox, but in the tests that open one."""
    from programs.sandbox import realm  # the apps are loaded by now

    realm._seen.is_whole, realm._seen._looked_at = False, float("inf")
