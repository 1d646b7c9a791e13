"""Holds every answer to the description, more strictly than partners should.

A status, a header of ours, a field or a null that the description does not name fails
the test that met it.
"""

import gzip
import json
import re
from functools import cache

import jsonschema_rs

from api.schema import committed

JSON = ("application/json", "application/problem+json")
UNROUTED = {404, 405}
"""Statuses of what never came to an operation."""


def check(answer, method, path, query=""):
    """Raise where an answer is none of those that the description names.

    What ``fields`` leaves out of the rows is not missed.
    """
    operation = _operation(method, path)
    if operation is None:
        assert answer.status_code in UNROUTED or answer.status_code < 400, path
        return
    told = operation["responses"].get(str(answer.status_code))
    where = f"{method} {path} {answer.status_code}"
    assert told is not None, f"{where}: this status is not described"
    told = _resolved(told)
    _check_headers(answer, told.get("headers", {}), where)
    is_partial = "fields=" in query
    _check_body(answer, told.get("content", {}), where, is_partial)


def _check_headers(answer, told, where):
    names = {name.lower() for name in told}
    known = {name.lower() for name in _ours()}
    sent = {name.lower() for name in answer.headers} & known
    assert sent <= names, f"{where}: {sorted(sent - names)} is not described"
    for name, header in told.items():
        header = _resolved(header)
        assert name in answer.headers or not header["required"], f"{where}: no {name}"
        if name in answer.headers:
            _check_header(answer.headers[name], header["schema"], f"{where} {name}")


def _check_header(text, schema, where):
    value = int(text) if schema["type"] == "integer" else text
    _validate(schema, value, where)


def _check_body(answer, told, where, is_partial):
    if not told:
        assert not answer.content, f"{where}: a body that is not described"
        return
    kind = answer.headers["Content-Type"].partition(";")[0]
    assert kind in told, f"{where}: {kind} is not described"
    _validate(told[kind]["schema"], body_of(answer), where, is_partial)


def body_of(answer):
    """Return what an answer holds, compressed or not."""
    is_small = answer.headers.get("Content-Encoding") == "gzip"
    return json.loads(gzip.decompress(answer.content) if is_small else answer.content)


def _validate(schema, value, where, is_partial=False):
    validator = _made(schema)
    if "$ref" in schema:
        validator = _validator(repr(schema), is_partial)
    wrong = next(validator.iter_errors(value), None)
    assert wrong is None, f"{where}: {wrong and wrong.message}\n{wrong}"


@cache
def _ours():
    headers = set()
    for operations in committed.read()["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                headers |= set(_resolved(response).get("headers", {}))
    return headers


def _resolved(node):
    while "$ref" in node:
        kind, name = node["$ref"].split("/")[-2:]
        node = committed.read()["components"][kind][name]
    return node


@cache
def _paths():
    """Return (pattern, operations) of each path, those without parameters first."""
    paths = committed.read()["paths"]
    return [
        (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), paths[path])
        for path in sorted(paths, key=lambda path: path.count("{"))
    ]


def _operation(method, path):
    for pattern, operations in _paths():
        if pattern.fullmatch(path):
            return operations.get(method.lower())
    return None


@cache
def _validator(text, is_partial):
    return _made(eval(text), is_partial)


def _made(schema, is_partial=False):
    schemas = _without_required(_closed_schemas()) if is_partial else _closed_schemas()
    whole = {**schema, "components": {"schemas": schemas}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@cache
def _closed_schemas():
    return _closed(committed.read()["components"]["schemas"])


def _without_required(node):
    if isinstance(node, list):
        return [_without_required(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_required(item)
        for key, item in node.items()
        if not (key == "required" and isinstance(item, list))
    }


def _closed(node):
    """Return a schema whose objects hold nothing that it does not name."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _closed(item) for key, item in node.items()}
    if node.get("type") == "object" and "properties" in node:
        node.setdefault("additionalProperties", False)
    return node
