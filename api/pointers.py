"""Where in a body something is, as a JSON pointer (RFC 6901)."""

WHOLE = "non_field_errors"
"""What the library calls an object as a whole."""


def pointer(attr):
    """Turn ``preferences/0/slot`` into the JSON pointer ``/preferences/0/slot``.

    What is wrong with an object as a whole points at the object.
    """
    parts = [part for part in (attr or "").split("/") if part != WHOLE]
    return "".join(f"/{part}" for part in parts if part)


def escaped(name):
    """Return a name as it stands in a JSON pointer."""
    return str(name).replace("~", "~0").replace("/", "~1")
