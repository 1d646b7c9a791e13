"""Every error is problem details with a stable code."""

import psycopg
import pytest
from django.db import OperationalError

from api.views.programs import ProgramViewSet
from programs.admin.programs import IntakeAdmin
from tests import factories

pytestmark = pytest.mark.django_db


def problem(answer, status, code):
    """Assert the shape, and return the problem."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    data = answer.json()
    assert data["status"] == status
    assert data["type"] == f"/problems/{code}"
    assert data["title"]
    assert data["detail"]
    return data


def test_unknown_path(sender):
    problem(sender.get("/api/v1/nothing/"), 404, "not-found")


def test_unknown_path_without_key(anybody):
    problem(anybody.get("/api/elsewhere"), 404, "not-found")


def test_unknown_parameter_is_named(sender):
    data = problem(sender.get("/api/v1/slots/?nik=1"), 400, "unknown-parameter")
    assert "nik" in data["detail"]


def test_parameter_with_a_wrong_value_is_pointed_at(sender):
    data = problem(sender.get("/api/v1/slots/?host=penang"), 400, "invalid")
    assert data["errors"][0]["pointer"] == "/host"


def test_method_that_does_not_exist(sender):
    problem(sender.send("delete", "slots/"), 405, "method-not-allowed")


def test_body_that_is_not_json(sender):
    answer = sender.post(
        "/api/v1/participants/", data="{", content_type="application/json"
    )
    problem(answer, 400, "parse-error")


def test_body_of_another_type(sender):
    answer = sender.post("/api/v1/participants/", data="a=1", content_type="text/plain")
    problem(answer, 415, "unsupported-media-type")


def test_answer_of_another_type(sender):
    answer = sender.get("/api/v1/slots/", headers={"Accept": "text/html"})
    problem(answer, 406, "not-acceptable")


def test_all_wrong_fields_are_told_at_once(sender):
    data = problem(sender.send("post", "participants/", {}), 400, "invalid")
    pointers = {error["pointer"] for error in data["errors"]}
    assert {"/code", "/given_name", "/birth_date"} <= pointers


def test_errors_speak_indonesian(sender):
    answer = sender.get("/api/v1/slots/?x=1", headers={"Accept-Language": "id"})
    assert "Parameter tidak dikenal" in answer.json()["detail"]


def test_request_id_is_in_the_problem_and_the_header(sender):
    answer = sender.get("/api/v1/slots/?x=1")
    assert answer.json()["request_id"] == answer["X-Request-Id"] != ""


def test_a_crash_is_a_problem_without_details(sender, monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("api.views.slots.SlotViewSet.get_queryset", crash)
    data = problem(sender.get("/api/v1/slots/"), 500, "error")
    assert "secret detail" not in str(data)


def test_answers_are_never_cached(sender):
    answer = sender.get("/api/v1/slots/")
    assert answer["Cache-Control"] == "no-store"
    assert "Authorization" in answer["Vary"]


def test_too_many_requests_say_when_to_come_back(sender, monkeypatch):
    monkeypatch.setattr("api.throttling.ReadRate.get_rate", lambda self: "2/min")
    answers = [sender.get("/api/v1/slots/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    problem(answers[2], 429, "throttled")
    assert int(answers[2]["Retry-After"]) > 0


DESCRIPTIONS = ["/api/schema/", "/api/docs/"]


@pytest.mark.parametrize("path", ["/api/v1/slots/", *DESCRIPTIONS])
@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT"])
def test_method_nobody_speaks(sender, method, path):
    problem(sender.generic(method, path), 405, "method-not-allowed")


def test_unknown_format_of_the_description(sender):
    problem(sender.get("/api/schema/?format=xml"), 404, "not-found")


@pytest.mark.parametrize(
    "text", ["[" * 100_000 + "]" * 100_000, '{"code":' * 900 + "1" + "}" * 900]
)
def test_body_that_nests_without_end(sender, text):
    answer = sender.post(
        "/api/v1/participants/", data=text, content_type="application/json"
    )
    assert "20" in problem(answer, 400, "parse-error")["detail"]


@pytest.mark.parametrize("letter", ["\\ud800", "\\u0000"])
@pytest.mark.parametrize(
    "body", ['{{"sex": "{}"}}', '{{"{}": 1}}', '{{"skills": [{{"code": "{}"}}]}}']
)
def test_text_that_cannot_be_stored(sender, letter, body):
    answer = sender.post(
        "/api/v1/participants/",
        data=body.format(letter),
        content_type="application/json",
    )
    problem(answer, 400, "parse-error")


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k-1"}])
def test_body_that_is_too_large(sender, headers):
    answer = sender.post(
        "/api/v1/participants/",
        data='{"code": "%s"}' % ("a" * 3_000_000),
        content_type="application/json",
        headers=headers,
    )
    assert "2560 KiB" in problem(answer, 413, "too-large")["detail"]


def test_body_that_is_no_object_is_pointed_at_as_a_whole(sender):
    data = problem(sender.send("post", "participants/", []), 400, "invalid")
    assert data["errors"][0]["pointer"] == ""


def test_path_without_its_last_slash_keeps_method_and_body(sender):
    answer = sender.send("post", "participants", {"code": "P-1"})
    assert answer.status_code == 308
    assert answer["Location"] == "/api/v1/participants/"


@pytest.fixture
def overtaken(monkeypatch):
    """Let the database say at each statement that others were quicker."""

    def say(*_args, **_kwargs):
        raise OperationalError from psycopg.errors.DeadlockDetected()

    return lambda where, name: monkeypatch.setattr(where, name, say)


def test_whoever_was_overtaken_is_told_when_to_come_again(sender, overtaken):
    overtaken(ProgramViewSet, "list")
    answer = sender.get("/api/v1/programs/")
    problem(answer, 503, "busy")
    assert answer["Retry-After"] == "5"


def test_a_page_says_that_too_many_write(client, overtaken):
    client.force_login(factories.administrator())
    overtaken(IntakeAdmin, "get_queryset")
    answer = client.get("/desk/programs/intake/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "nothing was saved" in answer.content.decode()
