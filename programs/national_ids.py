"""National ids and passports: compared by a keyed hash, never by their digits."""

import hashlib
import hmac

from django.conf import settings


def passport_hash(country, number):
    """Return the keyed hash of a passport; a number alone names nobody.

    Parameters
    ----------
    country: code of the citizenship. number: as ``plain_passport`` writes it.
    """
    return keyed_hash(f"{country}:{number}") if country and number else ""


def plain_passport(number):
    """Return a passport number as it is compared: capitals, without spaces."""
    return "".join(number.split()).upper()


def keyed_hash(nik):
    """Return the HMAC-SHA256 of a NIK as 64 hex digits; an empty NIK has none.

    The key (``NIK_HASH_KEY``) is not the one that encrypts, because whoever held it
    could try every possible number.
    """
    if not nik:
        return ""
    key = settings.NIK_HASH_KEY.encode()
    return hmac.new(key, nik.encode(), hashlib.sha256).hexdigest()
