"""What a receiver is sent: a webhook a kind of event, and the schema of each."""

import re

from django.utils.translation import override

from programs.event_kinds import EventKind, object_type_of

SIGNED = {
    "webhook-id": "The same at each try: throw away what you have seen.",
    "webhook-timestamp": "Seconds since 1970; throw away what is older than 5 minutes.",
    "webhook-signature": "`v1,` and the signature of the scheme Standard Webhooks.",
}


IDENTIFIER = {"type": "string", "format": "uuid"}
PING, TRIED = "PingEvent", "You asked whether messages arrive."


def name_of(kind):
    """Return the name of the schema of a kind: ``PlacementEndedEarlyEvent``."""
    return "".join(map(str.capitalize, re.split(r"[._]", kind))) + "Event"


def schemas():
    """Return the schema of each kind of event as it is sent."""
    with override("en"):
        found = {name_of(kind): _schema(kind) for kind in EventKind}
    return {**found, PING: _message("ping", TRIED, {"endpoint": IDENTIFIER})}


def webhooks():
    """Return each kind of event as a request to the receiver."""
    with override("en"):
        found = {
            str(kind): {"post": _operation(kind, name_of(kind), _told(kind))}
            for kind in EventKind
        }
    return {**found, "ping": {"post": _operation("ping", PING, TRIED)}}


def _told(kind):
    return f"{kind.label}. Sent to endpoints that asked for `{kind}`."


def _schema(kind):
    thing = object_type_of(kind)
    data = {
        "sequence": {"type": "integer", "minimum": 1},
        "object_type": {"type": "string", "const": thing},
        "object_id": IDENTIFIER | {"description": f"The id of the {thing}."},
    }
    return _message(str(kind), f"{kind.label}.", data)


def _message(kind, description, data):
    properties = {
        "type": {"type": "string", "const": kind},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": {"type": "object", "required": list(data), "properties": data},
    }
    return {
        "type": "object",
        "description": description,
        "required": list(properties),
        "properties": properties,
    }


def _operation(kind, name, description):
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {
        "operationId": "on_" + str(kind).replace(".", "_"),
        "summary": description.partition(".")[0],
        "description": description,
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
