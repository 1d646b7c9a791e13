"""Agreements: read by their parties, with what their caps have left."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_used_counts_people_and_months_by_year(host):
    """Two people from April 2027 for twelve months: 24 months in all."""
    agreement = factories.agreement.make(yearly_cap=10)
    agreement.parties.add(host.institution)
    factories.placement.make(agreement=agreement, _quantity=2)
    row = host.send("get", f"agreements/{agreement.pk}/").json()
    people = {use["year"]: use["people"] for use in row["used"]}
    assert people[2027] == 2
    assert sum(float(use["person_months"]) for use in row["used"]) == 24


def test_an_unused_agreement_has_no_years(host):
    agreement = factories.agreement.make()
    agreement.parties.add(host.institution)
    assert host.send("get", f"agreements/{agreement.pk}/").json()["used"] == []
