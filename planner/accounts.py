"""How people sign in: who may, and how guessing is slowed without locking anybody out.

Guesses are counted by account *and* address, so that a stranger who types wrong
passwords keeps nobody out but the own address. Guesses from many addresses are counted
by account, more generously, and never against a browser the account signed in with.
"""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.stagekit import clear_login
from allauth.core.internal import ratelimit
from django.conf import settings

KNOWN_BROWSER = "known_browser"
KNOWN_BROWSER_SECONDS = 180 * 24 * 3600
ANYWHERE = {"login_failed_anywhere": "100/h/key"}
"""Wrong passwords for one account from browsers that it never signed in with."""


class OwnAccounts(AuthenticationBackend):
    """Lets in whoever has an account; the demo's people only where DEMO is on."""

    def user_can_authenticate(self, user):
        """Refuse a demo account on a real installation, in running sessions too."""
        return super().user_can_authenticate(user) and is_welcome(user)


class ClosedSignup(DefaultAccountAdapter):
    """Accounts are given by an administrator; nobody registers by themselves."""

    def is_open_for_signup(self, request):
        """Refuse; an administrator creates accounts on the desk."""
        return False

    def pre_login(self, request, user, **details):
        """Stop at a demo account where there is no demonstration."""
        if not is_welcome(user):
            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **details)

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Count by account and address; allauth's own key is the account alone."""
        account = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account}@{ratelimit.get_ip(request)}"

    def pre_authenticate(self, request, **credentials):
        """Count this attempt, also among those from anywhere."""
        super().pre_authenticate(request, **credentials)
        self._anywhere = None
        if name_of(credentials) == browser_of(request):
            return
        self._anywhere = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_anywhere",
            config=ANYWHERE,
            key=name_of(credentials),
        )
        if not self._anywhere:
            self._rollback_login_failed_rl_usage()
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self):
        """Forget an attempt that was right."""
        super()._rollback_login_failed_rl_usage()
        if getattr(self, "_anywhere", None):
            self._anywhere.rollback()

    def post_login(self, request, user, **details):
        """Remember the browser: nobody's guesses elsewhere shut it out."""
        response = super().post_login(request, user, **details)
        response.set_signed_cookie(
            KNOWN_BROWSER,
            user.get_username().lower(),
            salt=KNOWN_BROWSER,
            max_age=KNOWN_BROWSER_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response


def is_welcome(user):
    """Return whether the account has a place on this installation."""
    return settings.DEMO or not user.is_demo


def name_of(credentials):
    """Return the account that somebody tries to sign in to."""
    return credentials.get("username", "").lower()


def browser_of(request):
    """Return the account that this browser signed in with before, if any."""
    return request.get_signed_cookie(
        KNOWN_BROWSER, default=None, salt=KNOWN_BROWSER, max_age=KNOWN_BROWSER_SECONDS
    )
