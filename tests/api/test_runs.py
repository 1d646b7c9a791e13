"""Allocation runs for planners' own systems."""

import uuid

import pytest

from planner.models import RunState
from programs.choices import IntakeState
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    """A closed intake, ready to be planned."""
    return factories.intake.make(state=IntakeState.CLOSED)


def test_a_run_is_accepted_and_can_be_watched(planner, intake):
    answer = planner.send(
        "post", "allocation-runs/", {"intakes": [str(intake.pk)], "seconds": 5}
    )
    assert answer.status_code == 202, answer.content
    assert answer["Retry-After"] == "2"
    path = answer["Location"].partition("/api/v1/")[2]
    run = planner.send("get", path).json()
    assert run["state"] == RunState.QUEUED
    assert run["intakes"] == [str(intake.pk)]


def test_unknown_intake_is_pointed_at(planner):
    answer = planner.send("post", "allocation-runs/", {"intakes": [str(uuid.uuid4())]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/intakes"


@pytest.mark.parametrize(
    "limits", [{"seconds": 0}, {"gap": -1}, {"seed": 2**40}, {"intakes": []}]
)
def test_senseless_limits_are_refused(planner, intake, limits):
    body = {"intakes": [str(intake.pk)], **limits}
    assert planner.send("post", "allocation-runs/", body).status_code == 400


def test_a_waiting_run_can_be_cancelled(planner, intake):
    made = planner.send("post", "allocation-runs/", {"intakes": [str(intake.pk)]})
    answer = planner.send("post", f"allocation-runs/{made.json()['id']}/cancel/")
    assert answer.status_code == 200
    assert answer.json()["state"] == RunState.CANCELLED


def test_explanations_and_limits_of_a_run(planner):
    run = factories.allocation_run.make()
    factories.unplaced.make(run=run, main_reason="seats")
    factories.limit_price.make(run=run, price=2.4)
    path = f"allocation-runs/{run.pk}/"
    rows = planner.send("get", f"{path}explanations/").json()["results"]
    assert [row["main_reason"] for row in rows] == ["seats"]
    rows = planner.send("get", f"{path}limits/").json()["results"]
    assert [row["price"] for row in rows] == [2.4]
