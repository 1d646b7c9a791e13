"""Read settings from the environment, and say in one line what is wrong with one."""

import base64
import binascii
import os
import re
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from planner.dotenv import SECRETS

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}

RATE = re.compile(r"[1-9]\d*/(sec|min|hour|day)")

#: What each database needs to keep the promises of a run and of a publication.
DATABASE_OPTIONS = {
    "django.db.backends.sqlite3": {
        # A write transaction takes its lock at once: upgrading a read lock later
        # fails without waiting whenever somebody else writes.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;"
            "PRAGMA synchronous=FULL;"  # what was answered survives a power cut
            "PRAGMA foreign_keys=ON;"
        ),
    },
    "django.db.backends.postgresql": {
        "connect_timeout": 5,
        # No request and no step of a run waits longer than this for one statement
        # or one lock; a solve holds no transaction open.
        "options": "-c statement_timeout=300000 -c lock_timeout=5000 "
        "-c idle_in_transaction_session_timeout=120000",
    },
}


class Reader:
    """Reads one variable at a time; a wrong one stops the start with one line."""

    def text(self, name, default):
        """Return the variable, or the default when it is unset or empty."""
        return os.environ.get(name, "").strip() or default

    def secret(self, name):
        """Return a variable that has no default."""
        value = self.text(name, default="")
        if not value:
            refuse(
                f"{name} is not set. It {SECRETS[name].partition(';')[0]}. Run "
                "`python -m planner.dotenv` to write one into .env, or set it."
            )
        return value

    def keys(self, name):
        """Return a list of Fernet keys, the encrypting one first."""
        keys = [key.strip() for key in self.secret(name).split(",") if key.strip()]
        for position, key in enumerate(keys, start=1):
            if not is_fernet_key(key):
                refuse(
                    f"{name}: key {position} is not 32 bytes in URL-safe base64. "
                    "`python -m planner.dotenv` writes a right one."
                )
        return keys

    def boolean(self, name, default, was=None):
        """Return a yes or a no; refuse the name it had in an earlier release."""
        if was and self.text(was, default=""):
            refuse(f"{was} is called {name} now: rename it.")
        value = self.text(name, default="").lower()
        if value not in YES | NO | {""}:
            refuse(f"{name} has to be true or false, not {value!r}.")
        return value in YES if value else default

    def integer(self, name, default, at_least):
        """Return a whole number that is not too small."""
        value = self.text(name, default=str(default))
        if not value.lstrip("-").isdecimal() or int(value) < at_least:
            refuse(f"{name} has to be a whole number from {at_least}, not {value!r}.")
        return int(value)

    def choice(self, name, allowed, default):
        """Return one of the allowed words."""
        value = self.text(name, default)
        if value not in allowed:
            refuse(f"{name} has to be one of {', '.join(allowed)}, not {value!r}.")
        return value

    def rate(self, name, default):
        """Return how often something may happen, as 600/min."""
        value = self.text(name, default)
        if not RATE.fullmatch(value):
            refuse(
                f"{name} has to look like 600/min (or sec, hour, day), not {value!r}."
            )
        return value

    def list(self, name, default):
        """Return what stands between the commas."""
        value = self.text(name, default="")
        return [part.strip() for part in value.split(",") if part.strip()] or default

    def folder(self, name, default):
        """Return a folder that can be written to, and that only its owner reads."""
        path = Path(self.text(name, default)).resolve()
        try:
            make_private(path, is_ours=path == Path(default).resolve())
        except OSError as error:
            refuse(f"{name}: the folder {path} cannot be made ({error.strerror}).")
        if not os.access(path, os.W_OK):
            refuse(f"{name}: nothing may be written into {path}.")
        return path

    def database(self, name, default):
        """Return Django's database settings for a URL, with our options."""
        config = self._url(name, default, environ.Env.db_url_config)
        options = DATABASE_OPTIONS.get(config.get("ENGINE"))
        if options is None:
            refuse(f"{name} has to start with sqlite:/// or postgres://.")
        config["OPTIONS"] = {**options, **config.get("OPTIONS", {})}
        if "postgresql" in config["ENGINE"]:
            config.update(CONN_MAX_AGE=300, CONN_HEALTH_CHECKS=True)
        return config

    def cache(self, name, default):
        """Return Django's cache settings for a URL."""
        return self._url(name, default, environ.Env.cache_url_config)

    def origin(self, name):
        """Return an address without a path and a slash at its end; "" where unset."""
        said = self.text(name, default="").rstrip("/")
        if said and not re.fullmatch(r"https?://[^/\s?#@]+", said):
            refuse(f"{name} has to be like https://desk.example.id, without a path.")
        return said

    def email(self, name, default):
        """Return Django's mail settings for a URL."""
        return self._url(name, default, environ.Env.email_url_config)

    def _url(self, name, default, parse):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # we say it ourselves, without the value
                return parse(self.text(name, default))
        except (ImproperlyConfigured, KeyError, ValueError, AttributeError):
            # The value itself stays out of the message: it may hold a password.
            refuse(f"{name} is not a URL of a known kind. See its comment in settings.")


def queue_in(folder):
    """Return the options of a queue in a folder, which is made if it is not there."""
    for name in ("messages", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.2,
    }


def beside(config, word):
    """Return the settings of the database beside another, with a word in its name.

    ``db.sqlite3`` has ``db-sandbox.sqlite3`` beside it, ``planner`` the database
    ``planner_sandbox`` on the same server.
    """
    name = str(config["NAME"])
    if "postgresql" in config["ENGINE"]:
        return {**config, "NAME": f"{name}_{word}"}
    path = Path(name)
    return {**config, "NAME": str(path.with_name(f"{path.stem}-{word}{path.suffix}"))}


def make_private(path, *, is_ours):
    """Make a folder that only its owner reads.

    One that is there already is closed if it is the project's own; a folder that was
    chosen (a mounted volume, say) stays as it was made. Another process may make it at
    the same moment: a worker that is started beside the desk.
    """
    try:
        path.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        if not path.is_dir():
            raise
        if is_ours and path.stat().st_uid == os.geteuid():
            path.chmod(0o700)


@contextmanager
def told_in_one_line():
    """End the process with one line, without a traceback.

    For a wrong setting, and for Ctrl-C: whatever was begun is a transaction.
    """
    try:
        yield
    except ImproperlyConfigured as error:
        sys.exit(f"Settings: {error}")
    except KeyboardInterrupt:
        print("\nStopped; the same command goes on from here.", file=sys.stderr)
        sys.exit(130)


def refuse(sentence):
    """Stop the start, with one line for the person who set the variable."""
    raise ImproperlyConfigured(sentence)


def is_fernet_key(key):
    """Return whether the key is 32 bytes in URL-safe base64."""
    try:
        return len(base64.urlsafe_b64decode(key)) == 32
    except (binascii.Error, ValueError):
        return False
