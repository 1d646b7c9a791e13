"""Generated secrets: right in form, private, and never overwritten."""

import stat

from cryptography.fernet import Fernet

from planner.dotenv import SECRETS, new_secret, write_missing_secrets


def read(path):
    lines = [line for line in path.read_text().splitlines() if "=" in line]
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def test_a_new_file_has_every_secret_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / ".env"
    assert write_missing_secrets(path) == list(SECRETS)
    assert set(read(path)) == set(SECRETS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_there_is_kept(tmp_path):
    path = tmp_path / ".env"
    path.write_text("SECRET_KEY=mine\nDEBUG=true\n")
    assert write_missing_secrets(path) == list(SECRETS)[1:]
    before = path.read_text()
    assert read(path)["SECRET_KEY"] == "mine"
    assert write_missing_secrets(path) == []
    assert path.read_text() == before


def test_a_file_without_a_last_newline_is_not_spoilt(tmp_path):
    path = tmp_path / ".env"
    path.write_text("DEBUG=true")
    write_missing_secrets(path)
    assert read(path)["DEBUG"] == "true"


def test_the_encryption_key_is_one_that_fernet_takes():
    assert Fernet(new_secret("SECURED_FIELDS_KEY")).encrypt(b"x")


def test_two_secrets_differ():
    assert new_secret("SECRET_KEY") != new_secret("SECRET_KEY")
