"""The router: rows by their id, or by the parts of the code that other rows carry."""

from rest_framework.routers import SimpleRouter


class Router(SimpleRouter):
    """Reads from a view by which parts of the path its rows are found."""

    def __init__(self):
        super().__init__(use_regex_path=False)

    def get_lookup_regex(self, viewset, lookup_prefix=""):
        """Return the end of the path of one row, in Django's own syntax."""
        parts = getattr(viewset, "lookup_path", ())
        if not parts:
            return super().get_lookup_regex(viewset, lookup_prefix)
        return "/".join(f"<str:{part}>" for part in parts)
