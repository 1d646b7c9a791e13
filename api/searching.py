"""What a list is narrowed by: its filters, and ``search`` for words in any case."""

import re
from functools import lru_cache

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.filters import BaseFilterBackend

from .exceptions import Problem
from .pagination import parameter

LONGEST = 100


class Filters(DjangoFilterBackend):
    """Makes those filters of a list that are asked for: the others change nothing."""

    def get_filterset(self, request, queryset, view):
        """Return the filters of a request, or None where it names none."""
        kind = self.get_filterset_class(view, queryset)
        asked = kind and frozenset(request.query_params) & frozenset(kind.base_filters)
        if not asked:
            return None
        return _only(kind, asked)(**self.get_filterset_kwargs(request, queryset, view))


@lru_cache(maxsize=256)
def _only(kind, names):
    """Return a set of filters with some of those that another one has."""
    some = type(kind.__name__, (kind,), {})
    filters = {name: made for name, made in kind.base_filters.items() if name in names}
    some.base_filters = filters
    return some


class Search(BaseFilterBackend):
    """Looks into the columns that a view names in ``searched_in``."""

    def filter_queryset(self, request, queryset, view):
        """Return the rows that hold every word, each in any of the columns."""
        text = request.query_params.get("search") if self._is_for(view) else None
        if text is None:
            return queryset
        if len(text) > LONGEST or not text.isprintable():
            detail = _("Use at most %(most)d letters, digits and signs.")
            raise Problem(400, "invalid", detail % {"most": LONGEST}, field="search")
        for word in text.split():
            # SQLite's LIKE folds the case of ASCII letters only; this one folds all.
            pattern = re.escape(word)
            queryset = queryset.filter(
                Q.create(
                    [(f"{name}__iregex", pattern) for name in view.searched_in],
                    connector=Q.OR,
                )
            )
        return queryset

    def get_schema_operation_parameters(self, view):
        """Return the parameter as OpenAPI says it."""
        if not self._is_for(view):
            return []
        schema = {"type": "string", "minLength": 1, "maxLength": LONGEST}
        columns = ", ".join(f"`{_in_words(name)}`" for name in view.searched_in)
        says = f"Words that all have to be in one of {columns}; case does not matter."
        return [parameter("search", schema, says)]

    @staticmethod
    def _is_for(view):
        return bool(view.searched_in) and view.action == "list"


def _in_words(path):
    """Return a column of this row or another as readers write it: ``host.name``."""
    return path.replace("__", ".")
