"""What happens around each request: a log line, the reader's language, the policy."""

import logging
import time
import uuid

import structlog
from django.conf import settings
from django.http.response import HttpResponseRedirectBase
from django.middleware.common import CommonMiddleware
from django.urls import reverse
from django.utils import translation

log = structlog.get_logger(__name__)
PROBES = frozenset({"/health/live", "/health/ready"})


class RequestLog:
    """Gives each request an id, and logs one line about it.

    The line has the path without its query: people search by name.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        request.request_id = uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request.request_id):
            response = self.get_response(request)
            response.headers["X-Request-Id"] = request.request_id
            # Probes come every few seconds and say nothing when all is well.
            level = logging.DEBUG if request.path in PROBES else logging.INFO
            log.log(
                level,
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - started) * 1000),
            )
        return response


class SameRequestElsewhere(HttpResponseRedirectBase):
    """308: come again with the same method and body."""

    status_code = 308


class AddSlash(CommonMiddleware):
    """Adds a missing slash by 308; after a 301 a client would turn POST into GET."""

    response_redirect_class = SameRequestElsewhere


class ReadersLanguage:
    """Shows pages in the language of the account, unless the reader chose another.

    An account without one (those of the demo) reads in the language of the browser.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        own = signed_in and not chosen and request.user.is_authenticated
        if own and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class DeskPolicy:
    """Loosens the content policy where the pages' makers need it, and only there.

    The desk's theme evaluates its attributes; the API's guide has inline styles.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith(reverse("admin:index")):
            response._csp_update = settings.DESK_SECURITY_POLICY
        elif request.path == reverse("api:docs"):
            response._csp_update = {"style-src": ["'unsafe-inline'"]}
        return response
