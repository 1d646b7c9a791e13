"""The headers of requests and answers, each described once."""

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 100,
        "pattern": "^[!-~]+$",
    },
    "description": "Makes a retry safe: the first answer is kept for 24 hours.",
}


def if_match(*, required):
    """Return the parameter that says what a change is made to."""
    return {
        "name": "If-Match",
        "in": "header",
        "required": required,
        "schema": {"type": "string", "minLength": 1},
        "description": "The ETag of the row as it was read; 412 where it is another.",
    }


IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1},
    "description": "The ETag of an earlier answer: 304 if nothing has changed since.",
}
FIELDS = {
    "name": "fields",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "minLength": 1},
    "description": "Only these fields of a row, with commas between them: shorter and "
    "faster. What is left out is not in the answer, although the row's shape here "
    "says that it always is.",
}


def _header(kind, description, *, required=False, **more):
    schema = {"type": kind, **more}
    return {"description": description, "required": required, "schema": schema}


HEADERS = {
    "ETag": _header(
        "string",
        "The tag of what is answered here; of a row, send it back as If-Match, of "
        "anything that was read, as If-None-Match.",
        required=True,
        pattern='^"[^"]+"$',
    ),
    "ContentEncoding": _header(
        "string",
        "Where `Accept-Encoding` names gzip, longer answers to a key are compressed.",
        enum=["gzip"],
    ),
    "Location": _header(
        "string", "Where the new row is read.", required=True, format="uri"
    ),
    "RetryAfter": _header(
        "integer", "Seconds after which to ask again.", required=True, minimum=0
    ),
    "RetryAfterIfAny": _header(
        "integer",
        "Seconds after which the same request may go through, where waiting helps.",
        minimum=0,
    ),
    "RateLimit": _header(
        "string",
        'What is left of the limits: `"read";r=599;t=60` are 599 requests within '
        "60 seconds. On requests that change something also `write`.",
    ),
    "RateLimitPolicy": _header(
        "string", 'The limits of the caller: `"read";q=600;w=60` are 600 a minute.'
    ),
    "IdempotencyReplayed": _header(
        "string",
        "This answer was given before, to the same Idempotency-Key.",
        enum=["true"],
    ),
    "IdempotencyOmitted": _header(
        "string", "Names of secrets that a repeated answer leaves out.", minLength=1
    ),
    "Deprecation": _header(
        "string",
        "A field of this answer will go: `@` and since when (RFC 9745).",
        required=True,
        pattern="^@[0-9]+$",
    ),
    "Sunset": _header(
        "string", "The day on which it goes (RFC 8594).", required=True, minLength=1
    ),
    "Link": _header(
        "string",
        'Where that is told (`rel="deprecation"`).',
        required=True,
        minLength=1,
    ),
    "WWWAuthenticate": _header("string", "How to sign in.", required=True),
}
"""The headers of answers by the name of their component."""

NAMES = {
    "ETag": "ETag",
    "ContentEncoding": "Content-Encoding",
    "Location": "Location",
    "RetryAfter": "Retry-After",
    "RetryAfterIfAny": "Retry-After",
    "RateLimit": "RateLimit",
    "RateLimitPolicy": "RateLimit-Policy",
    "IdempotencyReplayed": "Idempotency-Replayed",
    "IdempotencyOmitted": "Idempotency-Omitted",
    "Deprecation": "Deprecation",
    "Sunset": "Sunset",
    "Link": "Link",
    "WWWAuthenticate": "WWW-Authenticate",
}
"""What each is called on the wire."""
LIMITS = ("RateLimit", "RateLimitPolicy")


def headers(*components):
    """Return the ``headers`` of a response that may carry these."""
    return {
        NAMES[name]: {"$ref": f"#/components/headers/{name}"} for name in components
    }
