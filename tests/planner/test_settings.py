"""A missing or wrong setting stops the start with one line that says what to do."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from planner.environment import make_private

RIGHT = {
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "s" * 60,
    "SECURED_FIELDS_KEY": "b25seS1mb3ItdGVzdHMtMzItYnl0ZXMtb2Yta2V5ISE=",
    "NIK_HASH_KEY": "n" * 40,
}
PRODUCTION = {
    "HTTPS": "true",
    "SECRET_KEY": "Zq3-w" * 20,
    "ALLOWED_HOSTS": "desk.example.id",
    "DATABASE_URL": "postgres://planner:secret@127.0.0.1:5432/planner",
    "CELERY_BROKER_URL": "amqp://planner:secret@127.0.0.1:5672//",
    "CACHE_URL": "dbcache://cache_table",
    "NUM_PROXIES": "1",
}


def manage(*command, tmp_path, **variables):
    """Run a management command with these variables and no others."""
    return python("manage.py", *command, tmp_path=tmp_path, **variables)


def python(*command, tmp_path, **variables):
    """Run Python with these variables and no others."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **RIGHT}
    environment |= variables
    return subprocess.run(
        [sys.executable, *command],
        env={name: value for name, value in environment.items() if value is not None},
        cwd=settings.BASE_DIR,
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("NIK_HASH_KEY", "", "python -m planner.dotenv"),
        ("SECURED_FIELDS_KEY", "short", "key 1 is not 32 bytes"),
        ("DEBUG", "perhaps", "true or false"),
        ("NUM_PROXIES", "-1", "whole number from 0"),
        ("LANGUAGE_CODE", "nl", "one of en, id"),
        ("LOG_LEVEL", "LOUD", "one of DEBUG"),
        ("DATABASE_URL", "mysql://user:hidden@host/name", "sqlite:/// or postgres://"),
        ("DATABASE_URL", "nonsense", "sqlite:/// or postgres://"),
        ("CACHE_URL", "nonsense", "CACHE_URL is not a URL of a known kind"),
        ("EMAIL_URL", "nonsense://x", "EMAIL_URL is not a URL of a known kind"),
        ("CELERY_BROKER_URL", "sqs://", "CELERY_BROKER_URL has to start with"),
        ("CELERY_BROKER_URL", "redis://127.0.0.1/0", "CACHE_URL is not set"),
        ("DATA_DIR", "/dev/null/var", "the folder /dev/null/var cannot be made"),
        ("API_READ_RATE", "fast", "has to look like 600/min"),
        ("DEMO", "surely", "DEMO has to be true or false"),
    ],
)
def test_a_wrong_variable_is_explained(name, value, said, tmp_path, monkeypatch):
    for variable in ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"):
        monkeypatch.delenv(variable, raising=False)
    for variable, right in {**RIGHT, "DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(variable, right)
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        runpy.run_path(settings.BASE_DIR / "planner" / "settings.py")
    sentence = str(refusal.value)
    assert said in sentence
    assert "\n" not in sentence
    assert "hidden" not in sentence


def test_a_command_tells_it_in_one_line(tmp_path):
    done = manage("migrate", "--check", tmp_path=tmp_path, DEBUG="perhaps")
    assert done.returncode == 1
    assert done.stderr == "Settings: DEBUG has to be true or false, not 'perhaps'.\n"


def test_a_worker_tells_it_in_one_line_too(tmp_path):
    worker = ("-m", "celery", "-A", "planner.celery", "worker")
    done = python(*worker, tmp_path=tmp_path, SECRET_KEY=None)
    assert done.returncode == 1
    assert done.stderr.startswith("Settings: SECRET_KEY is not set")
    assert done.stderr.count("\n") == 1


def test_a_real_site_refuses_demo_logins(tmp_path):
    done = manage("check", tmp_path=tmp_path, **PRODUCTION, DEMO="true")
    assert done.stderr.startswith("Settings: DEMO and HTTPS")


def test_deployment_check_is_clean_in_production(tmp_path):
    done = manage(
        "check", "--deploy", "--fail-level", "WARNING", tmp_path=tmp_path, **PRODUCTION
    )
    assert done.returncode == 0, done.stderr


def test_deployment_check_tells_that_a_folder_is_no_shared_queue(tmp_path):
    variables = PRODUCTION | {"CELERY_BROKER_URL": None, "CACHE_URL": None}
    done = manage("check", "--deploy", tmp_path=tmp_path, **variables)
    assert "planner.W001" in done.stderr


@pytest.mark.parametrize("url", ["locmemcache://", "filecache:///{}", "dbcache://t"])
def test_a_cache_forgets_no_count_of_guesses(url, tmp_path, monkeypatch):
    """Django keeps 300 entries unless told: 300 addresses would wipe the counts."""
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    for variable, right in {**RIGHT, "DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(variable, right)
    monkeypatch.setenv("CACHE_URL", url.format(tmp_path))
    read = runpy.run_path(settings.BASE_DIR / "planner" / "settings.py")
    assert read["CACHES"]["default"]["OPTIONS"]["MAX_ENTRIES"] >= 100_000


def test_debug_is_off_unless_asked_for():
    assert settings.DEBUG is False


def test_sqlite_keeps_what_it_promised(tmp_path):
    script = (
        "from django.db import connection as c; k = c.cursor();"
        "print([k.execute('PRAGMA ' + p).fetchone()[0]"
        " for p in ('journal_mode', 'synchronous', 'foreign_keys')],"
        " c.settings_dict['OPTIONS']['transaction_mode'])"
    )
    done = manage("shell", "--no-imports", "-c", script, tmp_path=tmp_path)
    assert done.stdout.strip() == "['wal', 2, 1] IMMEDIATE", done.stderr


def test_an_old_name_is_refused_in_words(tmp_path):
    done = manage("check", tmp_path=tmp_path, APPROVAL_SECOND_FACTOR="true")
    assert done.returncode == 1
    assert "is called SECOND_FACTOR now" in done.stderr


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "False 0 False"),
        (PRODUCTION, "True 0 False"),
        (
            PRODUCTION | {"HSTS_SECONDS": "600", "HSTS_SUBDOMAINS": "yes"},
            "True 600 True",
        ),
        (PRODUCTION | {"SECOND_FACTOR": "no"}, "False 0 False"),
    ],
)
def test_hsts_is_a_choice_and_the_second_factor_follows_https(
    tmp_path, variables, told
):
    script = (
        "from planner.settings import *;"
        "print(SECOND_FACTOR, SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS)"
    )
    done = python("-c", script, tmp_path=tmp_path, **variables)
    assert done.stdout.strip() == told, done.stderr


def test_a_folder_of_ours_is_closed_to_others(tmp_path):
    script = "import planner.settings"
    data = tmp_path / "var"
    python("-c", script, tmp_path=tmp_path, DATA_DIR=str(data))
    assert data.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_was_chosen_stays_as_it_was_made(tmp_path):
    tmp_path.chmod(0o755)
    make_private(tmp_path, is_ours=False)
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    make_private(tmp_path, is_ours=True)
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_another_process_makes_meanwhile_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda path: False)
    make_private(tmp_path, is_ours=False)
    assert tmp_path.is_dir()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "var").write_text("")
    with pytest.raises(FileExistsError):
        make_private(tmp_path / "var", is_ours=True)
