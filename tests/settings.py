"""Settings of the test run: fixed secrets, nothing read from ``.env``, no disk."""

import os
import tempfile

os.environ |= {
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "only-for-tests-" + "x" * 50,
    "SECURED_FIELDS_KEY": "b25seS1mb3ItdGVzdHMtMzItYnl0ZXMtb2Yta2V5ISE=",
    "NIK_HASH_KEY": "only-for-tests-too",
    "DATA_DIR": os.environ.get("DATA_DIR") or tempfile.mkdtemp(prefix="planner-tests-"),
    "LANGUAGE_CODE": "en",
    "LOG_LEVEL": "WARNING",
}

from planner.settings import *  # noqa: F403

#: Hashing passwords slowly is a virtue that tests need not pay for.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
#: A test is one transaction that stays open while it computes, so PostgreSQL must not
#: end a session for being idle in it.
DATABASES["default"]["OPTIONS"].pop("options", None)  # noqa: F405
#: Tests hold the clock still; the one test of the server's clock asks for it.
DATABASE_CLOCK = False
#: Tests fail attempts one after the other.
RETRY_SECONDS = (0, 0)
