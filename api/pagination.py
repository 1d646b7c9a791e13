"""Pages by cursor: stable while rows come and go."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.response import Response

from .exceptions import Problem

START = Cursor(offset=0, reverse=False, position=None)


class CursorPages(CursorPagination):
    """50 rows a page, at most 200, in the order of the rows' public ids."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "pk"

    def paginate_queryset(self, queryset, request, view=None):
        self.key = queryset.model._meta.pk
        return super().paginate_queryset(queryset, request, view)

    def get_page_size(self, request):
        """Return the size asked for, up to the most there is."""
        text = request.query_params.get(self.page_size_query_param, "50")
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
            raise _wrong("page_size", _("Use a whole number from 1 to 200."))
        return min(int(text), self.max_page_size)

    def get_schema_operation_parameters(self, view):
        """Return what may be asked for, as OpenAPI says it."""
        cursor = {"type": "string", "minLength": 1}
        size = {"type": "integer", "minimum": 1, "default": self.page_size}
        return [
            _parameter(
                "cursor", cursor, "From `next` or `previous` of an earlier answer."
            ),
            _parameter(
                "page_size",
                size,
                f"Rows a page; more than {self.max_page_size} give "
                f"{self.max_page_size}.",
            ),
        ]

    def get_paginated_response_schema(self, schema):
        """Return the shape of a page."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link | {"description": "The page after this one, if any."},
                "previous": link | {"description": "The page before this one, if any."},
                "results": schema,
            },
        }

    def decode_cursor(self, request):
        """Return where to go on; only what an answer's own links say is understood."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            cursor = START
        if cursor == START or (cursor and not self._is_key(cursor.position)):
            raise _wrong(
                "cursor",
                _("Take the cursor from next or previous of an earlier answer."),
            )
        return cursor

    def _is_key(self, text):
        if text is None:
            return True
        try:
            self.key.clean(text, None)
        except ValidationError:
            return False
        return "\0" not in text


def _parameter(name, schema, description):
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": schema,
        "description": description,
    }


def _wrong(name, detail):
    return Problem(400, "invalid", detail, field=name)


class OnePage(CursorPages):
    """Everything in one page: for short lists that stand in the code."""

    def get_schema_operation_parameters(self, view):
        """Return nothing: there is no other page to ask for."""
        return []

    def get_paginated_response(self, data):
        """Return the only page."""
        return Response({"next": None, "previous": None, "results": data})
