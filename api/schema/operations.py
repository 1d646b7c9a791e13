"""An operation as its view declares it: headers, parameters and problems included."""

from drf_spectacular.openapi import AutoSchema

from api import deprecations

from . import problems
from .headers import (
    FIELDS,
    IDEMPOTENCY_KEY,
    IF_NONE_MATCH,
    LIMITS,
    headers,
    if_match,
)


class Operation(AutoSchema):
    """Adds what our resources say beside their serializers.

    A view names in ``honours_if_match`` and ``requires_if_match`` the actions that
    look at If-Match, and in ``untagged`` those that answer one thing without an ETag.
    """

    def get_operation(self, *args, **kwargs):
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        first = operation.get("description", "").partition("\n")[0]
        operation.setdefault("summary", first.rstrip("."))
        parameters = operation.setdefault("parameters", [])
        for parameter in parameters:
            # A parameter without a value is refused, never taken for none.
            if parameter["in"] == "query" and _is_free_text(parameter["schema"]):
                parameter["schema"]["minLength"] = 1
        parameters.extend(self._more_parameters())
        for status, response in operation["responses"].items():
            response["headers"] = headers(*LIMITS, *self._headers_of(status, response))
        if self.method == "GET":
            operation["responses"]["304"] = problems.UNCHANGED
        operation["responses"] |= problems.of(
            self.method,
            needs_tag=self._action in self.view.requires_if_match,
        )
        return operation

    def _get_paginator(self):
        return getattr(self.view, "paginator", None)

    @property
    def _action(self):
        return getattr(self.view, "action", None)

    def _more_parameters(self):
        required = self._action in self.view.requires_if_match
        if required or self._action in self.view.honours_if_match:
            yield if_match(required=required)
        if self.method == "POST":
            yield IDEMPOTENCY_KEY
        if self.method == "GET":
            yield IF_NONE_MATCH
        if self.method == "GET" and self.view.offers_fields:
            yield FIELDS

    def _headers_of(self, status, response):
        """Yield the headers of an answer of success."""
        if self.method == "POST":
            yield from ("IdempotencyReplayed", "IdempotencyOmitted")
        if self.method == "GET":
            yield from ("ETag", "ContentEncoding")
        elif self._is_one_row(response):
            yield "ETag"
        if status in ("201", "202"):
            yield "Location"
        if status == "202":
            yield "RetryAfter"
        if deprecations.of_operation(self.get_operation_id()):
            yield from ("Deprecation", "Sunset", "Link")

    def _is_one_row(self, response):
        if self._action in self.view.untagged:
            return False
        content = response.get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        return bool(name) and not name.startswith("Paginated")


def _is_free_text(schema):
    return schema.get("type") == "string" and not {"enum", "format"} & set(schema)
