"""Pathways on the desk: what is refused, and what is kept."""

import pytest

from programs.models import Pathway
from tests import factories
from tests.planner.desk.reading import page, text

from .test_verbs import _clock, filled  # noqa: F401 -- a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def pathway(client):
    pathway = factories.pathway.make()
    client.force_login(factories.coordinator(of=pathway.intake.program.owner))
    for position in (1, 2):
        slot = factories.slot.make(intake=pathway.intake)
        factories.pathway_step.make(pathway=pathway, position=position, slot=slot)
    return pathway


def saved(client, pathway, **values):
    url = page("programs_pathway_change", pathway.pk)
    return client.post(url, filled(client, url, **values))


def test_worth_and_chances_are_typed_on_the_page_of_the_pathway(client, pathway):
    answer = saved(
        client, pathway, **{"arrival_worth": "2.5", "steps-0-pass_percent": "85"}
    )
    assert answer.status_code == 302
    pathway = Pathway.objects.get()
    assert str(pathway.arrival_worth) == "2.50"
    assert list(pathway.steps.order_by("position").values_list("pass_percent")) == [
        (85,),
        (None,),
    ]


def test_the_last_step_asks_for_no_chance(client, pathway):
    answer = saved(client, pathway, **{"steps-1-pass_percent": "85"})
    assert "Whoever reaches the last step has arrived" in text(answer)
    assert not pathway.steps.filter(pass_percent=85).exists()


def test_the_goal_is_one_of_the_program(client, pathway):
    goal = factories.program_goal.make()
    owner = goal.program
    owner.owner = pathway.intake.program.owner
    owner.save()
    assert "is a goal of another program" in text(saved(client, pathway, goal=goal.pk))
    goal.program = pathway.intake.program
    goal.save()
    assert saved(client, pathway, goal=goal.pk).status_code == 302
    assert Pathway.objects.get().goal == goal
