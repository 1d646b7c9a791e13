"""Answers for what happens outside the views: unknown paths and crashes."""

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from . import exceptions


def _problem(request, status, code, detail):
    data = exceptions.body(
        status, code, detail, request_id=exceptions.request_id_of(request)
    )
    return JsonResponse(data, status=status, content_type=exceptions.CONTENT_TYPE)


def not_found(request, exception):
    """Answer problem details below /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return _problem(request, 404, "not_found", _("There is nothing here."))
    return defaults.page_not_found(request, exception)


def server_error(request):
    """Answer problem details below /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        detail = _("Something broke here; quote the request id when you report it.")
        return _problem(request, 500, "error", detail)
    return defaults.server_error(request)
