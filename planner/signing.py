"""The second factor: who has to have one, and showing it anew before signing.

Where ``SECOND_FACTOR`` is on (it follows ``HTTPS``), nobody plans, approves or looks
after accounts with a password alone.
"""

import time

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from programs.roles import Permission

SIGNERS = (Permission.PLAN, Permission.APPROVE, Permission.MANAGE_USERS)
"""Whoever may do any of these has to have a second factor."""


def must_enrol(user):
    """Return whether the account needs a second factor and has none yet."""
    return (
        settings.SECOND_FACTOR
        and user.is_authenticated
        and any(user.allows(permission) for permission in SIGNERS)
        and not is_mfa_enabled(user)
    )


def lead_to_enrol(request):
    """Send the reader to set an authenticator up; recovery codes follow there."""
    messages.warning(
        request,
        _(
            "Your role needs a second factor. Set up an authenticator app and keep the "
            "recovery codes; then the desk opens."
        ),
    )
    return redirect("mfa_activate_totp")


def lacks_factor(request):
    """Return whether the reader has yet to show the second factor before signing."""
    return settings.SECOND_FACTOR and not showed_second_factor(request)


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


def ask_for_factor(request, back):
    """Send the reader to show the second factor, or to set one up, and back.

    Parameters
    ----------
    back: the address to come back to.
    """
    if must_enrol(request.user):
        return lead_to_enrol(request)
    address = reverse("mfa_reauthenticate")
    return redirect(f"{address}?{urlencode({'next': back})}")
