"""Secrets of the second factor lie encrypted, under the keys of the other columns.

allauth keeps what an authenticator is computed from (the secret of the app, the seed of
the recovery codes) in a JSON column. Whoever has a copy of the database could sign as
anybody if it were readable there.
"""

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils.translation import gettext as _
from secured_fields.fernet import get_fernet

from programs.models.encrypted import WrongKey

SECRETS = {"secret", "seed", "migrated_codes"}
"""What in the data of an authenticator is secret: a text, or a list of texts."""
SEALED = "gAAAA"
"""How an encrypted text begins: its version and time; no secret in the clear does."""


class SealedSecrets(DefaultMFAAdapter):
    """Encrypts each secret that allauth stores."""

    def encrypt(self, text):
        """Return the text encrypted with the first key."""
        return seal(text)

    def decrypt(self, encrypted_text):
        """Return the text in the clear; one from before it was encrypted is already."""
        if not is_sealed(encrypted_text):
            return encrypted_text
        return unseal(encrypted_text)


def is_sealed(text):
    """Return whether a stored secret is encrypted."""
    return text.startswith(SEALED)


def seal(text):
    """Return a secret encrypted with the first of the keys."""
    return get_fernet().encrypt(text.encode()).decode()


def unseal(text):
    """Return a secret in the clear, with whichever key opens it."""
    try:
        return get_fernet().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise WrongKey(
            _("A stored value cannot be decrypted; check SECURED_FIELDS_KEY.")
        ) from error


def change_all(authenticators, change, *, database=None):
    """Change each secret of some authenticators; return (rows seen, rows changed).

    Each row is read and written under a lock: a recovery code that somebody uses at
    this moment stays used.
    """
    keys = list(authenticators.order_by("pk").values_list("pk", flat=True))
    return len(keys), sum(_change(authenticators, pk, change, database) for pk in keys)


def _change(authenticators, pk, change, database):
    with transaction.atomic(using=database):
        row = authenticators.select_for_update().filter(pk=pk).first()
        new = row and _with_each(row.data, lambda text: change(text, row))
        if row is None or new == row.data:
            return 0
        return authenticators.filter(pk=pk).update(data=new)


def _with_each(data, change):
    """Return the data of an authenticator with each of its secrets changed."""
    new = dict(data)
    for name in SECRETS & data.keys():
        value = data[name]
        is_list = isinstance(value, list)
        new[name] = [change(text) for text in value] if is_list else change(value)
    return new
