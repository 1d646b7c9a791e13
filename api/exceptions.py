"""Every error as problem details (RFC 9457) with a stable code."""

import json

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from programs.domain import transactions
from programs.refusals import Refusal, RefusalKind

from .pointers import pointer

CONTENT_TYPE = "application/problem+json"
STATUS = {
    RefusalKind.INVALID: 422,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.CONFLICT: 409,
    RefusalKind.STALE: 412,
    RefusalKind.BUSY: 503,
}
MOST_ROWS = 5_000
"""Rows of one list."""
RETRY_AFTER = "5"
"""Seconds after which somebody who was kept waiting may come again."""
TITLES = {
    400: _("Bad request"),
    401: _("Not signed in"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Method not allowed"),
    406: _("Not acceptable"),
    409: _("Conflict"),
    412: _("Changed in the meantime"),
    413: _("Too large"),
    415: _("Unsupported media type"),
    422: _("Refused"),
    428: _("Precondition required"),
    429: _("Too many requests"),
    500: _("Server error"),
    503: _("Too busy"),
}


class Problem(exceptions.APIException):
    """An error with its own status, code and, if known, the field at fault."""

    def __init__(self, status_code, code, detail, *, field="", headers=None):
        super().__init__(detail, code)
        self.status_code = status_code
        self.field = field
        self.headers = headers or {}


def institution_of(by, *roles):
    """Return the id of the one institution that the caller works for.

    Parameters
    ----------
    roles: in which of them; in any, if none is named.
    """
    own = by.institution_ids(*roles)
    if len(own) != 1:
        detail = _("Call with the key of one institution.")
        raise Problem(422, "institution_unclear", detail)
    return own[0]


class Replay(exceptions.APIException):
    """Not an error: the request was answered before, here is that answer."""

    def __init__(self, record):
        super().__init__("replayed")
        self.record = record


def from_refusal(refusal):
    """Say the domain's no in HTTP."""
    status = STATUS[refusal.kind]
    headers = {"Retry-After": RETRY_AFTER} if status == STATUS[RefusalKind.BUSY] else {}
    field = refusal.field
    if "rank" in refusal.params:
        field = f"{field}/{refusal.params['rank'] - 1}"
    return Problem(status, refusal.code, refusal.message, field=field, headers=headers)


def too_large():
    """Say how much is taken at once, and how to send the rest."""
    detail = _(
        "A body has at most %(most)d KiB, and a list of people or nominations at most "
        "%(rows)d rows; send several smaller ones."
    )
    return Problem(413, "too_large", detail % most_at_once())


def most_at_once():
    """Return how much is taken with one request, for messages."""
    return {
        "most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024,
        "rows": MOST_ROWS,
    }


def body(status, code, detail, errors=(), request_id=""):
    """Return problem details as a dict in a fixed order of keys."""
    return {
        "type": f"/problems/{code.replace('_', '-')}",
        "title": str(TITLES.get(status, TITLES[400])),
        "status": status,
        "detail": str(detail),
        "errors": list(errors),
        "request_id": request_id,
    }


def request_id_of(request):
    """Return the id that the log lines of this request carry."""
    return getattr(getattr(request, "_request", request), "request_id", "") or ""


def told(error):
    """Return (status, problem) of an error that is told within another answer."""
    handler = ProblemHandler(error, {"request": None})
    known = handler.convert_known_exceptions(error)
    return known.status_code, handler.format_exception(known)


class ProblemFormatter(ExceptionFormatter):
    """Flat list of errors, each with its pointer and code."""

    def format_error_response(self, error_response):
        is_validation = isinstance(self.exc, exceptions.ValidationError)
        field = getattr(self.exc, "field", "")
        errors = [
            {
                "pointer": pointer(error.attr or field),
                "code": error.code,
                "detail": error.detail,
            }
            for error in error_response.errors
            if is_validation or field
        ]
        code = "invalid" if is_validation else error_response.errors[0].code
        detail = (
            _("Some values are wrong; each is listed in errors.")
            if is_validation
            else error_response.errors[0].detail
        )
        request_id = request_id_of(self.context.get("request"))
        return body(self.exc.status_code, code, detail, errors, request_id)


class ProblemHandler(ExceptionHandler):
    """Maps refusals of the domain, and answers as problem+json."""

    def convert_known_exceptions(self, exc):
        if isinstance(exc, Refusal):
            return from_refusal(exc)
        if isinstance(exc, OperationalError) and transactions.is_retryable(exc):
            return from_refusal(transactions.busy())
        if isinstance(exc, RequestDataTooBig):
            return too_large()
        return super().convert_known_exceptions(exc)

    def run(self):
        if isinstance(self.exc, Replay):
            record = self.exc.record
            headers = {**record.headers, "Idempotency-Replayed": "true"}
            kept = json.loads(record.answer)
            if kept["location"]:
                headers["Location"] = kept["location"]
            return Response(
                kept["body"],
                status=record.status,
                headers=headers,
            )
        return super().run()

    def get_response(self, exc, data):
        headers = {**self.get_headers(exc), **getattr(exc, "headers", {})}
        # Problems are JSON also where the view speaks YAML or HTML.
        request, renderer = self.context["request"], JSONRenderer()
        request.accepted_renderer = renderer
        request.accepted_media_type = renderer.media_type
        return Response(
            data, status=exc.status_code, headers=headers, content_type=CONTENT_TYPE
        )
