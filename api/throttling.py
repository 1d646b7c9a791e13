"""Courtesy limits a caller: read often, write less; announced, never a wall.

Wrong keys are a wall: they are counted by address, and after too many all that is wrong
is answered 429. The right key is let in wherever it comes from: it is far too long to
be guessed, and its owner may share an address with a system that was forgotten.
"""

from math import ceil

from rest_framework.exceptions import Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.throttling import SimpleRateThrottle


class _PerCaller(SimpleRateThrottle):
    def get_cache_key(self, request, view):
        ident = getattr(request.user, "username", "") or self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}

    def left(self, request):
        """Return how many requests the caller has left, without counting this one."""
        begin = self.timer() - self.duration
        seen = self.cache.get(self.get_cache_key(request, None), [])
        return max(0, self.num_requests - sum(at > begin for at in seen))


class ReadRate(_PerCaller):
    """Every request of a caller."""

    scope = "read"


class WriteRate(_PerCaller):
    """Requests that change something."""

    scope = "write"

    def allow_request(self, request, view):
        return request.method in SAFE_METHODS or super().allow_request(request, view)


def standing(request):
    """Return each limit of a caller, with what is left of it."""
    return [
        {
            "name": limit.scope,
            "requests": limit.num_requests,
            "seconds": limit.duration,
            "left": limit.left(request),
        }
        for limit in (ReadRate(), WriteRate())
    ]


def told(throttles):
    """Return the headers that tell a caller what is left of its limits.

    As the IETF's draft on RateLimit header fields has it: ``q`` requests in ``w``
    seconds, of which ``r`` are left until ``t`` seconds from now.
    """
    counted = [limit for limit in throttles if getattr(limit, "history", None)]
    if not counted:
        return []
    policies = (
        f'"{one.scope}";q={one.num_requests};w={one.duration}' for one in counted
    )
    return [
        ("RateLimit-Policy", ", ".join(policies)),
        ("RateLimit", ", ".join(map(_left, counted))),
    ]


def _left(limit):
    left = max(0, limit.num_requests - len(limit.history))
    seconds = ceil(limit.duration - (limit.now - limit.history[-1]))
    return f'"{limit.scope}";r={left};t={seconds}'


class WrongKeys(SimpleRateThrottle):
    """Keys that were found wrong, by address."""

    scope = "wrong_keys"

    def __init__(self, request):
        """Read what the request's address has sent."""
        super().__init__()
        ident = self.get_ident(request)
        self.key = self.cache_format % {"scope": self.scope, "ident": ident}
        self.now = self.timer()
        begin = self.now - self.duration
        self.history = [at for at in self.cache.get(self.key, []) if at > begin]

    def require_room(self):
        """Refuse to say what is wrong after too many wrong ones."""
        if len(self.history) >= self.num_requests:
            raise Throttled(wait=self.duration - (self.now - self.history[-1]))

    def count(self):
        """Count a wrong key."""
        self.cache.set(self.key, [self.now, *self.history], self.duration)
