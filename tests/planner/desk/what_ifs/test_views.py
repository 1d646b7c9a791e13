"""What if: asked on a page, answered by a worker, told with names."""

import pytest

from planner.allocation.solving import what_ifs
from planner.models import WhatIf
from tests import factories
from tests.planner.desk.reading import page, queries, text

pytestmark = pytest.mark.django_db


def asked(client, run, **data):
    """Ask on the page; return what it says then."""
    address = page("desk_run_what_if", run.pk)
    return text(client.post(address, data, follow=True))


def test_a_person_is_put_somewhere_and_the_loser_is_named(as_planner, solved, world):
    address = page("desk_run_what_if", solved.pk)
    form = text(as_planner.get(f"{address}?application={world.weak.pk}"))
    assert world.weak.participant.full_name in form
    told = asked(as_planner, solved, application=world.weak.pk, slot=world.slot_.code)
    assert "Not known yet: it is being solved." in told
    what_ifs.serve_all(solved.pk)
    told = text(as_planner.get(address))
    assert "points short" in told
    assert "1 person loses a place." in told
    assert world.strong.participant.code in told


def test_a_limit_is_raised_by_a_number_or_by_money(as_planner, solved, world):
    seats = solved.prices.get(kind="seats")
    money = solved.prices.get(kind="budget")
    asked(as_planner, solved, limit=seats.pk, amount="1")
    asked(as_planner, solved, limit=money.pk, amount="1,5 miliar")
    rows = WhatIf.objects.filter(run=solved, is_standing=False).order_by("created_at")
    assert [row.changes[0]["by"] for row in rows] == [1, 1_500_000]
    what_ifs.serve_all(solved.pk)
    told = text(as_planner.get(page("desk_run_what_if", solved.pk)))
    assert "Solved again: 1 person more has a place." in told
    assert "Solved again: as many people have a place." in told


def test_more_is_written_as_people_write_it_and_echoed(as_planner, solved):
    money = solved.prices.get(kind="budget")
    told = asked(as_planner, solved, limit=money.pk, amount="+20%")
    at = told.index("→")
    assert "Rp 50 m → Rp 60 m" in told[at - 40 : at + 40]
    asked(as_planner, solved, limit=money.pk, amount="+2 miliar")
    rows = WhatIf.objects.filter(run=solved, is_standing=False).order_by("created_at")
    assert [row.changes[0]["by"] for row in rows] == [10_000, 2_000_000]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Say who would go where"),
        ({"limit": True, "amount": "much"}, "Write how much more"),
        ({"limit": True, "amount": "1,5"}, "Write how much more"),
        ({"limit": True, "amount": ""}, "Write how much more"),
        ({"limit": True, "amount": "0"}, "Write an amount above 0"),
        ({"application": True, "slot": "nowhere"}, "no way to this place"),
    ],
)
def test_what_cannot_be_asked_is_said(as_planner, solved, world, data, said):
    if "limit" in data:
        data = data | {"limit": solved.prices.get(kind="seats").pk}
    if "application" in data:
        data = data | {"application": world.weak.pk}
    assert said in asked(as_planner, solved, **data)
    assert not solved.what_ifs.filter(is_standing=False).exists()


def test_who_may_not_plan_reads_and_does_not_ask(client, solved, world):
    address = page("desk_run_what_if", solved.pk)
    client.force_login(world.approver)
    assert "Solve it" not in text(client.get(address))
    told = asked(client, solved, limit=solved.prices.get(kind="seats").pk, amount="1")
    assert "may not" in told or "not allowed" in told.lower() or "planner" in told
    assert not solved.what_ifs.filter(is_standing=False).exists()
    client.force_login(factories.partner())
    assert client.get(address).status_code == 403


def test_the_page_waits_for_its_answers(as_planner, solved):
    address = page("desk_run_what_if_answers", solved.pk)
    assert as_planner.get(address).headers["HX-Refresh"] == "true"
    asked(as_planner, solved, limit=solved.prices.get(kind="seats").pk, amount="1")
    assert "being solved" in text(as_planner.get(address))


def test_as_many_queries_for_three_answers_as_for_one(as_planner, solved):
    address = page("desk_run_what_if", solved.pk)
    seats = solved.prices.get(kind="seats").pk
    counts = []
    for _ in range(3):
        asked(as_planner, solved, limit=seats, amount="1")
        what_ifs.serve_all(solved.pk)
        counts.append(queries(as_planner, address))
    assert counts[0] == counts[2]


def test_the_review_lists_changes_that_were_solved_beside_prices(as_planner, solved):
    address = page("desk_run", solved.pk)
    assert "Not known yet: it is being solved." in text(as_planner.get(address))
    what_ifs.serve_all(solved.pk)
    told = text(as_planner.get(address))
    assert "Solved again: 1 person more has a place." in told
    assert "Price of one more" in told
    assert "would place" not in told
