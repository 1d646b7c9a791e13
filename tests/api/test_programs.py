"""Programs as partners read them."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_a_program_shows_its_rules_owner_and_goals(sender):
    program = factories.intake.make(program__min_kkni=5).program
    goal = factories.program_goal.make(program=program, target=120, year=2028)
    rule = factories.program_rule.make(program=program, basis="assumed")
    row = sender.send("get", f"programs/{program.pk}/").json()
    assert row["min_kkni"] == 5
    assert row["owner"]["code"] == program.owner.code
    assert row["goals"] == [
        {
            "indicator": {"en": goal.indicator_en, "id": goal.indicator_id},
            "target": 120,
            "year": 2028,
        }
    ]
    assert row["rules"] == [
        {
            "code": rule.code,
            "text": {"en": rule.text_en, "id": rule.text_id},
            "kept_by": "field",
            "basis": "assumed",
            "source": rule.source,
        }
    ]


def test_programs_are_found_by_kind_and_country(sender):
    program = factories.intake.make().program
    other = factories.intake.make(program__partner_country=factories.country.make())
    query = f"programs/?partner_country={other.program.partner_country_id}"
    rows = sender.send("get", query).json()["results"]
    assert [row["code"] for row in rows] == [other.program.code]
    assert program.code not in str(rows)
