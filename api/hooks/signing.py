"""Signatures by the Standard Webhooks scheme: who sent it, and that it is whole."""

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret():
    """Return a secret that both sides keep."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret, *, message_id, timestamp, body):
    """Return the value of the header ``webhook-signature``.

    Parameters
    ----------
    secret: as given to the partner. message_id: of ``webhook-id``. timestamp: whole
        seconds since 1970, of ``webhook-timestamp``. body: the bytes that are sent.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
