"""What resources share: rows by reader, tags, safe retries, known parameters."""

from functools import cached_property, partial

from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, viewsets
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import conditional, deprecations, parameters, throttling, writes
from api.exceptions import Problem
from api.serializers.base import Nothing
from programs import access
from programs.roles import Permission

READERS = [
    Permission.VIEW_ALL,
    Permission.VIEW_OWN_PROGRAMS,
    Permission.VIEW_OWN_INSTITUTION,
]
READ = {"list": READERS, "retrieve": READERS}
"""What is open to every reader: rows narrow themselves to who asks."""
PAGE_PARAMETERS = {"cursor", "page_size"}


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
    lookup_value_converter = "uuid"

    throttles: list = []

    def get_throttles(self):
        """Return the limits that this request counts for, and remember them."""
        self.throttles = super().get_throttles()
        return self.throttles

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)

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
        response["Cache-Control"] = "no-store"
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
        if self.action not in self.paged:
            return set()
        return set(self.filters) | (PAGE_PARAMETERS if self.paginator else set())

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
        data = self.serializer_class(fresh, context=self.get_serializer_context()).data
        headers = {"ETag": self.tag(fresh, data)}
        if status in (201, 202):
            headers["Location"] = self.address_of(fresh)
        return Response(data, status=status, headers=headers)

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
            conditional.version_tag(version)
            if is_counted
            else conditional.etag_of(data)
        )

    def require_same(self, row):
        """Refuse a change whose If-Match, if any, is not the row's tag."""
        header = self.request.headers.get("If-Match")
        if header is None:
            return
        data = self.serializer_class(row, context=self.get_serializer_context()).data
        if header.strip() != self.tag(row, data):
            raise Problem(
                412, "stale", _("The row changed since you read it; read it again.")
            )


class Retrieve(mixins.RetrieveModelMixin):
    """One row, with its ETag."""

    def retrieve(self, request, *args, **kwargs):
        return self.answer(self.get_object())


class ReadOnly(Retrieve, mixins.ListModelMixin, Resource):
    """A resource that callers only read."""


__all__ = ["Nothing", "ReadOnly", "Resource", "Retrieve"]
