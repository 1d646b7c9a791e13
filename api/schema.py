"""What OpenAPI cannot see in the code: the key scheme, problems, headers."""

from pathlib import Path

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension

PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/already-nominated"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "examples": ["/participant"]},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "request_id": {"type": "string"},
    },
}
REASONS = {
    "400": "The request is malformed, or a value is wrong.",
    "401": "No valid key.",
    "403": "The key's scopes do not allow this.",
    "404": "There is no such thing, or it is not yours.",
    "406": "Only JSON is spoken here.",
    "409": "It clashes with how things are now.",
    "412": "It changed since you read it.",
    "413": "The body is too large.",
    "415": "Send application/json.",
    "422": "It was understood and refused.",
    "428": "If-Match is missing.",
    "429": "Too many requests; see Retry-After.",
}
ALWAYS = ("400", "401", "403", "404", "406", "429")
ON_WRITES = ("409", "412", "413", "415", "422", "428")
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
GUIDE = (Path(__file__).parent / "guide.md").read_text(encoding="utf-8")
"""What stands at the head of /api/docs: enough to connect without asking anybody."""
TAGS = {
    "programs": "What there is: schemes of cooperation with their goals.",
    "intakes": "Runs of a program with their dates and states.",
    "slots": "Places that hosts offer, and the people who asked for them.",
    "agreements": "Signed frames with their caps, and what is used of them.",
    "participants": "People of the own institution.",
    "rights-requests": "What people ask for about their data, and a human's answer.",
    "consents": "What people consent to, with evidence, until it is withdrawn.",
    "nominations": "Who wishes to take part in what, and who may.",
    "host-ratings": "What hosts think of candidates, until the decision.",
    "placements": "What was decided, and each step since.",
    "allocation-runs": "Proposals for planners: asked for, watched, explained.",
    "events": "What happened to the caller's things, in order.",
    "webhook-endpoints": "Addresses that are told of events.",
    "reference": "Codes everybody shares: countries, regions, skills, languages.",
}


class PersonScheme(SessionScheme):
    """The desk's session cookie."""

    target_class = "api.authentication.PersonAuthentication"


class KeyScheme(OpenApiAuthenticationExtension):
    """``Authorization: Api-Key <key>``."""

    target_class = "api.authentication.InstitutionKeyAuthentication"
    name = "institutionKey"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Write `Api-Key` and a space before the key.",
        }


def describe_problems(result, generator, request, public):
    """Add the guide, and to every operation its problems and headers."""
    result["info"]["description"] = GUIDE
    result["tags"] = [
        {"name": name, "description": text} for name, text in TAGS.items()
    ]
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    content = {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    for operations in result["paths"].values():
        for method, operation in operations.items():
            first = operation.get("description", "").partition("\n")[0]
            operation.setdefault("summary", first.rstrip("."))
            codes = ALWAYS if method == "get" else ALWAYS + ON_WRITES
            for code in codes:
                operation["responses"].setdefault(
                    code, {"description": REASONS[code], "content": content}
                )
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return result
