"""The OpenAPI description: complete, clean, and readable without the internet."""

import json
import re

import pytest
from django.core.management import call_command

from api.schema import GUIDE
from api.urls import router

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    """The description as it is served."""
    path = tmp_path_factory.mktemp("schema") / "openapi.json"
    call_command(
        "spectacular", format="openapi-json", file=str(path), fail_on_warn=True
    )
    return json.loads(path.read_text())


def test_it_is_openapi_3_1(schema):
    assert schema["openapi"].startswith("3.1")


def test_every_route_is_described(schema):
    described = {path.removeprefix("/api/v1/") for path in schema["paths"]}
    for prefix, *_rest in router.registry:
        assert f"{prefix}/" in described


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
    assert told <= {prefix for prefix, *_rest in router.registry}
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
    for operations in schema["paths"].values():
        for operation in operations.values():
            content = operation["responses"]["404"]["content"]
            assert "application/problem+json" in content


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
