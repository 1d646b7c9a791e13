"""Each member of a closed list is counted for what it is; any other is an error."""

from types import SimpleNamespace

import pytest

from planner.allocation.problem.builder import Limit
from planner.allocation.problem.constraints import quotas, sharing
from planner.models import LimitKey, LimitKind
from programs.choices import InstitutionKind, QuotaAttribute, Sex
from tests import factories

pytestmark = pytest.mark.django_db

COUNTED = {
    QuotaAttribute.REGION_LIST: {"region_list_id": 7},
    QuotaAttribute.PROVINCE: {"province_id": "32"},
    QuotaAttribute.SEX: {"sex": Sex.FEMALE},
    QuotaAttribute.DISABILITY: {},
    QuotaAttribute.INSTITUTION: {"institution_id": 5},
    QuotaAttribute.INSTITUTION_KIND: {"institution_kind": InstitutionKind.UNIVERSITY},
}
REGIONS = {7: {"32"}}


def person(**facts):
    home = SimpleNamespace(kind=InstitutionKind.UNIVERSITY)
    columns = {
        "province_id": "32",
        "regency_id": None,
        "sex": Sex.FEMALE,
        "disability": "yes",
        "home_institution_id": 5,
        "home_institution": home,
    }
    return SimpleNamespace(**columns | facts)


OTHER = {
    "province_id": "73",
    "sex": Sex.MALE,
    "disability": "",
    "home_institution_id": 6,
    "home_institution": SimpleNamespace(kind=InstitutionKind.COMPANY),
}


@pytest.mark.parametrize("attribute", COUNTED)
def test_a_quota_counts_who_has_its_attribute(attribute):
    quota = SimpleNamespace(attribute=attribute, **COUNTED[attribute])
    assert quotas.person_has(quota, person(), REGIONS)
    assert not quotas.person_has(quota, person(**OTHER), REGIONS)


OF_PLACES = [QuotaAttribute.HOST_COUNTRY, QuotaAttribute.CONDITION]


def test_every_attribute_is_of_a_person_or_of_the_place():
    assert {*COUNTED, *OF_PLACES} == set(QuotaAttribute)


@pytest.mark.parametrize("attribute", ["luck", *OF_PLACES])
def test_a_quota_of_another_attribute_counts_nobody_in_silence(attribute):
    quota = SimpleNamespace(attribute=attribute, institution_kind="")
    with pytest.raises(AssertionError):
        quotas.person_has(quota, person(), REGIONS)


def test_a_quota_of_another_kind_bounds_nothing_in_silence():
    limit = Limit(LimitKey(LimitKind.QUOTA, "q"), "Q", "Q")
    quota = SimpleNamespace(kind="about", is_hard=True)
    with pytest.raises(ValueError, match="about"):
        quotas.bound(limit, quota, 3, 1)


def test_a_resource_of_another_kind_is_shared_by_nobody_in_silence():
    with pytest.raises(AssertionError, match="borrowed"):
        sharing.groups(factories.shared_resource.prepare(kind="borrowed"), [])
