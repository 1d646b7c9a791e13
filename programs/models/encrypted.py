"""Encrypted columns that refuse to read with a wrong key.

The library gives back the ciphertext when no key fits; the next save would encrypt it
once more, and the value would be lost. These fields stop instead.
"""

import secured_fields
from django.utils.translation import gettext_lazy as _


class WrongKey(Exception):
    """A stored value cannot be decrypted with the keys at hand."""


class Strict:
    """Raises where the library would hand out the ciphertext."""

    def from_db_value(self, value, expression, connection):
        plain = super().from_db_value(value, expression, connection)
        if value is not None and plain == value:
            raise WrongKey(
                _("A stored value cannot be decrypted; check SECURED_FIELDS_KEY.")
            )
        return plain


class EncryptedCharField(Strict, secured_fields.EncryptedCharField):
    """Text, encrypted at rest."""


class EncryptedTextField(Strict, secured_fields.EncryptedTextField):
    """Long text, encrypted at rest."""


class EncryptedBinaryField(Strict, secured_fields.EncryptedBinaryField):
    """Bytes, encrypted at rest."""
