"""A session that nobody uses ends: a desk left open shows people's data to a passer-by.

What a page fetches by itself (progress, a part that loads later) is no use of it.
"""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.utils.translation import ngettext

from programs import clock

USED_AT = "used_at"
GRAIN_SECONDS = 60
"""How exactly use is noted: a session is not written at every request."""


class IdleSessions:
    """Signs out whoever did nothing for ``settings.SESSION_IDLE_MINUTES``; 0: never."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        counts = settings.SESSION_IDLE_MINUTES > 0
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if counts and has_session and request.user.is_authenticated:
            if is_over(request.session):
                return self._sign_out(request)
            if not is_by_itself(request):
                use(request.session)
        return self.get_response(request)

    def _sign_out(self, request):
        """End the session; a page that looked by itself is loaded anew, and asks."""
        logout(request)
        if is_by_itself(request):
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        minutes = settings.SESSION_IDLE_MINUTES
        told = ngettext(
            "You were signed out after %(minutes)d minute without use.",
            "You were signed out after %(minutes)d minutes without use.",
            minutes,
        )
        messages.info(request, told % {"minutes": minutes})
        return self.get_response(request)


def is_over(session):
    """Return whether a session was not used for too long."""
    used_at = session.get(USED_AT)
    idle = settings.SESSION_IDLE_MINUTES * 60
    return used_at is not None and _now() - used_at > idle


def use(session):
    """Note that the session is used now, at most once a minute."""
    used_at = session.get(USED_AT)
    if used_at is None or _now() - used_at >= GRAIN_SECONDS:
        session[USED_AT] = _now()


def begin(sender, request, **kwargs):
    """Start counting when somebody signs in (``user_logged_in``)."""
    if hasattr(request, "session"):
        use(request.session)


def is_by_itself(request):
    """Return whether the page asks, not the person."""
    return request.headers.get("HX-Request") == "true"


def _now():
    return int(clock.now().timestamp())
