"""Courtesy limits a caller: read often, write less; announced, never a wall."""

from rest_framework.permissions import SAFE_METHODS
from rest_framework.throttling import SimpleRateThrottle


class _PerCaller(SimpleRateThrottle):
    def get_cache_key(self, request, view):
        ident = getattr(request.user, "username", "") or self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}


class ReadRate(_PerCaller):
    """Every request of a caller."""

    scope = "read"


class WriteRate(_PerCaller):
    """Requests that change something."""

    scope = "write"

    def allow_request(self, request, view):
        return request.method in SAFE_METHODS or super().allow_request(request, view)
