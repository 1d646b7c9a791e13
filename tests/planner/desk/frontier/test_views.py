"""What would more money buy: amounts as written, real runs, and who may ask."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planner.allocation.decisions.budget_trials import LEVELS
from planner.allocation.solving import execute
from planner.desk.charts.frontier import frontier as drawn
from planner.desk.frontier.context import Point, beside_cheaper, lines_of, points_of
from planner.models import AllocationRun, Scenario
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def short(world, plan):
    """A run where three people share money for one."""
    slot = world.slot(seats=3)
    for merit in (90, 60, 30):
        world.person(slot, merit=merit)
    source = world.source("state", 15_000_000)
    world.cost(10_000_000, source)
    return plan()


@pytest.fixture
def silent(monkeypatch):
    monkeypatch.setattr(
        "planner.allocation.decisions.request.ring", lambda kind, pk: None
    )


def address(run, name="desk_run_frontier"):
    return reverse(f"admin:{name}", args=[run.pk])


def text(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def solve_all():
    for run in AllocationRun.objects.active():
        execute.execute(run.pk)


def test_so_much_more_is_solved_and_shown(client, world, short, silent):
    assert short.summary["placed"] == 1
    client.force_login(world.planner)
    assert "state" in text(client.get(address(short))).lower()
    form = {"amount": "10 juta", "lines": ["state:2027"]}
    waiting = text(client.post(address(short), form, follow=True))
    assert "1 run is still to be solved" in waiting
    assert "Rp 15,000,000 → Rp 25,000,000." in waiting
    part = client.get(address(short, "desk_run_frontier_answers"))
    assert "still to be solved" in text(part)
    solve_all()
    done = client.get(address(short, "desk_run_frontier_answers"))
    assert done.headers["HX-Refresh"] == "true"
    shown = text(client.get(address(short)))
    assert "Rp 25 m" in shown
    assert "+Rp 10 m" in shown
    assert ">+1<" in shown
    # The point is a what-if: it stays out of the lists that people make by hand.
    assert "2 plans of yours" not in text(client.get(reverse("admin:index")))
    listed = text(client.get(reverse("admin:desk_scenarios")))
    assert Scenario.objects.get().name not in listed


def test_a_curve_is_solved_at_every_level(client, world, short, silent):
    client.force_login(world.planner)
    answer = client.post(address(short), {"curve": "state:2027"}, follow=True)
    assert AllocationRun.objects.active().count() == len(LEVELS)
    solve_all()
    (rows,) = points_of(short, lines_of(short)).values()
    assert [point.placed for point in rows] == [1, 1, 1, 1, 1, 2]
    assert [point.is_base for point in rows].count(True) == 1
    assert all(point.at_most >= point.placed for point in rows)
    shown = text(client.get(answer.redirect_chain[-1][0]))
    assert '<polyline class="plan"' in shown
    # The same question again costs new runs, but no second scenario.
    client.post(address(short), {"curve": "state:2027"})
    assert Scenario.objects.count() == len(LEVELS)


def test_nonsense_is_answered_in_a_sentence(client, world, short):
    client.force_login(world.planner)

    def told(**form):
        return text(client.post(address(short), form, follow=True))

    assert "Write an amount" in told(amount="much", lines=["state:2027"])
    assert "Choose one to 5 budget lines" in told(amount="2 bn", lines=["other:1"])
    assert "Write an amount" in told(curve="other:1")
    assert "Write an amount" in told(amount="-10%", lines=["state:2027"])
    assert not Scenario.objects.exists()


def test_an_empty_line_has_no_curve(client, world, plan):
    slot = world.slot()
    world.person(slot)
    world.cost(10_000_000, world.source("state", 0))
    run = plan()
    client.force_login(world.planner)
    answer = client.post(address(run), {"curve": "state:2027"}, follow=True)
    assert "This line holds nothing" in text(answer)


def test_others_read_and_do_not_ask(client, world, short):
    form = {"amount": "2 bn", "lines": ["state:2027"]}
    for reader in (world.approver, factories.auditor()):
        client.force_login(reader)
        assert "Solve it" not in text(client.get(address(short)))
        answer = client.post(address(short), form, follow=True)
        assert "Only a planner" in text(answer)
    for stranger in (
        factories.coordinator(of=world.program.owner),
        factories.partner(),
    ):
        client.force_login(stranger)
        assert client.get(address(short)).status_code == 403
        assert client.post(address(short), form).status_code == 403
    assert not Scenario.objects.exists()


def test_points_cost_the_same_for_one_and_three(client, world, short, silent):
    client.force_login(world.planner)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address(short) + "?line=state:2027").status_code == 200
        return len(seen)

    def ask(amount):
        client.post(address(short), {"amount": amount, "lines": ["state:2027"]})
        solve_all()

    ask("1 juta")
    queries()
    one = queries()
    ask("2 juta")
    ask("3 juta")
    assert queries() == one


def test_a_tenth_more_is_one_of_what_the_line_has(client, world, short, silent):
    client.force_login(world.planner)
    form = {"amount": "+12,5%", "lines": ["state:2027"]}
    told = text(client.post(address(short), form, follow=True))
    assert "Rp 15,000,000 → Rp 16,875,000." in told


def test_a_better_plan_for_less_money_is_named(short):
    def point(budget, value):
        run = AllocationRun(tiers=[{"value": value}])
        return Point("a", "A", budget, 0, run, placed=value)

    told = list(beside_cheaper([point(1, 5), point(2, 4), point(3, 5)]))
    assert [each.cheaper is not None for each in told] == [False, True, False]
    assert told[1].cheaper is told[0].run


def test_the_picture_needs_two_budgets():
    def point(budget, placed, at_most=None):
        return Point("a", "A", budget, 0, None, placed=placed, at_most=at_most)

    assert drawn([point(1, 5)]) is None
    assert drawn([point(1, 5), point(1, 6)]) is None
    chart = drawn([point(1, 5), point(1000, 5, at_most=9)])
    assert len(chart["marks"]) == 2
    assert chart["bound"].count(",") == 1


def test_nothing_more_is_no_question(short, client, world):
    client.force_login(world.planner)
    address = reverse("admin:desk_run_frontier", args=[short.pk])
    line = short.prices.get(kind="budget").code

    answer = client.post(address, {"lines": [line], "amount": "0"}, follow=True)

    assert "Write an amount above 0." in answer.content.decode()
    assert AllocationRun.objects.count() == 1
