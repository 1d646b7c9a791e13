"""Whoever was nominated twice is one person on every page."""

import pytest
from django.db.models import Q

from planner.desk.decisions.context import effects_of
from planner.desk.groups.context import everybody, group_of
from planner.desk.parts.groups import disability_of, provinces_of, sexes_of
from planner.desk.parts.humans import humans_of
from programs.choices import Sex
from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(world, plan):
    """Two women nominated in two intakes with a seat each, and one man in one.

    One of the women gets both seats, one after the other; the others wait.
    """
    second = world.add_intake()
    seats = [
        world.slot(),
        world.slot(intake=second, starts_on="2029-01-08", ends_on="2029-06-08"),
    ]
    for merit in (90, 40):
        first = world.person(seats[0], merit=merit, who={"sex": Sex.FEMALE})
        world.person(
            seats[1], merit=merit, intake=second, participant=first.participant
        )
    world.person(seats[0], merit=10, who={"sex": Sex.MALE})
    quota = {"intake": None, "measure": "absolute", "value": 1, "price": 1}
    factories.quota.make(program=world.program, sex=Sex.FEMALE, **quota)
    return plan(intakes=[world.intake, second])


def test_the_figures_of_a_plan_count_humans(twice):
    facts = twice.summary
    assert (facts["people"], facts["nominations"]) == (3, 5)
    assert (facts["placed"], facts["unplaced"], facts["reserve"]) == (1, 2, 2)
    assert everybody(twice)["placed"] == 1


def test_each_person_follows_one_way_when_a_plan_is_published(twice):
    told = effects_of(twice)
    assert (told["people"], told["reserves"], told["unplaced"]) == (1, 2, 0)
    assert told["offers"] == 2


def test_groups_count_humans(twice, world):
    (province,) = provinces_of(twice, world.planner)
    assert (province["placed"], province["people"], province["able"]) == (1, 3, 3)
    sexes = {row["name"]: (row["placed"], row["people"]) for row in sexes_of(twice)}
    assert sorted(sexes.values()) == [(0, 1), (1, 2)]
    assert disability_of(twice)["people"] in (0, 3)
    group = group_of(twice, Q(), world.planner)
    assert (group["people"], group["placed"], group["waiting"]) == (3, 1, 2)


@pytest.mark.parametrize("field", ["nik_hash", "passport_hash", "joined"])
def test_registrations_that_share_an_id_are_one_human(twice, field):
    rows = twice.unplaced.all()
    assert len(humans_of(rows)) == 2
    for row in rows.select_related("application__participant"):
        setattr(row.application.participant, field, "x" * 64)
        row.application.participant.save()
    assert len(humans_of(rows)) == 1


def test_the_review_and_the_list_of_people_say_so(as_planner, twice):
    shown = text(as_planner.get(page("desk_run", twice.pk)))
    assert "1 of 3 people placed" in shown
    assert "5 nominations" in shown
    assert "2 of them on waiting lists" in shown
    assert "counts twice in a quota" not in shown
    listed = text(as_planner.get(page("desk_run_people", twice.pk)))
    assert "5 nominations are of 3 people" in listed


def test_quotas_of_an_earlier_release_say_how_they_were_counted(as_planner, twice):
    del twice.summary["quotas_count"]
    twice.save()
    shown = text(as_planner.get(page("desk_run", twice.pk)))
    assert "counts twice in a quota" in shown
