"""What has ended is told where it is looked after, and where it is used."""

from datetime import date

import pytest
from django.urls import reverse

from programs.choices import ProgramKind
from programs.domain.endings import of_intakes, running_out
from programs.models import ExchangeRate
from tests import factories
from tests.planner.desk.reading import text

pytestmark = pytest.mark.django_db
TODAY = date(2027, 1, 15)


@pytest.fixture
def intake():
    """An intake that uses everything that can end; nothing has."""
    intake = factories.intake.make(program__kind=ProgramKind.WORK_PLACEMENT)
    slot = factories.slot.make(intake=intake)
    factories.exchange_rate.make(currency="MYR", valid_from=date(2026, 12, 1))
    factories.cost_rule.make(program=intake.program, currency="MYR")
    listed = factories.region_list.make(valid_to=date(2028, 1, 1))
    factories.quota.make(
        intake=intake, attribute="region_list", region_list=listed, province=None
    )
    factories.fee_waiver.make(destination=slot.country, valid_to=date(2029, 1, 1))
    return intake


def told(intake):
    return {each.kind: each.text for each in of_intakes([intake], today=TODAY)}


def test_what_holds_is_not_told(intake):
    assert told(intake) == {}


def test_what_had_ended_before_the_stays_is_told(intake):
    quota = intake.quotas.get()
    rate = ExchangeRate.objects.get()
    waiver = intake.slots.get().country.fee_waivers.get()
    rows = ((rate, "valid_from"), (quota.region_list, "valid_to"), (waiver, "valid_to"))
    for row, name in rows:
        setattr(row, name, date(2026, 6, 1))
        row.save()
    intake.program.condition = "age on 2026-12-31 <= 24"
    intake.program.save()
    assert told(intake) == {
        "rate": "The planning rate of MYR is of 1 June 2026.",
        "list": f"The region list “{quota.region_list}” holds until 31 May 2026.",
        "waiver": f"The fee waiver {waiver} holds until 31 May 2026.",
        "condition": f"The condition of “{intake.program}” asks for 31 December 2026, "
        "which is past.",
    }
    intake.program.condition = f'on_list("{quota.region_list.code}")'
    intake.program.save()
    quota.delete()
    assert "31 May 2026" in told(intake)["list"]


def test_a_newer_rate_list_or_waiver_takes_the_place_of_the_old(intake):
    listed = intake.quotas.get().region_list
    factories.region_list.make(code="old", version="1", valid_to=date(2025, 1, 1))
    factories.region_list.make(code="old", version="2", valid_from=date(2025, 1, 1))
    factories.exchange_rate.make(currency="MYR", valid_from=date(2020, 1, 1))
    found = running_out(today=date(2027, 8, 1))
    assert {(each.kind, each.is_over) for each in found} == {
        ("rate", True),
        ("list", False),
    }
    assert [each.row for each in found if each.kind == "list"] == [listed]


def test_pages_tell_it_and_cost_the_same_for_more(
    client, intake, django_assert_max_num_queries
):
    client.force_login(factories.auditor())
    factories.agreement.make(state="in_force", code="OLD", valid_to=date(2026, 2, 1))
    factories.immigration_route.make(name_en="Old route", valid_to=date(2026, 2, 1))
    with django_assert_max_num_queries(30):
        page = text(client.get(reverse("admin:desk_expiry")))
    assert "The agreement OLD" in page
    assert "takes entries until 31 January 2026" in page
    rate = ExchangeRate.objects.get()
    rate.valid_from = date(2020, 1, 1)
    rate.save()
    page = text(client.get(reverse("admin:desk_intake", args=[intake.pk])))
    assert "The planning rate of MYR is of 1 January 2020." in page


def test_a_test_whose_last_sitting_is_over_is_told_of():
    factories.exam_sitting.make(held_on=date(2026, 7, 5))
    last = factories.exam_sitting.make(held_on=date(2027, 7, 14))
    cap = factories.route_cap.make(valid_to=date(2027, 4, 1))
    assert [each.text for each in running_out(today=date(2027, 1, 15))] == [
        f"The cap “{cap}” counts until 31 March 2027.",
        "The last sitting of JLPT that is known: 14 July 2027.",
    ]
    cap.delete()
    assert not any(each.is_over for each in running_out(today=last.held_on))
    assert all(each.is_over for each in running_out(today=date(2027, 7, 15)))
    assert not running_out(today=date(2027, 1, 14))
