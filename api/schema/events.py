"""What a receiver is sent: a webhook a kind of event, and the schema of each."""

import re

from django.utils.translation import override

from programs.event_kinds import EventKind, object_type_of

SIGNED = {
    "webhook-id": "The same at each try: throw away what you have seen.",
    "webhook-timestamp": "Seconds since 1970; throw away what is older than 5 minutes.",
    "webhook-signature": "`v1,` and the signature of the scheme Standard Webhooks.",
}


def name_of(kind):
    """Return the name of the schema of a kind: ``PlacementEndedEarlyEvent``."""
    return "".join(map(str.capitalize, re.split(r"[._]", kind))) + "Event"


def schemas():
    """Return the schema of each kind of event as it is sent."""
    with override("en"):
        return {name_of(kind): _schema(kind) for kind in EventKind}


def webhooks():
    """Return each kind of event as a request to the receiver."""
    with override("en"):
        return {str(kind): {"post": _operation(kind)} for kind in EventKind}


def _schema(kind):
    thing = object_type_of(kind)
    identifier = {"type": "string", "format": "uuid"}
    data = {
        "sequence": {"type": "integer", "minimum": 1},
        "object_type": {"type": "string", "const": thing},
        "object_id": identifier | {"description": f"The id of the {thing}."},
    }
    properties = {
        "type": {"type": "string", "const": str(kind)},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": {"type": "object", "required": list(data), "properties": data},
    }
    return {
        "type": "object",
        "description": f"{kind.label}.",
        "required": list(properties),
        "properties": properties,
    }


def _operation(kind):
    schema = {"$ref": f"#/components/schemas/{name_of(kind)}"}
    return {
        "operationId": "on_" + str(kind).replace(".", "_"),
        "summary": str(kind.label),
        "description": f"{kind.label}. Sent to endpoints that asked for `{kind}`.",
        "tags": ["webhook-endpoints"],
        "security": [],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "schema": {"type": "string"},
                "description": says,
            }
            for name, says in SIGNED.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        },
        "responses": {
            "204": {"description": "Taken; any 2xx within eight seconds will do."},
            "410": {"description": "Send nothing more; the endpoint is paused."},
        },
    }
