"""Pathways: what may be ranked beside slots."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_a_pathway_names_its_slots_in_order(sender):
    pathway = factories.pathway.make()
    second = factories.pathway_step.make(pathway=pathway, position=2)
    first = factories.pathway_step.make(pathway=pathway, position=1)
    path = f"pathways/?intake={pathway.intake_id}"
    [row] = sender.send("get", path).json()["results"]
    assert row["code"] == pathway.code
    assert row["title"] == {"en": pathway.title_en, "id": pathway.title_id}
    assert [(step["position"], step["slot"]) for step in row["steps"]] == [
        (1, str(first.slot_id)),
        (2, str(second.slot_id)),
    ]


def test_a_pathway_of_a_draft_is_not_shown(sender):
    pathway = factories.pathway.make(intake__state="draft")
    assert sender.send("get", "pathways/").json()["results"] == []
    assert sender.send("get", f"pathways/{pathway.pk}/").status_code == 404
