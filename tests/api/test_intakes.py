"""Intakes as partners read them."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_an_intake_shows_its_dates_and_program(sender):
    intake = factories.intake.make(max_choices=3)
    row = sender.send("get", f"intakes/{intake.pk}/").json()
    assert row["program"] == str(intake.program_id)
    assert row["decide_by"] == intake.decide_by.isoformat()
    assert row["max_choices"] == 3


def test_intakes_are_found_by_program_and_state(sender):
    intake = factories.intake.make(state="open")
    factories.intake.make(state="open")
    factories.intake.make(program=intake.program, state="closed")
    query = f"intakes/?program={intake.program_id}&state=open"
    rows = sender.send("get", query).json()["results"]
    assert [row["code"] for row in rows] == [intake.code]


def test_an_intake_in_draft_is_as_unknown_as_a_missing_one(sender):
    intake = factories.intake.make(state="draft")
    assert sender.send("get", f"intakes/{intake.pk}/").status_code == 404
