"""Allocation runs for planners' own systems."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planner.models import Publication, PublishedIntake, RunState
from programs.choices import IntakeState
from tests import factories

pytestmark = pytest.mark.django_db
AGREED = {
    "en": "two solvers found nothing better",
    "id": "dua mesin optimasi tidak menemukan yang lebih baik",
}


@pytest.fixture
def intake():
    """A closed intake, ready to be planned."""
    return factories.intake.make(state=IntakeState.CLOSED)


def test_a_run_is_accepted_and_can_be_watched(planner, intake):
    answer = planner.send(
        "post", "allocation-runs/", {"intakes": [str(intake.pk)], "seconds": 5}
    )
    assert answer.status_code == 202, answer.content
    assert answer["Retry-After"] == "2"
    path = answer["Location"].partition("/api/v1/")[2]
    run = planner.send("get", path).json()
    assert run["state"] == RunState.QUEUED
    assert run["intakes"] == [str(intake.pk)]


def test_unknown_intake_is_pointed_at(planner):
    answer = planner.send("post", "allocation-runs/", {"intakes": [str(uuid.uuid4())]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/intakes"


@pytest.mark.parametrize(
    "limits", [{"seconds": 0}, {"gap": -1}, {"seed": 2**40}, {"intakes": []}]
)
def test_senseless_limits_are_refused(planner, intake, limits):
    body = {"intakes": [str(intake.pk)], **limits}
    assert planner.send("post", "allocation-runs/", body).status_code == 400


def test_a_waiting_run_can_be_cancelled(planner, intake):
    made = planner.send("post", "allocation-runs/", {"intakes": [str(intake.pk)]})
    answer = planner.send("post", f"allocation-runs/{made.json()['id']}/cancel/")
    assert answer.status_code == 200
    assert answer.json()["state"] == RunState.CANCELLED


def test_a_plan_in_force_is_replanned_within_a_budget_of_changes(planner, intake):
    base = factories.allocation_run.make()
    base.intakes.add(intake)
    path = f"allocation-runs/{base.pk}/replan/"
    assert planner.send("post", path).status_code == 409
    publication = Publication.objects.create(
        run=base, published_by=factories.planner(), published_at=base.created_at
    )
    PublishedIntake.objects.create(publication=publication, intake=intake)
    answer = planner.send("post", path, {"most_changes": 2, "change_price": 500})
    assert answer.status_code == 202, answer.content
    made = answer.json()
    assert made["base"] == str(base.pk)
    assert (made["kind"], made["most_changes"], made["change_price"]) == (
        "replan",
        2,
        500,
    )
    refused = planner.send("post", path, {"most_changes": -1})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/most_changes"


def test_explanations_and_limits_of_a_run(planner):
    run = factories.allocation_run.make()
    factories.unplaced.make(run=run, main_reason="seats_full")
    factories.limit_price.make(run=run, price=2.4)
    path = f"allocation-runs/{run.pk}/"
    rows = planner.send("get", f"{path}explanations/").json()["results"]
    assert [row["main_reason"] for row in rows] == ["seats_full"]
    rows = planner.send("get", f"{path}limits/").json()["results"]
    assert [row["price"] for row in rows] == [2.4]


def test_explanations_are_read_page_by_page(planner):
    run = factories.allocation_run.make()
    factories.unplaced.make(run=run, main_reason="seats_full", _quantity=2)
    first = planner.send("get", f"allocation-runs/{run.pk}/explanations/?page_size=1")
    path = first.json()["next"].partition("/api/v1/")[2]
    second = planner.send("get", path).json()
    assert len(first.json()["results"]) == len(second["results"]) == 1
    assert second["next"] is None


def test_reasons_and_figures_of_a_run_have_shapes(planner):
    """Units of planning become money; what clashes is told apart from the figures."""
    reason = {"code": "budget_short", "slot": "A", "pathway": None}
    reason["params"] = {"lines": ["apbn:2027"], "needed": 5, "left": 2}
    figures = {"cost": 5000, "budget": 15_000, "options": 2, "quotas": []}
    figures |= {"people": 3, "placed": 1, "kept": 0, "reserve": 1, "unplaced": 2}
    slot = {"slot": "A", "min": 1, "max": 2, "used": 1, "eligible": 3}
    line = {"source": "apbn", "year": 2027, "category": None}
    figures |= {"slots": [slot], "money": [line | {"budget": 15_000, "used": 5000}]}
    figures |= {"reasons": [["budget_short", 2]], "rules": [["age", 1]]}
    groups = [
        {"by": "sex", "key": "F", "people": 1, "placed": 1},
        {"by": "disability", "key": "yes", "people": None, "placed": None},
    ]
    fair = dict.fromkeys(("unranked", "last", "envious", "envied", "able"), 0)
    fair |= {"people": 3, "placed": 1, "choosing": 1, "blocking": 2, "gini": 0.25}
    fair |= {"preferences": [[1, 1]], "groups": groups}
    figures |= {"fairness": fair}
    tiers = [{"name": "cost", "value": -5.0, "bound": -4.5, "gap": 0.1}]
    run = factories.allocation_run.make(summary=figures, tiers=tiers)
    seats = {"kind": "seats", "limit": "seats:A", "label_en": "A", "label_id": "A"}
    money = {"kind": "budget", "lines": ["apbn:2027"], "by": 5, "units": 5}
    named = money | {"label_en": "APBN, tuition", "label_id": "APBN, biaya kuliah"}
    short = [money, seats | {"by": 1, "upper": 2, "units": 1}, named]
    full = reason | {"code": "no_room", "params": {}, "short": short, "possible": True}
    reasons = [reason, full]
    factories.unplaced.make(run=run, main_reason="budget_short", reasons=reasons)
    told = planner.send("get", f"allocation-runs/{run.pk}/").json()
    rupiah = {"amount": "5000000.00", "currency": "IDR"}
    assert told["summary"]["cost"] == told["summary"]["money"][0]["used"] == rupiah
    assert (told["tiers"][0]["value"], told["tiers"][0]["bound"]) == (5.0, 4.5)
    assert told["conflict"] == []
    fair = told["summary"]["fairness"]
    assert fair["preferences"] == [{"rank": 1, "places": 1}]
    assert [group["index"] for group in fair["groups"]] == [3.0, None]
    rows = planner.send("get", f"allocation-runs/{run.pk}/explanations/").json()
    why, full = rows["results"][0]["reasons"]
    assert "apbn:2027" in why["text"]
    assert why["params"]["needed"] == 5
    assert full["possible"] is True
    line, seat, named = full["short"]
    assert (line["lines"], line["label"]) == (["apbn:2027"], None)
    assert named["lines"] == ["apbn:2027"]
    assert named["label"] == {"en": "APBN, tuition", "id": "APBN, biaya kuliah"}
    assert line["money"] == {"amount": "5000.00", "currency": "IDR"}
    assert (seat["by"], seat["label"]["en"], seat["lines"]) == (1, "A", [])


def test_a_summary_tells_how_many_places_are_conditional(planner):
    entry = {
        "condition": "language(ja) >= A2 by 2027-03-01 at 80%",
        "names": {},
        "people": 6,
        "is_said": True,
        "typed": "4/5",
        "passed": 10,
        "ended": 20,
        "chance": "13/20",
    }
    told = {"places": 38, "conditional": 6, "expected": "359/10", "conditions": [entry]}
    none = dict.fromkeys(("slots", "money", "quotas", "reasons"), ())
    figures = {"placed": 38, "cost": 0, "budget": 0, **none}
    for expected in (told, None):
        run = factories.allocation_run.make(summary=figures | {"expected": expected})
        answer = planner.send("get", f"allocation-runs/{run.pk}/").json()
        found = answer["summary"]["conditional"]
        assert (found is None) == (expected is None)
        if found:
            assert (found["places"], found["conditional"]) == (38, 6)
            assert found["expected"] == 35.9
            (thing,) = found["conditions"]
            assert (thing["people"], thing["typed"], thing["chance"]) == (6, 0.8, 0.65)
            assert (thing["passed"], thing["ended"]) == (10, 20)


def test_a_summary_tells_who_is_expected_to_arrive(planner):
    cap = {"kind": "agreement", "label_en": "PKS", "label_id": "PKS", "upper": 20}
    entry = {
        "pathway": "jalur",
        "title_en": "Course, then fab",
        "title_id": "Kursus, lalu pabrik",
        "goal": None,
        "begin": 14,
        "decided": 0,
        "expected": "2261/200",
        "chance": "323/400",
        "worth": "4",
        "points": 3230,
        "placement_points": 1000,
        "steps": [
            {
                "slot": "A",
                "typed": "4/5",
                "passed": 8,
                "ended": 20,
                "chance": "3/5",
            }
        ],
        "could": 3,
        "stopped": [{"limit": cap, "people": 2}, {"limit": None, "people": 1}],
    }
    none = dict.fromkeys(("slots", "money", "quotas", "reasons"), ())
    figures = {"placed": 1, "cost": 0, "budget": 0, **none, "arrivals": [entry]}
    run = factories.allocation_run.make(summary=figures)
    answer = planner.send("get", f"allocation-runs/{run.pk}/").json()
    (told,) = answer["summary"]["arrivals"]
    assert told["expected"] == 11.305
    assert (told["chance"], told["worth"], told["points"]) == (0.8075, 4, 3230)
    assert told["steps"] == [
        {"slot": "A", "typed": 0.8, "passed": 8, "ended": 20, "chance": 0.6}
    ]
    label = {"en": "PKS", "id": "PKS"}
    assert told["stopped"] == [
        {
            "limit": {"kind": "agreement", "label": label, "upper": 20},
            "people": 2,
        },
        {"limit": None, "people": 1},
    ]


def test_an_impossible_run_says_what_clashes(planner):
    label = {"label_en": "APBN", "label_id": "APBN"}
    money = {"limit": "budget:apbn:2027", "kind": "supply", "by": 7, "clash": 0}
    seats = {"limit": "seats:A", "kind": "upper", "by": 1, "clash": 0}
    conflict = [money | label, seats | label]
    run = factories.allocation_run.make(summary={"conflict": conflict})
    told = planner.send("get", f"allocation-runs/{run.pk}/").json()
    assert told["summary"] is None
    first, second = told["conflict"]
    assert first["money"] == {"amount": "7000.00", "currency": "IDR"}
    assert (first["by"], second["by"], second["money"]) == (None, 1, None)


def test_money_of_a_limit_is_money(planner):
    run = factories.allocation_run.make()
    factories.limit_price.make(run=run, kind="budget", code="apbn:2027", use=5, upper=9)
    factories.limit_price.make(run=run, kind="seats", code="A", use=5, upper=9)
    path = f"allocation-runs/{run.pk}/limits/"
    rows = {row["kind"]: row for row in planner.send("get", path).json()["results"]}
    assert rows["budget"]["amounts"]["upper"]["amount"] == "9000.00"
    assert (rows["budget"]["use"], rows["budget"]["upper"]) == (None, None)
    assert (rows["seats"]["use"], rows["seats"]["amounts"]) == (5, None)


def test_a_planner_reads_what_a_run_proposes_page_by_page(planner):
    """Planning units become money, each part of the worth and each payer is named."""
    run = factories.allocation_run.make()
    line = {"source": "apbn", "year": 2027, "category": "airfare", "amount": "4500.5"}
    abroad = line | {"category": "fee", "amount": 10, "currency": "JPY"}
    factories.proposal.make(
        run=run,
        value={"placement": 1000, "merit": 70},
        funding=[line, abroad | {"foreign_amount": "95000"}],
    )
    factories.proposal.make(run=run)
    path = f"allocation-runs/{run.pk}/proposals/"
    first = planner.send("get", f"{path}?page_size=1").json()
    second = planner.send("get", first["next"].partition("/api/v1/")[2]).json()
    rows = {row["cost"]["amount"]: row for row in first["results"] + second["results"]}
    assert set(rows) == {"0.00", "4510500.00"}
    row = rows["4510500.00"]
    assert {part["part"]: part["points"] for part in row["worth"]}["merit"] == 70
    air, fee = row["funding"]
    assert air["amount"] == {"amount": "4500500.00", "currency": "IDR"}
    assert (air["foreign"], fee["foreign"]["currency"]) == (None, "JPY")


def test_a_planner_reads_who_would_move_up(planner):
    run = factories.allocation_run.make()
    slot, application = factories.slot.make(), factories.application.make()
    run.reserves.create(slot=slot, application=application, position=1)
    path = f"allocation-runs/{run.pk}/reserves/"
    [row] = planner.send("get", path).json()["results"]
    assert row == {
        "nomination": str(application.pk),
        "slot": str(slot.pk),
        "position": 1,
    }


@pytest.mark.parametrize("part", ["proposals", "reserves"])
def test_senders_and_hosts_read_no_proposals(sender, host, part):
    run = factories.allocation_run.make()
    for caller in (sender, host):
        answer = caller.send("get", f"allocation-runs/{run.pk}/{part}/")
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("termination", "bound", "english", "indonesian"),
    [
        ("proved", 5_000.9, "proven to be the best possible", "terbukti yang terbaik"),
        (
            "agreed",
            5_105.0,
            f"proven within 2.1% of the best possible; {AGREED['en']}",
            f"terbukti paling jauh 2,1% dari yang terbaik; {AGREED['id']}",
        ),
    ],
)
def test_the_proof_is_told_as_everywhere(
    planner, termination, bound, english, indonesian
):
    """Whole points lie between no two: what is left of a bound is rounded down."""
    tiers = [{"name": "people", "value": 5_000, "bound": bound}]
    run = factories.allocation_run.make(termination=termination, tiers=tiers)
    answer = planner.send("get", f"allocation-runs/{run.pk}/").json()
    assert answer["proof"] == {"en": english, "id": indonesian}


def test_a_run_without_a_plan_has_no_proof_to_tell(planner):
    run = factories.allocation_run.make()
    answer = planner.send("get", f"allocation-runs/{run.pk}/").json()
    assert answer["proof"] is None


def run_with_few():
    """Return a run whose quota for disability counts two people, three wanted."""
    quota = factories.quota.make(attribute="disability", sex="", value=3)
    counted = {"quota": quota.code, "lower": 3, "upper": None, "used": 2}
    counted |= {"is_hard": False, "shortfall": 1}
    stands = {"having": 2, "people": 9, "lower": 3, "upper": None, "missed": 1}
    before = stands | {"having": 7, "missed": 0}
    worse = {"quota": quota.code, "before": before, "after": stands}
    none = dict.fromkeys(("slots", "money", "reasons"), ())
    figures = {"placed": 1, "cost": 0, "budget": 0, **none, "quotas": [counted]}
    figures["losses"] = {"lost": [], "moved": [], "quotas": [worse]}
    run = factories.allocation_run.make(summary=figures)
    factories.limit_price.make(run=run, kind="quota", code=quota.code, use=2, lower=3)
    return run


def test_few_counted_by_what_is_confidential_are_told_nowhere(planner):
    run = run_with_few()
    factories.limit_price.make(run=run, kind="seats", code="A", use=2, upper=3)
    path = f"allocation-runs/{run.pk}/"
    told = planner.send("get", path).json()["summary"]
    (row,) = told["quotas"]
    assert (row["used"], row["shortfall"], row["lower"]) == (None, None, 3)
    (row,) = told["losses"]["quotas"]
    assert (row["before"]["having"], row["before"]["missed"]) == (7, 0)
    assert (row["after"]["having"], row["after"]["missed"]) == (None, None)
    assert row["after"]["is_different"] is False
    listed = planner.send("get", "allocation-runs/").json()["results"]
    assert listed[0]["summary"] == told
    limits = planner.send("get", f"{path}limits/").json()["results"]
    assert {row["kind"]: row["use"] for row in limits} == {"quota": None, "seats": 2}


def test_runs_with_few_are_listed_in_as_many_queries_for_one_and_for_three(planner):
    planner.send("get", "allocation-runs/")
    seen = []
    for more in (1, 2):
        for _each in range(more):
            run_with_few()
        with CaptureQueriesContext(connection) as queries:
            planner.send("get", "allocation-runs/")
        seen.append(len(queries))
    assert seen[0] == seen[1]
