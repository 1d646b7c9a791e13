"""The OpenAPI description: complete, clean, and readable without the internet."""

import json
import re

import pytest
from django.http import JsonResponse
from drf_spectacular.drainage import GENERATOR_STATS

from api.schema import GUIDE, committed
from api.schema.shapes import names_sent
from api.urls import router, singles
from programs.event_kinds import EventKind, object_type_of
from tests.api import described

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema():
    """The description as it is committed and served."""
    return committed.read()


def test_the_committed_description_is_what_the_views_give():
    made = committed.text_of(committed.generate())
    assert made == committed.PATH.read_text(encoding="utf-8"), "run make tables"
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def _routes():
    single = {str(one.pattern).rstrip("/") for one in singles}
    return single | {prefix for prefix, *_rest in router.registry}


def test_it_is_openapi_3_1(schema):
    assert schema["openapi"].startswith("3.1")


def test_every_route_is_described(schema):
    described = {path.removeprefix("/api/v1/") for path in schema["paths"]}
    for route in _routes():
        assert f"{route}/" in described


def test_every_operation_says_what_it_does(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), (path, method)


def test_every_operation_has_a_line_of_its_own(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (path, method)


def test_the_guide_names_only_what_exists(schema):
    """Whoever reads nothing but this page calls what it says."""
    told = set(re.findall(r"(?:GET|POST|PUT|PATCH) ([a-z-]+)/", GUIDE))
    assert told <= _routes()
    assert "host-ratings" in told
    steps = set(re.findall(r"`(?:POST |PUT )?([a-z{}/-]+/)`", GUIDE))
    paths = {path.removeprefix("/api/v1/") for path in schema["paths"]}
    ends = {path.rstrip("/").rpartition("/")[2] + "/" for path in paths}
    assert {step.rstrip("/").rpartition("/")[2] + "/" for step in steps} <= ends
    named = {tag["name"] for tag in schema["tags"]}
    used = {
        tag
        for operations in schema["paths"].values()
        for operation in operations.values()
        for tag in operation["tags"]
    }
    assert named == used


def test_every_operation_knows_its_problems(schema):
    known = {response["$ref"] for response in _problems(schema)}
    assert known == {f"#/components/responses/{name}" for name in _names(schema)}
    for name in _names(schema):
        content = schema["components"]["responses"][name]["content"]
        assert set(content) == {"application/problem+json"}


def _names(schema):
    return schema["components"]["responses"]


def _problems(schema):
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    yield response


def test_every_post_takes_an_idempotency_key(schema):
    for operations in schema["paths"].values():
        if "post" in operations:
            names = {field["name"] for field in operations["post"]["parameters"]}
            assert "Idempotency-Key" in names


def test_the_pages_load_nothing_from_elsewhere(client):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"https://" not in page.content
    assert client.get("/api/schema/").status_code == 200


def test_what_is_answered_is_always_there(schema):
    """Clients need not ask whether a field came; null says that there is nothing."""
    schemas = schema["components"]["schemas"]
    answered = [
        one for one in schemas if one not in names_sent(schema["paths"], schemas)
    ]
    assert len(answered) > 50
    for name in answered:
        component = schemas[name]
        if "properties" in component:
            assert set(component["required"]) == set(component["properties"]), name


def test_what_is_sent_holds_nothing_unknown(schema):
    schemas = schema["components"]["schemas"]
    bodies = [
        name
        for name in names_sent(schema["paths"], schemas)
        if "properties" in schemas[name]
    ]
    assert len(bodies) > 10
    for name in bodies:
        assert schemas[name]["additionalProperties"] is False, name


def test_steps_take_a_tag_and_answer_the_placement(schema):
    steps = [path for path in schema["paths"] if "/placements/{id}/" in path]
    steps = [path for path in steps if "post" in schema["paths"][path]]
    steps.remove("/api/v1/placements/{id}/changes/")  # no step, but a proposal
    assert len(steps) >= 8
    for path in steps:
        operation = schema["paths"][path]["post"]
        [tag] = [each for each in operation["parameters"] if each["name"] == "If-Match"]
        assert tag["required"] is True
        assert "428" in operation["responses"]
        content = operation["responses"]["200"]["content"]["application/json"]
        assert content["schema"] == {"$ref": "#/components/schemas/Placement"}


def test_each_kind_of_event_says_what_it_carries(schema):
    hooks = dict(schema["webhooks"])
    ping = hooks.pop("ping")["post"]["requestBody"]["content"]["application/json"]
    assert ping["schema"] == {"$ref": "#/components/schemas/PingEvent"}
    assert set(hooks) == set(EventKind)
    for kind, hook in hooks.items():
        body = hook["post"]["requestBody"]["content"]["application/json"]["schema"]
        told = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]
        assert told["properties"]["type"]["const"] == kind
        data = told["properties"]["data"]["properties"]
        assert data["object_type"]["const"] == object_type_of(kind)


def test_a_type_is_named_once(schema):
    """JSON Schema takes a list of types for a set; strict validators say so."""

    def lists(node, place=""):
        if isinstance(node, dict):
            if isinstance(node.get("type"), list):
                yield place, node["type"]
            for name, inner in node.items():
                yield from lists(inner, f"{place}/{name}")
        elif isinstance(node, list):
            for at, inner in enumerate(node):
                yield from lists(inner, f"{place}/{at}")

    found = list(lists(schema))
    assert found
    assert [each for each in found if len(set(each[1])) < len(each[1])] == []


def test_servers_are_named(schema):
    assert schema["servers"][0]["url"] == "/"
    assert all(server["description"] for server in schema["servers"])


def test_an_answer_that_is_not_described_is_noticed():
    """The check of answers fails where a field, a null or a header is too much."""
    row = {"code": "airfare", "name": {"en": "Airfare", "id": "Tiket pesawat"}}
    path = "/api/v1/reference/cost-categories/airfare/"
    for wrong, headers in [
        (row | {"more": 1}, {}),
        (row | {"code": None}, {}),
        ({key: row[key] for key in row if key != "name"}, {}),
        (row, {"Location": "/here"}),
    ]:
        answer = JsonResponse(wrong, headers={"ETag": '"x"', **headers})
        answer.json = lambda answer=answer: json.loads(answer.content)
        with pytest.raises(AssertionError):
            described.check(answer, "GET", path)
    answer = JsonResponse(row, headers={"ETag": '"x"'})
    answer.json = lambda: row
    described.check(answer, "GET", path)
