"""Every page of the desk, for the people it is for and for those it is not for."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planner.allocation.decisions.approve import approve
from planner.allocation.decisions.publish import publish as publish_run
from planner.allocation.decisions.submit import submit
from planner.desk.scarce import pages_of
from planner.models import LimitKind
from programs.domain import placements
from programs.models import AuditEvent
from tests import factories
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def text(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def as_planner(client, world):
    client.force_login(world.planner)
    return client


def test_a_page_below_another_shows_the_way_up(as_planner, solved):
    shown = text(as_planner.get(page("desk_run_people", solved.pk)))
    way = shown[shown.index("desk-trail") :].partition("</nav>")[0]
    assert way.index(page("desk_runs")) < way.index(page("desk_run", solved.pk))
    assert "desk-trail" not in text(as_planner.get(page("desk_runs")))


PLAIN = ["index", "desk_intakes", "desk_runs", "desk_scenarios", "desk_board"]


@pytest.mark.parametrize("name", PLAIN)
def test_empty_pages_say_what_to_do_next(client, name):
    client.force_login(factories.planner())
    assert "desk-empty" in text(client.get(page(name)))


def test_the_review_says_the_plan_in_one_sentence(as_planner, solved):
    shown = text(as_planner.get(page("desk_run", solved.pk)))
    assert "1 of 2 people placed, proven" in shown
    assert "Rp 10 m of Rp 50 m used" in shown.replace("\xa0", " ")
    assert "all hard limits kept" in shown
    assert "All seats taken" in shown


def test_people_are_listed_by_outcome_and_reason(as_planner, solved, world):
    people = page("desk_run_people", solved.pk)
    assert world.strong.participant.code in text(as_planner.get(people))
    unplaced = text(as_planner.get(people + "?outcome=unplaced&reason=seats_full"))
    assert world.weak.participant.code in unplaced
    assert world.strong.participant.code not in unplaced
    nobody = as_planner.get(people + "?outcome=unplaced&reason=budget_short")
    assert "Nobody here." in text(nobody)


@pytest.mark.parametrize("outcome", ["placed", "reserve", "unplaced"])
def test_people_are_taken_away_as_they_are_filtered(
    as_planner, client, solved, world, outcome
):
    address = page("desk_run_people_file", solved.pk, "csv")
    shown = text(as_planner.get(page("desk_run_people", solved.pk) + "?q=a"))
    assert f"{address}?q=a" in shown
    person = world.strong if outcome == "placed" else world.weak
    code = person.participant.code
    file = text(as_planner.get(f"{address}?outcome={outcome}&q={code}"))
    assert code in file
    assert code not in text(as_planner.get(f"{address}?outcome={outcome}&q=nobody"))
    client.force_login(factories.coordinator())
    assert client.get(address).status_code == 404
    client.force_login(factories.partner())
    assert client.get(address).status_code == 403


def test_the_person_reads_no_word_about_others(as_planner, solved, world):
    address = page("desk_run_person", solved.pk, world.weak.pk)
    told = text(as_planner.get(address))
    assert "went to somebody who was worth more to the plan" in told
    letter = text(as_planner.get(address + "?for=participant"))
    assert "there were more people than seats" in letter
    assert "worth more" not in letter
    assert world.strong.participant.code not in letter


def test_a_plan_goes_from_submission_to_offers(client, as_planner, solved, world):
    address = page("desk_run", solved.pk)
    assert "Submit for approval" in text(client.get(address))
    client.post(page("desk_run_submit", solved.pk))
    solved.refresh_from_db()
    assert solved.state == "submitted"
    refused = client.post(page("desk_run_judge", solved.pk), {"approve": "1"})
    assert refused.status_code == 403

    client.force_login(world.approver)
    home = text(client.get(page("index")))
    assert "1 plan waits for your approval" in home
    judge = text(client.get(page("desk_run_judge", solved.pk)))
    assert solved.result_digest in judge
    assert "exactly as the run read them" in text(
        client.get(page("desk_run_drift", solved.pk))
    )
    client.post(
        page("desk_run_judge", solved.pk),
        {"approve": "1", "digest": solved.result_digest, "comment": ""},
    )
    solved.refresh_from_db()
    assert solved.state == "approved"

    client.force_login(world.planner)
    assert "1 approved plan waits to be published" in text(client.get(page("index")))
    publish = text(client.get(page("desk_run_publish", solved.pk)))
    assert "1 person gets an offer" in publish
    client.post(page("desk_run_publish", solved.pk))
    solved.refresh_from_db()
    assert solved.state == "published"
    assert world.strong.placements.get().state == "offered"
    assert world.strong.participant.code in text(client.get(page("desk_board")))


def publish(run, world):
    """Carry a plan to its offers through the verbs."""
    submit(run, by=world.planner, now=NOW)
    approve(run, digest=run.result_digest, by=world.approver, now=NOW)
    publish_run(run, by=world.planner, now=NOW)


def test_a_free_place_goes_to_the_next_in_line(client, as_planner, solved, world):
    publish(solved, world)
    offer = world.strong.placements.get()
    coordinator = factories.coordinator(of=world.program.owner)
    placements.decline(placement=offer, by=coordinator, now=NOW)
    board = text(client.get(page("desk_board") + "?state=declined"))
    address = page("desk_move_up", world.slot_.pk)
    assert address in board
    assert world.weak.participant.full_name in board
    assert "fits" in text(client.get(address))
    client.post(address)
    assert world.weak.placements.get().state == "offered"
    client.force_login(coordinator)
    assert client.post(address).status_code == 403


def test_a_published_plan_is_replanned(client, as_planner, solved, world, monkeypatch):
    monkeypatch.setattr(
        "planner.allocation.decisions.request.ring", lambda run_id: None
    )
    publish(solved, world)
    assert "Replan" in text(client.get(page("desk_run", solved.pk)))
    address = page("desk_run_replan", solved.pk)
    asked = client.post(address, {"change_price": 500, "seconds": 5})
    live = text(client.get(asked.headers["Location"]))
    assert "Waiting for a worker" in live
    replanning = solved.replans.get()
    assert (replanning.change_price, replanning.kind) == (500, "replan")


def test_an_intake_says_who_fits_and_judges(client, world):
    coordinator = factories.coordinator(of=world.program.owner)
    client.force_login(coordinator)
    slot = world.slot(seats=2)
    world.person(slot)
    world.person(slot, who={"kkni": 1})
    world.program.min_kkni = 4
    world.program.save()
    shown = text(client.get(page("desk_intake", world.intake.pk)))
    assert "2 people in the pool for 2 seats in 1 slots" in shown
    fit = text(client.get(page("desk_intake_fit", world.intake.pk)))
    assert "1 of 2 people fit at least one slot" in fit
    assert "KKNI level" in fit
    answer = client.post(page("desk_intake_judge", world.intake.pk), follow=True)
    assert "1 people are eligible, 1 are not." in text(answer)


def test_a_rule_leads_to_the_people_it_keeps_out(client, world):
    client.force_login(factories.coordinator(of=world.program.owner))
    slot = world.slot(seats=2)
    world.program.min_kkni = 4
    world.program.save()
    able = world.person(slot, who={"kkni": 6})
    unable = world.person(slot, who={"kkni": 1})
    address = page("desk_intake_unfit", world.intake.pk, "kkni")
    assert address in text(client.get(page("desk_intake_fit", world.intake.pk)))
    shown = text(client.get(address))
    assert "1 person of" in shown
    assert unable.participant.code in shown
    assert able.participant.code not in shown
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _again in range(2):
        world.person(slot, who={"kkni": 1})
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)
    nobody = page("desk_intake_unfit", world.intake.pk, "age")
    assert "0 people of" in text(client.get(nobody))
    nonsense = page("desk_intake_unfit", world.intake.pk, "luck")
    assert client.get(nonsense).status_code == 404
    client.force_login(factories.coordinator())
    assert client.get(address).status_code == 404
    client.force_login(factories.partner())
    assert client.get(address).status_code == 403


def test_the_author_cannot_approve(client, solved, world):
    both = factories.administrator()
    solved.created_by = both
    solved.state = "submitted"
    solved.save()
    client.force_login(both)
    shown = text(client.get(page("desk_run_judge", solved.pk)))
    assert "somebody else has to approve it" in shown
    answer = client.post(
        page("desk_run_judge", solved.pk),
        {"approve": "1", "digest": solved.result_digest},
    )
    assert "Somebody else has to approve this plan" in text(answer)
    solved.refresh_from_db()
    assert solved.state == "submitted"


def test_a_plan_is_returned_with_a_comment_only(client, as_planner, solved, world):
    client.post(page("desk_run_submit", solved.pk))
    client.force_login(world.approver)
    judge = page("desk_run_judge", solved.pk)
    assert "Give a reason" in text(client.post(judge, {"return": "1", "comment": ""}))
    client.post(judge, {"return": "1", "comment": "More women, please."})
    solved.refresh_from_db()
    assert (solved.state, solved.comment) == ("rejected", "More women, please.")


def test_a_run_is_asked_for_watched_and_stopped(as_planner, world, monkeypatch):
    monkeypatch.setattr(
        "planner.allocation.decisions.request.ring", lambda run_id: None
    )
    world.slot()
    asked = as_planner.post(
        page("desk_run_new"),
        {"intakes": [world.intake.pk], "seconds": 5, "gap": 0, "seed": 1},
    )
    assert asked.status_code == 302
    live = text(as_planner.get(asked.headers["Location"]))
    assert "Waiting for a worker" in live
    run_id = asked.headers["Location"].rstrip("/").rpartition("/")[2]
    part = as_planner.get(page("desk_run_progress", run_id))
    assert "HX-Refresh" not in part.headers
    as_planner.post(page("desk_run_stop", run_id))
    assert as_planner.get(page("desk_run_progress", run_id)).headers["HX-Refresh"]
    assert "stopped before it had a plan" in text(
        as_planner.get(page("desk_run", run_id))
    )


def test_an_impossible_run_says_what_would_help(as_planner, world, plan):
    slot = world.slot(seats=1)
    pinned = [world.person(slot) for _twice in range(2)]
    for application in pinned:
        factories.pin.make(application=application, slot=slot, kind="pin")
    run = plan()
    assert run.state == "infeasible"
    shown = text(as_planner.get(page("desk_run", run.pk)))
    assert "No plan can keep all hard limits at once." in shown
    assert "raise it by 1" in shown
    assert page("desk_slot", slot.pk) in shown
    for application in pinned:
        assert f"{application.participant}: take the pin back" in shown
        assert page("programs_application_pin", application.pk) in shown


def test_an_impossible_budget_says_how_much_is_missing(as_planner, world, plan):
    slot = world.slot(seats=2)
    for _twice in range(2):
        factories.pin.make(application=world.person(slot), slot=slot, kind="pin")
    world.cost(10_000_000, world.source("state", 15_000_000))
    shown = text(as_planner.get(page("desk_run", plan().pk))).replace("\xa0", " ")
    assert "STATE, 2027: add Rp 5 m." in shown
    assert page("programs_budgetline_changelist") + "?q=state" in shown


def test_an_impossible_quota_says_how_many_are_missing(as_planner, world, plan):
    world.person(world.slot())
    quota = factories.quota.make(
        intake=world.intake, sex="M", measure="absolute", value=2, is_hard=True
    )
    shown = text(as_planner.get(page("desk_run", plan().pk)))
    assert "ask for 2 fewer" in shown
    assert page("programs_quota_changelist") + f"?q={quota.code}" in shown


def test_a_run_without_intakes_is_not_asked_for(as_planner, world):
    world.slot()
    answer = as_planner.post(page("desk_run_new"), {"seconds": 0, "gap": 0, "seed": 1})
    assert "Choose at least one intake." in text(answer)


def test_two_runs_are_compared_person_by_person(as_planner, solved, world, plan):
    world.weak.merit_score = 100
    world.weak.save()
    other = plan()
    shown = text(
        as_planner.get(page("desk_compare") + f"?run={solved.pk}&run={other.pk}")
    )
    assert "1 people gain a place, 1 lose one, 0 move" in shown
    alone = as_planner.get(page("desk_compare") + f"?run={solved.pk}", follow=True)
    assert "Choose exactly two runs" in text(alone)
    nonsense = as_planner.get(page("desk_compare") + "?run=x&run=y", follow=True)
    assert "Choose exactly two runs" in text(nonsense)


def test_pages_cost_the_same_for_one_and_three_people(as_planner, world, plan):
    def queries(run):
        seen = []
        for name in ("desk_run", "desk_run_people", "desk_run_submit"):
            with CaptureQueriesContext(connection) as queries:
                assert as_planner.get(page(name, run.pk)).status_code == 200
            seen.append(len(queries))
        return seen

    slot = world.slot(seats=3)
    world.person(slot)
    small = plan()
    queries(small)
    one = queries(small)
    world.person(slot)
    world.person(slot)
    big = plan()
    small.delete()
    assert queries(big) == one


def test_strangers_find_nothing(client, solved, world):
    outsider = factories.coordinator()
    client.force_login(outsider)
    assert client.get(page("desk_run", solved.pk)).status_code == 404
    assert client.get(page("desk_intake", world.intake.pk)).status_code == 404
    client.force_login(factories.partner())
    for name in ("desk_runs", "desk_intakes", "desk_scenarios", "desk_run_new"):
        assert client.get(page(name)).status_code == 403


def test_an_auditor_sees_the_plan_and_no_button(client, solved):
    client.force_login(factories.auditor())
    shown = text(client.get(page("desk_run", solved.pk)))
    assert "1 of 2 people placed" in shown
    assert "Submit for approval" not in shown
    before = AuditEvent.objects.count()
    for name in ("desk_run_submit", "desk_run_publish", "desk_run_judge"):
        assert client.post(page(name, solved.pk)).status_code == 403
    assert AuditEvent.objects.count() == before


LISTS = ["index", "desk_intakes", "desk_runs", "desk_board", "desk_scenarios"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_one_and_three_rows(as_planner, world, name):
    def add():
        intake = world.add_intake()
        slot = factories.slot.make(intake=intake)
        factories.placement.make(slot=slot)
        factories.allocation_run.make().intakes.add(intake)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert as_planner.get(page(name)).status_code == 200
        return len(seen)

    add()
    queries()
    one = queries()
    add()
    add()
    assert queries() == one


def test_links_of_a_run_lead_only_where_the_reader_may_go(world, solved):
    """A coordinator reads the whole run, but not the slots of others' programs."""
    limits = solved.prices.all()
    own = factories.coordinator(of=world.intake.program.owner)
    for reader in (world.planner, own):
        assert {kind for kind, _code in pages_of(limits, reader)} >= {LimitKind.SEATS}
    assert not pages_of(limits, factories.coordinator())


def test_an_intake_of_others_is_named_and_not_linked(client, world, solved):
    own = world.intake
    solved.intakes.add(factories.intake.make())
    client.force_login(factories.coordinator(of=own.program.owner))
    shown = text(client.get(page("desk_run", solved.pk)))
    for intake in solved.intakes.all():
        assert intake.code in shown
        assert (page("desk_intake", intake.pk) in shown) == (intake == own)


def test_a_stale_form_says_what_to_do(world):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.planner)
    answer = strict.post(page("logout"))
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()
