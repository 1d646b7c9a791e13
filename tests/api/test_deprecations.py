"""What will go is told in every place, and in time."""

from email.utils import parsedate_to_datetime

import pytest

from api import deprecations
from api.schema import GUIDE, committed
from tests import factories

GOING = pytest.mark.parametrize(
    "going", deprecations.GOING, ids=lambda one: f"{one.schema}.{one.field}"
)


@GOING
def test_there_is_a_season_between_word_and_deed(going):
    assert going.removed_on - going.since >= deprecations.NOTICE


@GOING
def test_the_description_marks_what_goes(going):
    schema = committed.read()["components"]["schemas"][going.schema]
    field = schema["properties"][going.field]
    assert field["deprecated"] is True
    assert str(going.removed_on) in field["description"]
    assert f"`{going.schema}.{going.field}`" in GUIDE


@pytest.mark.django_db
def test_an_answer_says_that_a_field_will_go_and_when(planner):
    """The life of ``key`` of a limit, while it is still there."""
    run = factories.allocation_run.make()
    factories.limit_price.make(run=run, kind="seats", code="A", key="seats:A")
    answer = planner.send("get", f"allocation-runs/{run.pk}/limits/")
    [row] = answer.json()["results"]
    assert row["key"] == "seats:A"
    assert (row["kind"], row["code"], row["part"]) == ("seats", "A", "")
    told = int(answer["Deprecation"].lstrip("@"))
    sunset = parsedate_to_datetime(answer["Sunset"])
    assert told < sunset.timestamp()
    assert f"{sunset:%Y-%m-%d}" == "2027-06-30"
    assert 'rel="deprecation"' in answer["Link"]


@pytest.mark.django_db
def test_answers_without_such_a_field_say_nothing(planner):
    run = factories.allocation_run.make()
    for path in ("", "explanations/"):
        answer = planner.send("get", f"allocation-runs/{run.pk}/{path}")
        assert not {"Deprecation", "Sunset"} & set(answer.headers)
