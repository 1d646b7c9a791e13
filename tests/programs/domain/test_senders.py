"""Schools that a coordinator meets in a sheet are added; other bodies are not."""

import pytest
from django.utils import timezone

from programs.domain import senders
from programs.models import AuditEvent, Institution
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def indonesia():
    return factories.country.make(code="ID", currency="IDR")


def add(by, name="SMK Negeri 1  Batam", kind="smk"):
    return senders.add(name=name, kind=kind, by=by, now=timezone.now())


def test_a_school_gets_a_code_of_its_name(indonesia):
    school = add(factories.coordinator())
    assert (school.code, school.name) == ("smk-negeri-1-batam", "SMK Negeri 1 Batam")
    assert AuditEvent.objects.get().action == "desk.add"


def test_a_ministry_is_not_added_here(indonesia):
    with pytest.raises(Refusal, match="ask an administrator"):
        add(factories.coordinator(), kind="ministry")


def test_who_brings_no_people_adds_no_school(indonesia):
    with pytest.raises(Refusal) as caught:
        add(factories.auditor())
    assert caught.value.code == "forbidden"


@pytest.mark.parametrize("name", ["SMK NEGERI 1 BATAM", "–", " "])
def test_a_twin_and_a_name_without_letters_are_refused(indonesia, name):
    by = factories.coordinator()
    add(by)
    before = Institution.objects.count()
    with pytest.raises(Refusal):
        add(by, name=name)
    assert Institution.objects.count() == before


def test_a_host_is_added_by_who_coordinates_and_is_no_ministry():
    malaysia = factories.malaysia()
    facts = {"country": malaysia, "city": " Penang ", "now": timezone.now()}
    by = factories.coordinator()
    host = senders.add_host(name="Penang OSAT", kind="company", by=by, **facts)
    assert (host.code, host.city, host.country_id) == ("penang-osat", "Penang", "MY")
    with pytest.raises(Refusal, match="host nobody"):
        senders.add_host(name="Kementerian", kind="ministry", by=by, **facts)
    with pytest.raises(Refusal, match="role does not allow"):
        senders.add_host(name="B", kind="company", by=factories.planner(), **facts)
