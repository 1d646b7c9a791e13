"""How people sign in, and how they prove again that it is them before they sign."""

import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled


class ClosedSignup(DefaultAccountAdapter):
    """Accounts are given by an administrator; nobody registers by themselves."""

    def is_open_for_signup(self, request):
        """Refuse; an administrator creates accounts on the desk."""
        return False


def has_second_factor(user):
    """Return whether the account has an authenticator."""
    return is_mfa_enabled(user)


def showed_second_factor(request):
    """Return whether the reader showed the second factor within the last minutes.

    The minutes are ``ACCOUNT_REAUTHENTICATION_TIMEOUT``; a password alone, however
    fresh, is no second factor.
    """
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    return any(
        record["method"] == "mfa" and record["at"] >= since
        for record in get_authentication_records(request, request.user)
    )
