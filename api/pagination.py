"""Pages by cursor: stable while rows come and go."""

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """50 rows a page, at most 200, in the order of the rows' public ids."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "pk"
