"""Words that everybody shares: readable by each caller, by nobody without a key."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_countries_are_found_by_being_partners(sender):
    partner = factories.country.make(code="KR", is_partner=True)
    other = factories.country.make(code="FR", is_partner=False)
    rows = sender.send("get", "reference/countries/?is_partner=true").json()["results"]
    codes = {row["code"] for row in rows}
    assert partner.pk in codes
    assert other.pk not in codes


def test_a_region_has_the_codes_of_both_registries(host):
    region = factories.region.make()
    row = host.send("get", f"reference/regions/{region.pk}/").json()
    assert row["kemendagri_code"] == region.kemendagri_code
    assert {"bps_code", "iso_3166_2"} <= set(row)


def test_reference_data_needs_a_key(anybody):
    assert anybody.send("get", "reference/skills/").status_code == 401


def test_what_rows_carry_can_be_looked_up_by_its_code(sender):
    skill = factories.skill.make()
    scale = factories.language_scale.make()
    route = factories.immigration_route.make()
    level = factories.qualification_level.make(kkni=6)
    category = factories.cost_category.make()
    for path in (
        f"skills/{skill.framework}/{skill.code}/",
        f"languages/{scale.test}/{scale.version}/{scale.band}/",
        f"immigration-routes/{route.code}/",
        f"qualification-levels/{level.kkni}/",
        f"cost-categories/{category.code}/",
        f"facts/{factories.fact_definition.make().code}/",
        f"countries/{route.country_id}/",
        "purposes/transfer/",
    ):
        answer = sender.send("get", f"reference/{path}")
        assert answer.status_code == 200, path
        assert answer["ETag"]
    assert sender.send("get", "reference/skills/local/nothing/").status_code == 404


def test_a_skill_is_found_in_its_own_framework(sender):
    one = factories.skill.make(framework="SKKNI", code="S-1", name_en="Welding")
    factories.skill.make(framework="local", code="S-1", name_en="Sewing")
    row = sender.send("get", "reference/skills/SKKNI/S-1/").json()
    assert row["name"]["en"] == one.name_en


def test_payers_and_shared_resources_are_found_where_a_row_names_them(host):
    line = factories.funding_line.make(placement__slot__host=host.institution)
    use = factories.resource_use.make(slot__host=host.institution)
    for route, code, foreign in (
        ("funding-sources", line.source.code, factories.funding_source.make()),
        ("shared-resources", use.resource.code, factories.shared_resource.make()),
    ):
        answer = host.send("get", f"reference/{route}/{code}/")
        assert answer.status_code == 200
        assert host.send("get", f"reference/{route}/{foreign.code}/").status_code == 404
        listed = host.send("get", f"reference/{route}/").json()["results"]
        assert [row["code"] for row in listed] == [code]


def test_a_test_says_when_it_is_held(sender):
    scale = factories.language_scale.make()
    factories.exam_sitting.make(test=scale.test, held_on="2027-12-05", source="jlpt.jp")
    factories.exam_sitting.make(test=scale.test, held_on="2027-07-04")
    factories.exam_sitting.make(test="another")
    (row,) = sender.send("get", "reference/languages/").json()["results"]
    assert [each["held_on"] for each in row["sittings"]] == ["2027-07-04", "2027-12-05"]
    assert row["sittings"][1]["result_days"] == 60


def test_a_route_says_its_caps_with_their_source(sender):
    cap = factories.route_cap.make(counts="staying", sector="health", source="a plan")
    row = sender.send("get", f"reference/immigration-routes/{cap.route.code}/").json()
    assert row["caps"] == [
        {
            "code": cap.code,
            "counts": "staying",
            "sector": "health",
            "valid_from": "2020-01-01",
            "valid_to": None,
            "is_yearly": False,
            "most": 1,
            "basis": "sourced",
            "source": "a plan",
        }
    ]
