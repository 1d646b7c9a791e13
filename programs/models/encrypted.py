"""Encrypted columns that refuse to read with a wrong key.

The library gives back the ciphertext when no key fits; the next save would encrypt it
once more, and the value would be lost. These fields stop instead.
"""

import zlib

import secured_fields
from django.utils.translation import gettext_lazy as _

PACKED = b"zlib\x00"
"""How bytes begin that were packed before they were encrypted."""


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
    """Bytes, packed and encrypted at rest: a long sheet is mostly repetition."""

    def prepare_encryption(self, value):
        """Return what is encrypted: packed bytes, where that makes them fewer."""
        packed = PACKED + zlib.compress(value, level=1)
        is_worth_it = len(packed) < len(value) or value.startswith(PACKED)
        return packed if is_worth_it else value

    def decrypt(self, value):
        """Return the bytes as they were given."""
        plain = super().decrypt(value)
        if plain.startswith(PACKED):
            return zlib.decompress(memoryview(plain)[len(PACKED) :])
        return plain
