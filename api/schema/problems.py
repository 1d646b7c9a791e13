"""Problems: one shape, and for each status what it means and when it may come."""

from .headers import LIMITS, headers

PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "pattern": "^/problems/[a-z0-9-]+$",
            "description": "What went wrong, for programs; stable.",
            "examples": ["/problems/already-nominated"],
        },
        "title": {"type": "string", "minLength": 1},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {
            "type": "string",
            "description": "For people, in the language of Accept-Language.",
        },
        "errors": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/ProblemError"},
        },
        "request_id": {
            "type": "string",
            "description": "Quote it when you ask for help.",
        },
    },
}
PROBLEM_ERROR = {
    "type": "object",
    "description": "One value that is wrong, and where it stands.",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "JSON pointer into the body, or the query parameter.",
            "examples": ["/participant"],
        },
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}
STATUSES = {
    "400": ("BadRequest", "The request is malformed, or a value is wrong.", ()),
    "401": ("NotAuthenticated", "No valid key.", ("WWWAuthenticate",)),
    "403": ("Forbidden", "The key's scopes do not allow this.", ()),
    "404": ("NotFound", "There is no such thing, or it is not yours.", ()),
    "406": ("NotAcceptable", "Only JSON is spoken here.", ()),
    "409": ("Conflict", "It clashes with how things are now.", ("RetryAfterIfAny",)),
    "412": ("Stale", "It changed since you read it.", ()),
    "413": ("TooLarge", "The body is too large.", ()),
    "415": ("UnsupportedMediaType", "Send application/json.", ()),
    "422": ("Refused", "It was understood and refused.", ()),
    "428": ("PreconditionRequired", "If-Match is missing.", ()),
    "429": ("TooManyRequests", "Too many requests.", ("RetryAfter",)),
    "503": (
        "Busy",
        "Too many change the same things at this moment; nothing was changed.",
        ("RetryAfter",),
    ),
}
"""The name, the meaning and the headers of a problem of each status."""
UNCHANGED = {
    "description": "What was read is still so: see If-None-Match.",
    "headers": headers("ETag", *LIMITS),
}
"""The answer to who has it already."""
ALWAYS = ("400", "401", "403", "404", "406", "429", "503")
ON_WRITES = ("409", "412", "422")
ON_BODIES = ("413", "415")


def responses():
    """Return the components that operations refer to."""
    problem = {"$ref": "#/components/schemas/Problem"}
    return {
        name: {
            "description": meaning,
            "headers": headers(*LIMITS, "IdempotencyReplayed", *extra),
            "content": {"application/problem+json": {"schema": problem}},
        }
        for status, (name, meaning, extra) in STATUSES.items()
    }


def of(method, *, needs_tag):
    """Return the problems an operation may answer, by status."""
    known = set(ALWAYS)
    if method != "GET":
        known |= {*ON_WRITES, *ON_BODIES}
    if needs_tag:
        known.add("428")
    return {
        status: {"$ref": f"#/components/responses/{STATUSES[status][0]}"}
        for status in sorted(known)
    }
