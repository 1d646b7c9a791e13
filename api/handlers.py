"""Answers for what happens outside the views: unknown paths and crashes."""

from django.db import OperationalError
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from programs.domain import transactions

from . import exceptions


def problem(request, status, code, detail):
    """Return problem details, for what is answered outside of the views."""
    data = exceptions.body(
        status, code, detail, request_id=exceptions.request_id_of(request)
    )
    return JsonResponse(data, status=status, content_type=exceptions.CONTENT_TYPE)


def not_found(request, exception):
    """Answer problem details below /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return problem(request, 404, "not_found", _("There is nothing here."))
    return defaults.page_not_found(request, exception)


def bad_request(request, exception):
    """Answer problem details below /api/, a page elsewhere: such as a wrong host."""
    if request.path.startswith("/api/"):
        detail = _("The request cannot be served; look at its host and its headers.")
        return problem(request, 400, "bad_request", detail)
    return defaults.bad_request(request, exception)


def server_error(request):
    """Answer problem details below /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        detail = _("Something broke here; quote the request id when you report it.")
        return problem(request, 500, "error", detail)
    return defaults.server_error(request)


class TooBusy:
    """Answers 503 where the database only says that others were quicker.

    Verbs have tried again before; this is for what writes without one, such as a form.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Say in words that nothing was saved, and when to come again."""
        if not isinstance(exception, OperationalError):
            return None
        if not transactions.is_retryable(exception):
            return None
        answer = render(request, "503.html", status=503)
        answer.headers["Retry-After"] = exceptions.RETRY_AFTER
        return answer
