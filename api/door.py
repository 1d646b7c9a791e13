"""The door to the sandbox: who calls with a test key is let into it, and no further."""

from django.conf import settings
from django.utils import translation
from rest_framework_api_key.permissions import KeyParser

from programs import sandbox

from . import handlers
from .keys import NO_SANDBOX, TEST

API = "/api/v1/"


class SandboxDoor:
    """Serves requests with a test key from the sandbox's database, from end to end."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass the request on, on the side that its key opens."""
        if not self._is_test(request):
            return self.get_response(request)
        # Who calls is said by the key; a session is one of the other side.
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        if not sandbox.is_prepared():
            return self._closed(request)
        with sandbox.entered():
            return self.get_response(request)

    @staticmethod
    def _is_test(request):
        if not request.path.startswith(API):
            return False
        return (KeyParser().get(request) or "").startswith(TEST)

    @staticmethod
    def _closed(request):
        with translation.override(translation.get_language_from_request(request)):
            return handlers.problem(request, 403, "sandbox_not_open", NO_SANDBOX)
