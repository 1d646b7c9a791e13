"""Whatever is sent is taken whole or refused with a pointer; nothing of it crashes."""

import pytest

from programs.models import Participant
from tests import factories

from .test_errors import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(sender):
    factories.skill.make(framework="TEP", code="ATP-01")
    factories.language_scale.make(
        test="JLPT", version="2025", band="N4", language="ja", cefr="A2"
    )
    return factories.participant.make(registered_by=sender.institution)


PAPER = {
    "test": "JLPT",
    "scale_version": "2025",
    "band": "N4",
    "taken_on": "2026-07-05",
}
CLAIM = {"framework": "TEP", "code": "ATP-01", "level": 2}
LINES = [
    ({"skills": [{"level": 2}]}, {"/skills/0/framework", "/skills/0/code"}),
    ({"skills": [CLAIM, {}]}, {f"/skills/1/{n}" for n in CLAIM}),
    ({"skills": [None]}, {"/skills/0"}),
    ({"skills": {}}, {"/skills"}),
    ({"skills": None}, {"/skills"}),
    ({"skills": [{**CLAIM, "level": None}]}, {"/skills/0/level"}),
    ({"skills": [CLAIM, {**CLAIM, "code": "NOPE"}]}, {"/skills/1/code"}),
    (
        {"languages": [{"test": "JLPT"}]},
        {f"/languages/0/{n}" for n in set(PAPER) - {"test"}},
    ),
    ({"languages": [7]}, {"/languages/0"}),
    ({"given_name": 7, "sex": []}, {"/sex"}),
    ({"birth_date": "2001-05-20T00:00"}, {"/birth_date"}),
    ({"code": "NEW"}, {"/code"}),
]


@pytest.mark.parametrize(("body", "pointers"), LINES)
def test_a_half_line_is_pointed_at(sender, person, body, pointers):
    answer = sender.send("patch", f"participants/{person.pk}/", body)
    data = problem(answer, 400, "invalid")
    assert {error["pointer"] for error in data["errors"]} == pointers


DOMAIN = [
    ({"skills": [CLAIM, CLAIM]}, "listed-twice", "/skills/1"),
    (
        {"languages": [{**PAPER, "valid_to": "2026-01-01"}]},
        "out-of-order",
        "/languages/0/valid_to",
    ),
    (
        {"languages": [{**PAPER, "taken_on": "2099-01-01"}]},
        "impossible-date",
        "/languages/0/taken_on",
    ),
    ({"birth_date": "2030-01-01"}, "impossible-date", "/birth_date"),
    ({"birth_date": "1800-01-01"}, "impossible-date", "/birth_date"),
    (
        {"skills": [{**CLAIM, "valid_to": "9999-12-31"}]},
        "impossible-date",
        "/skills/0/valid_to",
    ),
]


@pytest.mark.parametrize(("body", "code", "pointer"), DOMAIN)
def test_what_the_domain_refuses_of_a_line_is_pointed_at(
    sender, person, body, code, pointer
):
    answer = sender.send("patch", f"participants/{person.pk}/", body)
    assert problem(answer, 422, code)["errors"][0]["pointer"] == pointer
    kept = Participant.objects.get(pk=person.pk)
    assert kept.birth_date == person.birth_date
    assert not kept.skill_claims.exists()


REQUIREMENTS = [
    ([{}], "/requirements/0/framework"),
    ([{"kind": "required"}], "/requirements/0/level"),
    ([[]], "/requirements/0"),
]


@pytest.mark.parametrize(("lines", "pointer"), REQUIREMENTS)
def test_a_half_requirement_of_a_slot_is_pointed_at(host, lines, pointer):
    slot = factories.slot.make(host=host.institution)
    answer = host.send("patch", f"slots/{slot.pk}/", {"requirements": lines})
    data = problem(answer, 400, "invalid")
    assert pointer in {error["pointer"] for error in data["errors"]}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_slot_has_days_that_can_be(host, day):
    slot = factories.slot.make(host=host.institution)
    answer = host.send("patch", f"slots/{slot.pk}/", {"ends_on": day})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/ends_on"


def test_a_wish_of_another_intake_is_pointed_at(sender, person):
    slot = factories.slot.make()
    body = {
        "participant": str(person.pk),
        "intake": str(slot.intake_id),
        "preferences": [str(slot.pk), str(factories.slot.make().pk)],
    }
    data = problem(sender.send("post", "nominations/", body), 422, "not-in-intake")
    assert data["errors"][0]["pointer"] == "/preferences/1"


def test_a_nomination_without_wishes_is_made_and_answered(sender, person):
    body = {"participant": str(person.pk), "intake": str(factories.intake.make().pk)}
    made = sender.send("post", "nominations/", {**body, "preferences": []})
    assert (made.status_code, made.json()["verdicts"]) == (201, [])
    path = f"nominations/{made.json()['id']}/"
    assert sender.send("get", f"{path}eligibility/").json() == []


def said(sender, person, body, language):
    """Return every sentence of the answer to a body."""
    path = f"participants/{person.pk}/"
    answer = sender.send("patch", path, body, Accept_Language=language).json()
    sentences = [answer["title"], answer["detail"]]
    return sentences + [error["detail"] for error in answer["errors"]]


@pytest.mark.parametrize("body", [line[0] for line in LINES + DOMAIN])
def test_every_sentence_of_an_error_is_in_the_readers_language(sender, person, body):
    english = said(sender, person, body, "en")
    indonesian = said(sender, person, body, "id")
    assert len(english) == len(indonesian) > 2
    assert set(english).isdisjoint(indonesian)
