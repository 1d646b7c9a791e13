"""A code is the host's own; plans call each slot by a name of its own."""

import pytest
from django.db import IntegrityError

from programs.models import Slot
from tests import factories

pytestmark = pytest.mark.django_db


def names(**wanted):
    rows = Slot.objects.filter(**wanted).order_by("known_as")
    return [slot.name for slot in rows]


@pytest.fixture
def hosts():
    return [factories.institution.make(code=code) for code in ("fab", "lab")]


def test_the_first_is_called_by_its_code_the_next_by_host_and_code(hosts):
    first, second = (factories.slot.make(code="L-1", host=host) for host in hosts)
    assert (first.name, second.name) == ("L-1", "lab/L-1")
    assert (first.full_code, second.full_code) == ("fab/L-1", "lab/L-1")


def test_many_at_once_are_named_in_a_constant_number_of_queries(
    hosts, django_assert_num_queries
):
    like = factories.slot.make(code="L-1", host=hosts[0])

    def more(host, codes):
        return [
            factories.slot.prepare(
                code=code, host=host, intake=like.intake, country=like.country
            )
            for code in codes
        ]

    rows = more(hosts[1], ["L-1", "L-2"]) + more(hosts[0], ["L-2", "L-3"])
    with django_assert_num_queries(4):
        Slot.objects.bulk_create(row for row in rows)
    assert names(code="L-1") == ["L-1", "lab/L-1"]
    assert names(code="L-2") == ["L-2", "fab/L-2"]
    assert names(code="L-3") == ["L-3"]


def test_a_slot_is_found_by_its_name_alone(hosts):
    first, second = (factories.slot.make(code="L-1", host=host) for host in hosts)
    assert Slot.objects.named(["L-1"]).get() == first
    assert Slot.objects.named(["lab/L-1"]).get() == second
    assert not Slot.objects.named(["", "fab/L-1", "L-2"])
    assert Slot.objects.names() == {"L-1": first.pk, "lab/L-1": second.pk}


def test_a_name_stays_when_the_first_goes(hosts):
    first, second = (factories.slot.make(code="L-1", host=host) for host in hosts)
    first.delete()
    second.save()
    assert second.name == "lab/L-1"


def test_a_changed_code_gets_a_name_of_its_own(hosts):
    factories.slot.make(code="L-1", host=hosts[0])
    second = factories.slot.make(code="L-2", host=hosts[1])
    second.code = "L-1"
    second.save()
    assert second.name == "lab/L-1"
    second.code = "L-3"
    second.save()
    assert second.name == "L-3"


def test_a_host_that_takes_over_a_code_gets_a_name_of_its_own(hosts):
    factories.slot.make(code="L-1", host=hosts[0])
    factories.slot.make(code="L-1", host=hosts[1])
    type(hosts[1]).objects.filter(pk=hosts[1].pk).update(code="old-lab")
    heir = factories.institution.make(code="lab")
    assert factories.slot.make(code="L-1", host=heir).name == "lab.2/L-1"


def test_one_host_uses_a_code_once(hosts):
    factories.slot.make(code="L-1", host=hosts[0])
    with pytest.raises(IntegrityError):
        factories.slot.make(code="L-1", host=hosts[0])
