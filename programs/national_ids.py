"""National identity numbers: compared by a keyed hash, never by their digits."""

import hashlib
import hmac

from django.conf import settings


def keyed_hash(nik):
    """Return the HMAC-SHA256 of a NIK as 64 hex digits; an empty NIK has none.

    The key (``NIK_HASH_KEY``) is not the one that encrypts, because whoever held it
    could try every possible number.
    """
    if not nik:
        return ""
    key = settings.NIK_HASH_KEY.encode()
    return hmac.new(key, nik.encode(), hashlib.sha256).hexdigest()
