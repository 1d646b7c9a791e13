"""Shapes the same on every database and in every language.

What is answered is always there, null where there is nothing; what is sent may hold
nothing that is not known.
"""

MOST = {2**15 - 1, 2**31 - 1, 2**63 - 1}
LEAST = {-(2**15), -(2**31), -(2**63)}
"""What the types of columns hold, on one database or another."""


def names_sent(paths, schemas):
    """Return the names of components that bodies of requests hold."""
    bodies = [
        operation.get("requestBody", {})
        for operations in paths.values()
        for operation in operations.values()
    ]
    found, waiting = set(), _names_in(bodies)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting |= _names_in(schemas[name])
    return found


def _names_in(node):
    if isinstance(node, list):
        return set().union(*map(_names_in, node))
    if not isinstance(node, dict):
        return set()
    own = (
        {node["$ref"].rpartition("/")[2]}
        if isinstance(node.get("$ref"), str)
        else set()
    )
    return own.union(*map(_names_in, node.values()))


def settle(schemas, *, sent):
    """Bring the components of the views' serializers into their final form.

    Parameters
    ----------
    schemas: components by name. sent: the names of those that requests hold.
    """
    schemas.pop("NullEnum", None)
    for name, schema in schemas.items():
        _settle(schema)
        properties = schema.get("properties")
        if properties is None:
            continue
        if name in sent:
            schema["additionalProperties"] = False
        else:
            schema["required"] = sorted(properties)


def _settle(node):
    if isinstance(node, list):
        for item in node:
            _settle(item)
    elif isinstance(node, dict):
        _settle_one(node)
        for key, item in node.items():
            if key not in ("enum", "examples", "default", "const"):
                _settle(item)


def _settle_one(node):
    """Turn a title into a description, and leave out what one database adds."""
    if node.get("$ref") == "#/components/schemas/NullEnum":
        node.clear()
        node["type"] = "null"
    title = node.get("title")
    if isinstance(title, str):
        del node["title"]
        if title != "Identifier":
            node.setdefault("description", f"{title}.")
    if node.get("type") == "integer" or "integer" in (node.get("type") or ()):
        _settle_number(node)
    if "$ref" in node or "allOf" in node:
        # The choices say what there is; the bounds are those of the column's type.
        node.pop("minimum", None)
        node.pop("maximum", None)
    if node.get("format") == "double":
        del node["format"]


def _settle_number(node):
    """Forget the bounds of the column's type: each database has its own."""
    node.pop("format", None)
    for bound, of_types in (("minimum", LEAST), ("maximum", MOST)):
        if node.get(bound) in of_types:
            del node[bound]
