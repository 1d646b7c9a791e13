"""What if, over the API: asked by a planner's system, answered by a worker."""

import pytest

from planner.allocation.solving import what_ifs
from planner.models import WhatIf
from tests import factories
from tests.planner.allocation.conftest import inline, plan, world  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def solved(world, plan):  # noqa: F811
    """Return a run with one seat and two people who want it."""
    world.place = world.slot(seats=1)
    world.strong = world.person(world.place, merit=90)
    world.weak = world.person(world.place, merit=20)
    world.cost(10_000_000, world.source("bssn", 50_000_000))
    return plan()


def asked(planner, run, **body):
    """Ask, let a worker answer, and return what is read then."""
    made = planner.send("post", "what-ifs/", {"run": str(run.pk), **body})
    assert made.status_code == 202, made.json()
    what_ifs.answer(made.json()["id"])
    return planner.send("get", f"what-ifs/{made.json()['id']}/").json()


def test_a_person_is_put_somewhere(planner, solved, world):  # noqa: F811
    told = asked(
        planner, solved, nomination=str(world.weak.pk), slot=str(world.place.pk)
    )
    assert told["state"] == "solved"
    assert told["verdict"]["kind"] == "points"
    assert told["verdict"]["least"] == told["verdict"]["most"] > 0
    assert "points short" in told["text"]
    assert (told["plan"]["gain"], told["plan"]["lose"]) == (1, 1)
    assert told["then"] is None


def test_a_limit_is_raised_and_says_who_pays(planner, solved, world):  # noqa: F811
    told = asked(planner, solved, kind="seats", code=world.place.code, by=1)
    assert [(x["kind"], x["by"]) for x in told["changes"]] == [("seats", 1)]
    assert (told["plan"]["gain"], told["plan"]["is_best"]) == (1, True)
    money = {"amount": "10000000.00", "currency": "IDR"}
    label = {"en": "BSSN, 2027", "id": "BSSN, 2027"}
    line = {"line": "bssn:2027", "label": label, "money": money}
    assert told["plan"]["lines"] == [line]
    told = asked(planner, solved, kind="budget", code="bssn:2027", by=25_000_000)
    # Everything costs Rp 10 million here: that is the step in which money counts.
    assert told["changes"][0]["label"] == label
    assert told["changes"][0]["money"]["amount"] == "20000000.00"
    assert told["plan"]["gain"] == 0


def test_both_say_whether_the_person_would_have_it(planner, solved, world):  # noqa: F811
    told = asked(
        planner,
        solved,
        nomination=str(world.weak.pk),
        slot=str(world.place.pk),
        kind="seats",
        code=world.place.code,
        by=1,
    )
    assert told["then"] == "have"
    assert told["verdict"] is None


def test_a_question_that_waits_says_so_and_is_found_by_its_run(planner, solved):
    made = planner.send(
        "post",
        "what-ifs/",
        {"run": str(solved.pk), "kind": "budget", "code": "x", "by": 1},
    )
    assert made.status_code == 422
    assert made.json()["type"].endswith("unknown-limit") or "limit" in str(made.json())
    own = WhatIf.objects.filter(run=solved).count()
    other = factories.allocation_run.make(number=900)
    factories.what_if.make(run=other)
    rows = planner.send("get", f"what-ifs/?run={solved.pk}&is_standing=true").json()
    assert len(rows["results"]) == own > 0
    assert {row["text"] for row in rows["results"]} == {
        "Not known yet: it is being solved."
    }
    assert {row["plan"] for row in rows["results"]} == {None}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "seats", "code": "slot"},
        {"kind": "seats", "code": "slot", "by": 0},
        {"nomination": "weak"},
        {"kind": "nothing", "code": "slot", "by": 1},
        {"kind": "budget", "code": "bssn:2027", "by": 5_000_000},
        {"more": 1},
    ],
)
def test_what_cannot_be_asked_is_refused(planner, solved, world, body):  # noqa: F811
    places = {"slot": world.place.code, "weak": str(world.weak.pk)}
    sent = {name: places.get(value, value) for name, value in body.items()}
    answer = planner.send("post", "what-ifs/", {"run": str(solved.pk), **sent})
    assert 400 <= answer.status_code < 500
    assert not solved.what_ifs.filter(is_standing=False).exists()
