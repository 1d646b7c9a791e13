"""Pages by cursor: stable while rows come and go, in whichever order is asked for.

A cursor holds the value and the id of the row where the page ends, so that rows with
the same value are told apart. The library's cursor counts such rows and stops at a
thousand: nominations sent in bulk share one moment.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from .exceptions import Problem


@dataclass(frozen=True)
class Order:
    """A column to go by, and which way; the id decides between equals."""

    name: str
    is_descending: bool

    @classmethod
    def read(cls, text, *, known):
        """Return the order a parameter asks for.

        Raises
        ------
        Problem: the column is none of those that this list may be ordered by.
        """
        name = text.removeprefix("-")
        if name not in known:
            detail = _("Order by one of: %(known)s; a minus before it turns it round.")
            raise _wrong("ordering", detail % {"known": ", ".join(known)})
        return cls(name, text.startswith("-"))

    def __str__(self):
        return f"-{self.name}" if self.is_descending else self.name


class CursorPages(BasePagination):
    """50 rows a page, at most 200, by id unless another order is asked for."""

    page_size = 50
    max_page_size = 200
    key = "pk"
    """What tells rows apart, and stands in cursors where everybody can read it."""

    def paginate_queryset(self, queryset, request, view=None):
        """Return the rows of the page that is asked for."""
        self.address = request.build_absolute_uri()
        self.size = self.get_page_size(request)
        self.order = Order.read(
            request.query_params.get("ordering", "id"), known=orders_of(view)
        )
        fields = queryset.model._meta
        self.pk = fields.pk if self.key == "pk" else fields.get_field(self.key)
        is_own = self.order.name != "id"
        self.column = fields.get_field(self.order.name) if is_own else self.pk
        backwards, after = self._read_cursor(request)
        rows = list(self._sorted(queryset, backwards, after)[: self.size + 1])
        has_more = len(rows) > self.size
        rows = rows[: self.size]
        if backwards:
            rows.reverse()
        self.has_next = backwards or has_more
        self.has_previous = has_more if backwards else after is not None
        self.rows = rows
        return rows

    def _sorted(self, queryset, backwards, after):
        """Return the rows behind a place, the nearest first."""
        is_falling = self.order.is_descending != backwards
        if after is not None:
            way = "lt" if is_falling else "gt"
            value, identifier = after
            beyond = Q(**{f"{self.column.name}__{way}": value})
            if self.column is not self.pk:
                same = Q(**{self.column.name: value})
                beyond |= same & Q(**{f"{self.pk.name}__{way}": identifier})
            queryset = queryset.filter(beyond)
        sign = "-" if is_falling else ""
        names = dict.fromkeys([self.column.name, self.pk.name])
        return queryset.order_by(*(f"{sign}{name}" for name in names))

    def get_page_size(self, request):
        """Return the size asked for, up to the most there is."""
        text = request.query_params.get("page_size", str(self.page_size))
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
            raise _wrong("page_size", _("Use a whole number from 1 to 200."))
        return min(int(text), self.max_page_size)

    def get_paginated_response(self, data):
        """Return the page with the addresses of its neighbours."""
        after = self.rows[-1:] if self.has_next else []
        before = self.rows[:1] if self.has_previous else []
        links = {
            "next": self._link(after, backwards=False),
            "previous": self._link(before, backwards=True),
        }
        return Response({**links, "results": data})

    def _link(self, row, *, backwards):
        """Return the address that goes on from a row, if there is one."""
        if not row:
            return None
        values = [self.column.value_to_string(row[0]), self.pk.value_to_string(row[0])]
        said = json.dumps([str(self.order), backwards, *values])
        cursor = urlsafe_b64encode(said.encode()).decode().rstrip("=")
        return replace_query_param(self.address, "cursor", cursor)

    def _read_cursor(self, request):
        """Return (whether to go backwards, the place to start from)."""
        text = request.query_params.get("cursor")
        if text is None:
            return False, None
        try:
            backwards, value, identifier = _said(text, order=str(self.order))
            place = _cleaned(self.column, value), _cleaned(self.pk, identifier)
        except (ValueError, TypeError, ValidationError) as error:
            detail = _("Take the cursor from next or previous of an earlier answer.")
            raise _wrong("cursor", detail) from error
        return backwards, place

    def get_schema_operation_parameters(self, view):
        """Return what may be asked for, as OpenAPI says it."""
        cursor = {"type": "string", "minLength": 1}
        size = {"type": "integer", "minimum": 1, "default": self.page_size}
        names = [sign + name for name in orders_of(view) for sign in ("", "-")]
        order = {"type": "string", "enum": names, "default": "id"}
        return [
            parameter(
                "cursor", cursor, "From `next` or `previous` of an earlier answer."
            ),
            parameter(
                "ordering",
                order,
                "What to go by, a minus for the other way round; `id` between equals.",
            ),
            parameter(
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


class ChangingPages(CursorPages):
    """Pages of rows that can be asked for by when they changed.

    ``gone`` holds the ids of those in the page that the reader may no longer see.
    """

    gone = ()

    def get_paginated_response(self, data):
        """Return the page with the ids of what is gone."""
        response = super().get_paginated_response(data)
        response.data["gone"] = [str(pk) for pk in self.gone]
        return response

    def get_paginated_response_schema(self, schema):
        """Return the shape of a page with what is gone."""
        page = super().get_paginated_response_schema(schema)
        page["required"].append("gone")
        page["properties"]["gone"] = {
            "type": "array",
            "items": {"type": "string", "format": "uuid"},
            "description": "With `modified_since`: ids of rows that went, or that are "
            "no longer the reader's to see. Otherwise empty.",
        }
        return page


def orders_of(view):
    """Return what a list may be ordered by: its id, and the columns it names."""
    is_list = getattr(view, "action", "list") == "list"
    return ["id", *(getattr(view, "ordered_by", ()) if is_list else ())]


def parameter(name, schema, description):
    """Return a query parameter as OpenAPI says it."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": schema,
        "description": description,
    }


def _said(text, *, order):
    """Return what a cursor says, taken in the same order."""
    said = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    taken_in, backwards, value, identifier = said
    if taken_in != order or not isinstance(backwards, bool):
        raise ValueError
    return backwards, value, identifier


def _cleaned(field, text):
    """Return a value of a column as an answer of ours has said it."""
    if not isinstance(text, str) or "\0" in text:
        raise ValueError
    value = field.to_python(text)
    if value is None:
        raise ValueError
    field.run_validators(value)
    return value


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
