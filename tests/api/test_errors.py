"""Every error is problem details with a stable code."""

import psycopg
import pytest
from django.db import OperationalError
from django.utils import translation

from api import words
from api.serializers.base import Body
from api.urls import router
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
    sender.is_held_to_the_description = False  # no description names a crash
    data = problem(sender.get("/api/v1/slots/"), 500, "error")
    assert "secret detail" not in str(data)


def test_what_a_write_answers_is_never_cached(sender):
    answer = sender.send("post", "participants/", {})
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
    assert "100 levels" in problem(answer, 400, "parse-error")["detail"]


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
        data='{"code": "%s"}' % ("a" * 6_000_000),
        content_type="application/json",
        headers=headers,
    )
    assert "5120 KiB" in problem(answer, 413, "too-large")["detail"]


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


def test_a_request_for_another_host(sender, settings):
    settings.ALLOWED_HOSTS = ["planner.example"]
    answer = sender.get("/api/v1/slots/", headers={"Host": "elsewhere.example"})
    problem(answer, 400, "bad-request")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1, column 2"),
        ('{"a": 1, "a": 2}', "“a” is given twice"),
        ('{"kkni": %s}' % ("9" * 5000), "more than 300 digits"),
        ('{"kkni": NaN}', "NaN is not a number"),
        (b'{"code": "\xff"}', "UTF-8"),
        ("", "line 1"),
    ],
)
def test_body_that_is_not_what_json_says(sender, text, said):
    answer = sender.post(
        "/api/v1/participants/", data=text, content_type="application/json"
    )
    if text:
        assert said in problem(answer, 400, "parse-error")["detail"]
    else:
        problem(answer, 400, "invalid")


UNSEEN = ["\u202e", "\u200b", "\u00ad", "\u3164", "\ufeff", "\x7f", "\U000e0041"]


@pytest.mark.parametrize("letter", UNSEEN)
def test_a_letter_nobody_sees_is_refused_where_it_stands(sender, letter):
    body = {"skills": [{}, {"code": f"ATP{letter}"}]}
    data = problem(sender.send("post", "participants/", body), 400, "invalid")
    [error] = data["errors"]
    assert (error["pointer"], error["code"]) == (
        "/skills/1/code",
        "invisible_character",
    )
    assert f"U+{ord(letter):04X}" in error["detail"]


def test_names_and_notes_of_any_script_are_taken(sender):
    body = {"given_name": "Ma'ruf Łukasz 山田 أحمد", "email": "line\nbreak\ttab"}
    data = problem(sender.send("post", "participants/", body), 400, "invalid")
    assert "/given_name" not in {error["pointer"] for error in data["errors"]}


UNKNOWN = [
    ("sender", "participants/", {"disability": "blind"}, "/disability"),
    ("sender", "participants/", {"skills": [{"nick": 1}]}, "/skills/0/nick"),
    ("sender", "participants/", {"languages": [{"cefr": "C2"}]}, "/languages/0/cefr"),
    ("sender", "participants/", {"a/b": 1}, "/a~1b"),
    ("sender", "nominations/", {"merit_score": 99}, "/merit_score"),
    ("sender", "nominations/bulk/", {"rows": []}, "/rows"),
    ("host", "slots/", {"agreement": "X"}, "/agreement"),
    ("host", "slots/", {"requirements": [{"min": 1}]}, "/requirements/0/min"),
    ("host", "host-ratings/", {"veto": True}, "/veto"),
    ("planner", "allocation-runs/", {"workers": 8}, "/workers"),
    ("sender", "webhook-endpoints/", {"secret": "x"}, "/secret"),
]


@pytest.mark.parametrize(("who", "path", "body", "pointer"), UNKNOWN)
def test_a_field_nobody_knows_is_pointed_at(who, path, body, pointer, request):
    answer = request.getfixturevalue(who).send("post", path, body)
    errors = problem(answer, 400, "invalid")["errors"]
    assert [e["pointer"] for e in errors if e["code"] == "unknown_field"] == [pointer]


WRITES = {"post", "put", "patch", "delete"}
BODIES = [
    (url.callback.cls, action)
    for url in router.urls
    for method, action in url.callback.actions.items()
    if method in WRITES
]


@pytest.mark.parametrize(("view", "action"), BODIES)
def test_whatever_is_sent_is_read_by_a_body_that_knows_its_fields(view, action):
    assert issubclass(view.write_serializers[action], Body)


def test_every_field_says_our_words_in_both_languages():
    """The library's jargon is in no sentence, and none is without a translation."""
    for field in _fields_in_use():
        for text in field.error_messages.values():
            with translation.override("en"):
                english = str(text)
            with translation.override("id"):
                indonesian = str(text)
            assert english != indonesian, (type(field), english)
            for word in ("pk", "object does not exist", "dictionary", "datatype"):
                assert word not in english.split(), (type(field), english)


def _fields_in_use():
    """Yield every field of everything that is sent, with those inside of it."""
    waiting = [
        serializer()
        for _prefix, view, _name in router.registry
        for serializer in view.write_serializers.values()
        if issubclass(serializer, Body)
    ]
    assert len(waiting) > 15
    while waiting:
        field = waiting.pop()
        yield field
        waiting += getattr(field, "fields", {}).values()
        waiting += [each for each in [getattr(field, "child", None)] if each]


@pytest.mark.parametrize("problem_class", words.PROBLEMS)
def test_every_class_of_errors_says_our_words(problem_class):
    said = set()
    for language in ("en", "id"):
        with translation.override(language):
            said.add(str(problem_class.default_detail))
    assert len(said) == 2


SAID = [
    ("anybody", "get", "slots/", {}, 401),
    ("host", "get", "participants/", {}, 403),
    ("sender", "get", "slots/00000000-0000-0000-0000-000000000000/", {}, 404),
    ("sender", "get", "nothing/", {}, 404),
    ("sender", "delete", "slots/", {}, 405),
    ("sender", "get", "slots/", {"Accept": "text/html"}, 406),
    ("sender", "post", "placements/{}/accept/", {}, 428),
    ("sender", "post", "placements/{}/accept/", {"If_Match": '"v9"'}, 412),
    ("sender", "post", "placements/{}/accept/", {"If_Match": '"x"'}, 412),
    ("sender", "post", "placements/{}/depart/", {"If_Match": '"v1"'}, 409),
    ("sender", "post", "participants/", {"Idempotency_Key": "x" * 101}, 400),
    *(
        ("sender", "get", f"slots/?{query}", {}, 400)
        for query in (
            "x=1",
            "host=penang",
            "state=closed",
            "cursor=zzz",
            "page_size=0",
            "code=",
            "code=1&code=2",
        )
    ),
    ("sender", "get", "programs/?is_incoming=perhaps", {}, 400),
    ("sender", "get", "programs/?partner_country=ZZ", {}, 400),
    ("sender", "get", "events/?after=-1", {}, 400),
    ("sender", "get", "events/?after=many", {}, 400),
]
"""A request for each way to be refused before a body is looked at."""


@pytest.mark.parametrize(("who", "method", "path", "headers", "status"), SAID)
def test_every_refusal_is_said_in_both_languages(
    who, method, path, headers, status, sender, request
):
    placement = factories.placement.make(application__nominated_by=sender.institution)
    caller = request.getfixturevalue(who)
    said = []
    for language in ("en", "id"):
        answer = caller.send(
            method,
            path.format(placement.pk),
            Accept_Language=language,
            **headers,
        )
        data = answer.json()
        assert answer.status_code == status, data
        said.append({data["title"], data["detail"]})
        said[-1] |= {error["detail"] for error in data["errors"]}
    assert said[0].isdisjoint(said[1])


def test_every_answer_tells_what_is_left_of_the_limits(sender, monkeypatch):
    monkeypatch.setattr("api.throttling.ReadRate.get_rate", lambda self: "9/min")
    answers = [sender.get("/api/v1/slots/") for _ in range(2)]
    assert answers[0]["RateLimit-Policy"] == '"read";q=9;w=60'
    assert [answer["RateLimit"] for answer in answers] == [
        '"read";r=8;t=60',
        '"read";r=7;t=60',
    ]
    written = sender.send("post", "participants/", {})
    assert written["RateLimit"].startswith('"read";r=6;t=60, "write";r=')


def test_nobody_is_told_of_limits_before_the_key_is_known(anybody):
    assert "RateLimit" not in anybody.get("/api/v1/slots/").headers
