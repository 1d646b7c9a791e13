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
