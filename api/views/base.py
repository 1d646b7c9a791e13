"""What resources share: rows by reader, tags, safe retries, known parameters."""

from functools import cached_property, partial

from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, viewsets
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import changes, conditional, deprecations, parameters, throttling, writes
from api.exceptions import Problem
from api.lines import Lines
from api.models import InstitutionKey
from api.pagination import ChangingPages, CursorPages
from api.serializers.base import Nothing
from api.serializers.rows import readers_of
from programs import access
from programs.roles import Permission

READERS = [
    Permission.VIEW_ALL,
    Permission.VIEW_OWN_PROGRAMS,
    Permission.VIEW_OWN_INSTITUTION,
]
READ = {"list": READERS, "retrieve": READERS}
"""What is open to every reader: rows narrow themselves to who asks."""
PAGE_PARAMETERS = {"cursor", "page_size", "ordering"}
LOOK_AGAIN = "2"
"""Seconds after which it is worth looking what became of something accepted."""


class Resource(viewsets.GenericViewSet):
    """Base of all resources.

    A subclass declares ``queryset``, ``serializer_class``, ``needs`` (permissions an
    action), and where useful ``filterset_class`` and ``write_serializers``.
    Missing and foreign rows answer the same 404, since both are outside the queryset.
    """

    needs: dict = {}
    write_serializers: dict = {}
    honours_if_match: frozenset = frozenset()
    """Actions that refuse what was made to another state than the current one."""
    requires_if_match: frozenset = frozenset()
    """Actions that do nothing without If-Match."""
    paged: frozenset = frozenset({"list"})
    """Actions that answer page by page."""
    deprecated_in: dict = {}
    """The operations, by action, whose answers hold something that will go."""
    untagged: frozenset = frozenset()
    """Actions that answer one thing, but no row with an ETag."""
    ordered_by: tuple = ()
    """Columns that the list may be ordered by, beside the id."""
    searched_in: tuple = ()
    """Columns that ``search`` looks into."""
    changes = None
    """How ``modified_since`` finds what changed (``api.changes``)."""
    loads: dict = {}
    """What fields need beside the row itself, by field: lookups to prefetch, and lines
    (``api.lines``)."""
    columns: tuple = ()
    """What is read of a row that is only shown; none named means all."""
    lookup_value_converter = "uuid"

    throttles: list = []

    def get_throttles(self):
        """Return the limits that this request counts for, and remember them."""
        self.throttles = super().get_throttles()
        return self.throttles

    def unrestricted(self):
        """Return the rows of everybody, with what the fields asked for need."""
        lookups = [each for each in self._loaded() if not isinstance(each, Lines)]
        rows = self.queryset.prefetch_related(*lookups)
        is_only_shown = self.columns and self.offers_fields
        return rows.only(*self.columns) if is_only_shown else rows

    def _loaded(self):
        """Return what the fields asked for need beside the row, each once.

        A single row is read whole, whatever is shown of it: its tag is of all of it.
        """
        is_whole = self.chosen is None or self.action != "list"
        return dict.fromkeys(
            each
            for field, needed in self.loads.items()
            if is_whole or field in self.chosen
            for each in needed
        )

    def with_lines(self, rows):
        """Return rows, which were just read, with the lines that are asked for."""
        for each in self._loaded() if rows else ():
            if isinstance(each, Lines):
                each.attach(rows)
        return rows

    def get_queryset(self):
        return self.unrestricted().visible_to(self.request.user)

    def filter_queryset(self, queryset):
        """Return the rows that the parameters ask for; without any, all of them."""
        own = PAGE_PARAMETERS | {"fields"}
        is_filtered = set(self.request.query_params) - own
        return super().filter_queryset(queryset) if is_filtered else queryset

    def get_serializer(self, *args, **kwargs):
        serializer = super().get_serializer(*args, **kwargs)
        getattr(serializer, "child", serializer).chosen = self.chosen
        return serializer

    @cached_property
    def chosen(self):
        """The fields that are asked for by ``fields``, or None for all."""
        is_offered = "fields" in self.known_parameters
        asked = getattr(self, "request", None) if is_offered else None
        text = asked.query_params.get("fields") if asked else None
        if text is None:
            return None
        names = [name.strip() for name in text.split(",")]
        known = [name for name, _read in readers_of(self.serializer_class)]
        if not set(names) <= set(known):
            detail = _("Name fields of this row, with commas between them: %(known)s.")
            detail = detail % {"known": ", ".join(known)}
            raise Problem(400, "invalid", detail, field="fields")
        return frozenset(names)

    def get_serializer_class(self):
        return self.write_serializers.get(self.action, self.serializer_class)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.action is not None:
            parameters.check(
                request.query_params, known=self.known_parameters, filters=self.filters
            )
            if request.method not in SAFE_METHODS:
                self._write_at_once(request)

    def _write_at_once(self, request):
        """Read the body, and put the handler into one transaction with its answer."""
        request.data  # noqa: B018 -- one that cannot be read is refused here
        if self.get_serializer_class() is Nothing:
            self.validated()
        name = request.method.lower()
        setattr(self, name, partial(writes.at_once, getattr(self, name)))

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        # What a key reads may be kept by its system, and is asked for again each time.
        has_key = isinstance(request.auth, InstitutionKey)
        is_read = has_key and request.method in SAFE_METHODS
        response["Cache-Control"] = "private, no-cache" if is_read else "no-store"
        conditional.finish(request, response, may_compress=has_key)
        going = deprecations.of_operation(self.deprecated_in.get(self.action))
        if going is not None and response.status_code < 300:
            for name, value in going.headers().items():
                response[name] = value
        for name, value in throttling.told(self.throttles):
            response[name] = value
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response

    @cached_property
    def reader(self):
        """On whose side the caller reads rows about people."""
        return access.Reader(self.request.user)

    @property
    def filters(self):
        """The filters of the list, by name."""
        return getattr(getattr(self, "filterset_class", None), "base_filters", {})

    @property
    def known_parameters(self):
        """The query parameters this action understands."""
        known = {"fields"} if self.offers_fields else set()
        if self.action not in self.paged:
            return known
        known |= set(self.filters) | (PAGE_PARAMETERS if self.paginator else set())
        if self.searched_in and self.action == "list":
            known.add("search")
        if changes.is_for(self):
            known.add("modified_since")
        return known

    @property
    def offers_fields(self):
        """Whether the action answers rows with as many fields as are asked for."""
        handler = getattr(type(self), self.action or "", None)
        return handler in (List.list, Retrieve.retrieve)

    @property
    def paginator(self):
        """The pages of the action: of rows that change, with what is gone."""
        if not hasattr(self, "_paginator"):
            kind = self.pagination_class
            if kind is CursorPages and changes.is_for(self):
                kind = ChangingPages
            self._paginator = kind and kind()
        return self._paginator

    are_seen = None
    """Of a list of changes: the rows in it that the reader sees."""

    def validated(self, *, partial=False):
        """Return the checked body of the current action.

        Parameters
        ----------
        partial: whether fields may be left out; the lines of a list are always whole.
        """
        serializer = self.get_serializer(data=self.request.data)
        for field in serializer.fields.values() if partial else ():
            field.required = False
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def answer(self, row, status=200):
        """Return a row as its readers see it, with its tag."""
        fresh = self.get_queryset().get(pk=row.pk)
        response = self.answer_read(fresh)
        response.status_code = status
        if status in (201, 202):
            response["Location"] = self.address_of(fresh)
        if status == 202:
            response["Retry-After"] = LOOK_AGAIN
        return response

    def shown(self, row):
        """Return a row that was just read as its readers see it."""
        [row] = self.with_lines([row])
        return self.serializer_class(row, context=self.get_serializer_context()).data

    def answer_read(self, row):
        """Return a row that was just read as its readers see it, with its tag."""
        data = self.shown(row)
        tag = self.tag(row, data)
        if self.chosen is not None:
            data = {name: data[name] for name in data if name in self.chosen}
        return Response(data, headers={"ETag": tag})

    def address_of(self, row):
        """Return where a row of this resource is read."""
        name = f"api:{self.basename}-detail"
        key = {self.lookup_url_kwarg or "pk": getattr(row, self.lookup_field)}
        return reverse(name, kwargs=key, request=self.request)

    def tag(self, row, data):
        """Return the entity tag of a row."""
        version = getattr(row, "version", None)
        is_counted = isinstance(version, int)
        return (
            conditional.version_tag(version, data)
            if is_counted
            else conditional.etag_of(data)
        )

    def require_same(self, row):
        """Refuse a change whose If-Match, if any, is not the row's tag."""
        header = self.request.headers.get("If-Match")
        if header is None:
            return
        data = self.shown(row)
        if conditional.plain(header) != self.tag(row, data):
            raise Problem(
                412, "stale", _("The row changed since you read it; read it again.")
            )


class Retrieve(mixins.RetrieveModelMixin):
    """One row, with its ETag."""

    def retrieve(self, request, *args, **kwargs):
        return self.answer_read(self.get_object())


class List:
    """Pages of rows, with the ids of those that are gone."""

    def list(self, request, *args, **kwargs):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(
            self.get_serializer(self.with_lines(self._still_seen(page)), many=True).data
        )

    def _still_seen(self, page):
        """Return the rows that the reader sees, and let the page name the others."""
        if self.are_seen is None:
            return page
        ids = [row.pk for row in page]
        seen = set(self.are_seen.filter(pk__in=ids).values_list("pk", flat=True))
        self.paginator.gone = [pk for pk in ids if pk not in seen]
        return [row for row in page if row.pk in seen]


class ReadOnly(Retrieve, List, Resource):
    """A resource that callers only read."""


def accepted(data, address):
    """Answer what is yet to be done with where it says how far it is."""
    headers = {"Location": address, "Retry-After": LOOK_AGAIN}
    return Response(data, status=202, headers=headers)


__all__ = ["List", "Nothing", "ReadOnly", "Resource", "Retrieve", "accepted"]
