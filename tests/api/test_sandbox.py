"""A whole season in the sandbox the same afternoon, and nothing of it on the live side.

The sandbox is a database of its own. So one comparison proves that nothing of it
reaches plans, quotas, budgets, mail, events, exports or the desk: whatever those read,
they read it from tables of the live side, and no row of these changes.
"""

from datetime import date, timedelta
from unittest import mock

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import connections
from django.test.utils import CaptureQueriesContext

from api.bulk import work
from api.models import IdempotencyRecord, InstitutionKey
from planner.celery import app, carry_realm
from planner.management.commands.dispatch import Command, loaded
from programs import clock, reference, sandbox
from programs.models import AuditEvent, Event, Institution, Participant, Placement
from programs.sandbox import realm, stage
from tests import factories
from tests.api.conftest import Caller
from tests.paths import ROOT

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


@pytest.fixture(autouse=True)
def _open_sandbox(db):
    factories.country.make(code="MY")
    with sandbox.entered():
        reference.load(ROOT / "fixtures" / "reference")
        stage.prepare()
    realm._seen.forget()


def trying(caller, *scopes):
    """Return a caller with a test key, made by the live one itself."""
    made = caller.send(
        "post", "keys/", {"name": "try", "scopes": list(scopes), "mode": "test"}
    )
    assert made.status_code == 201, made.content
    assert made.json()["mode"] == "test"
    return Caller(made.json()["secret"], caller.institution)


@pytest.fixture
def test_sender(sender):
    """A caller with a test key that nominates."""
    return trying(sender, "nominate")


@pytest.fixture
def test_host(host):
    """A caller with a test key that hosts."""
    return trying(host, "host")


def rows():
    """Return every row of every table of the live side."""
    return {
        model._meta.label: sorted(map(str, model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
    }


def look():
    """Let the dispatcher look at both sides, as it does every few seconds."""
    jobs = loaded([*settings.DISPATCH, *settings.DISPATCH_BY_CLOCK])
    # A test is one transaction, which would end with its connection.
    with mock.patch("planner.management.commands.dispatch.close_old_connections"):
        Command().look(jobs, [])


def ok(answer, status=200):
    """Return what was answered, after a look at the status."""
    assert answer.status_code == status, answer.content
    return answer.json()


def read(caller, path):
    return ok(caller.send("get", path))["results"]


def move(caller, placement, step, **body):
    """Make a step with what was read just before."""
    path = f"placements/{placement}/"
    tag = caller.send("get", path)["ETag"]
    return ok(caller.send("post", f"{path}{step}/", body, If_Match=tag))


def nominate(caller, season, places):
    """Nominate each of the season's people for all of these slots."""
    people = [
        person["id"]
        for person in read(caller, "participants/")
        if person["code"].startswith(season["code"])
    ]
    for person in people:
        body = {"participant": person, "intake": season["id"], "preferences": places}
        ok(caller.send("post", "nominations/", body), 201)
    return people


def test_a_sender_walks_a_whole_season_in_an_afternoon(test_sender):
    assert ok(test_sender.send("get", "me/"))["mode"] == "test"
    season = ok(test_sender.send("post", "sandbox/"), 201)
    slots = read(test_sender, f"slots/?intake={season['id']}")
    assert {slot["id"] for slot in slots} == set(season["slots"])
    assert all(slot["costs"] for slot in slots)
    assert len(nominate(test_sender, season, season["slots"])) == 3
    planned = ok(test_sender.send("post", f"sandbox/{season['id']}/place/"))
    assert planned["season"]["state"] == "decided"
    assert len(planned["placements"]) == 3
    for placement in planned["placements"]:
        assert move(test_sender, placement, "accept")["state"] == "accepted"
    step = f"sandbox/{season['id']}/counterpart/"
    assert len(ok(test_sender.send("post", step))["placements"]) == 3
    for placement in planned["placements"]:
        assert move(test_sender, placement, "depart")["state"] == "departed"
    for state in ("arrived", "completed"):
        ok(test_sender.send("post", step))
        seen = {row["state"] for row in read(test_sender, "placements/")}
        assert seen == {state}
    assert all(row["funding"] for row in read(test_sender, "placements/"))
    kinds = {event["kind"] for event in read(test_sender, "events/")}
    assert {"intake.open", "intake.published", "placement.completed"} <= kinds


def test_a_host_walks_a_whole_season_in_an_afternoon(test_host):
    season = ok(test_host.send("post", "sandbox/"), 201)
    own = next(
        slot
        for slot in read(test_host, f"slots/?intake={season['id']}")
        if slot["host"]["id"] == str(test_host.institution.pk)
    )
    ok(test_host.send("post", f"sandbox/{season['id']}/close/"))
    candidates = ok(test_host.send("get", f"slots/{own['id']}/candidates/"))
    candidates = candidates if isinstance(candidates, list) else candidates["results"]
    assert len(candidates) == 3
    veto = {"nomination": candidates[0]["nomination"], "slot": own["id"]}
    ok(test_host.send("post", "host-ratings/", {**veto, "veto_reason": "full"}), 201)
    planned = ok(test_host.send("post", f"sandbox/{season['id']}/place/"))
    assert len(planned["placements"]) == 2
    step = f"sandbox/{season['id']}/counterpart/"
    ok(test_host.send("post", step))
    for placement in planned["placements"]:
        assert move(test_host, placement, "confirm")["participant"]["given_name"]
    ok(test_host.send("post", step))
    for placement in planned["placements"]:
        move(test_host, placement, "arrive")
        assert move(test_host, placement, "complete")["state"] == "completed"


def test_a_slot_that_a_host_proposes_is_opened_when_the_others_step(test_host):
    season = ok(test_host.send("post", "sandbox/"), 201)
    body = {
        "intake": season["id"],
        "code": "own-idea",
        "country": "MY",
        "role_title_en": "Tester",
        "role_title_id": "Penguji",
        "city": "Penang",
        "starts_on": season["starts_on"],
        "ends_on": season["ends_on"],
        "capacity_max": 1,
        "work_language": "en",
    }
    slot = ok(test_host.send("post", "slots/", body), 201)
    assert slot["state"] == "proposed"
    ok(test_host.send("post", f"sandbox/{season['id']}/counterpart/"))
    assert ok(test_host.send("get", f"slots/{slot['id']}/"))["state"] == "open"


def test_a_change_of_a_stay_is_agreed_when_the_others_step(test_sender):
    season = ok(test_sender.send("post", "sandbox/"), 201)
    nominate(test_sender, season, season["slots"])
    planned = ok(test_sender.send("post", f"sandbox/{season['id']}/place/"))
    place = planned["placements"][0]
    stay = move(test_sender, place, "accept")
    ends_on = date.fromisoformat(stay["ends_on"]) - timedelta(days=9)
    body = {"ends_on": ends_on.isoformat(), "reason": "Harvest at home"}
    path = f"placements/{place}/changes/"
    change = ok(test_sender.send("post", path, body), 201)
    assert change["waits_for"] == ["host"]
    ok(test_sender.send("post", f"sandbox/{season['id']}/counterpart/"))
    stay = ok(test_sender.send("get", f"placements/{place}/"))
    assert (stay["state"], stay["ends_on"]) == ("confirmed", body["ends_on"])


@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_season_is_open_on_any_day(test_sender, days):
    with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
        with sandbox.entered():
            InstitutionKey.objects.update(expiry_date=None)
        season = ok(test_sender.send("post", "sandbox/"), 201)
        assert nominate(test_sender, season, season["slots"][:1])


def test_nobody_is_placed_beyond_the_seats_and_the_rules(test_sender):
    season = ok(test_sender.send("post", "sandbox/"), 201)
    slots = read(test_sender, f"slots/?intake={season['id']}")
    english = next(slot["id"] for slot in slots if slot["min_cefr"])
    nominate(test_sender, season, [english])
    planned = ok(test_sender.send("post", f"sandbox/{season['id']}/place/"))
    assert len(planned["placements"]) == 2
    states = [row["state"] for row in read(test_sender, "nominations/")]
    assert sorted(states) == ["placed", "placed", "unplaced"]
    again = test_sender.send("post", f"sandbox/{season['id']}/place/")
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/season-planned"


def test_the_live_side_is_the_same_after_a_season(test_sender, test_host):
    look()
    before = rows()
    test_a_sender_walks_a_whole_season_in_an_afternoon(test_sender)
    test_a_host_walks_a_whole_season_in_an_afternoon(test_host)
    look()
    assert rows() == before
    assert mail.outbox == []
    with sandbox.entered():
        assert Placement.objects.count() == 5
        assert Event.objects.exists()


@pytest.mark.parametrize(
    "path", ["me/", "participants/", "slots/", "events/", "keys/", "sandbox/"]
)
def test_a_test_key_asks_the_live_database_nothing(test_sender, path):
    with CaptureQueriesContext(connections["default"]) as live:
        assert test_sender.send("get", path).status_code == 200
    assert len(live) == 0


def test_a_test_key_sees_no_live_row_and_a_live_one_no_test_row(sender, test_sender):
    factories.participant.make(registered_by=sender.institution, code="LIVE")
    factories.slot.make(code="live-slot")
    season = ok(test_sender.send("post", "sandbox/"), 201)
    for route in ("participants", "slots", "intakes", "programs", "events", "keys"):
        live = sender.send("get", f"{route}/").content.decode()
        test = test_sender.send("get", f"{route}/").content.decode()
        assert season["code"] not in live
        assert "LIVE" not in test
        assert "live-slot" not in test
    assert sender.send("get", f"intakes/{season['id']}/").status_code == 404
    both = {row["key"] for row in read(sender, "keys/")}
    assert not both & {row["key"] for row in read(test_sender, "keys/")}


def test_a_key_of_one_side_does_not_open_the_other(sender, test_sender):
    live = sender.defaults["HTTP_AUTHORIZATION"].removeprefix("Api-Key ")
    test = test_sender.defaults["HTTP_AUTHORIZATION"].removeprefix("Api-Key test_")
    assert Caller(f"test_{live}").send("get", "me/").status_code == 401
    assert Caller(test).send("get", "me/").status_code == 401
    assert not sandbox.is_entered()


def test_partners_see_only_their_own_people_there(test_sender, call_as):
    other = trying(call_as(factories.institution.make(), "nominate"), "nominate")
    mine = ok(test_sender.send("post", "sandbox/"), 201)
    theirs = ok(other.send("post", "sandbox/"), 201)
    people = read(test_sender, "participants/")
    assert {each["code"].rpartition("-")[0] for each in people} == {mine["code"]}
    assert [row["id"] for row in read(test_sender, "sandbox/")] == [mine["id"]]
    for path in (f"sandbox/{theirs['id']}/", f"sandbox/{theirs['id']}/place/"):
        method = "post" if path.endswith("place/") else "get"
        assert test_sender.send(method, path).status_code == 404


def test_a_live_key_has_no_sandbox(sender):
    for method, path in (("get", "sandbox/"), ("post", "sandbox/")):
        answer = sender.send(method, path)
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/test-key-needed"


def test_a_test_key_makes_test_keys_only(test_sender):
    body = {"name": "more", "scopes": ["nominate"]}
    made = ok(test_sender.send("post", "keys/", body), 201)
    assert made["mode"] == "test"
    assert made["secret"].startswith("test_")
    assert ok(Caller(made["secret"]).send("get", "me/"))["mode"] == "test"
    refused = test_sender.send("post", "keys/", body | {"mode": "live"})
    assert refused.status_code == 403
    rotated = ok(test_sender.send("post", f"keys/{made['key']}/rotate/"), 201)
    assert rotated["secret"].startswith("test_")


def test_a_test_key_plans_nothing_and_reaches_no_further_than_its_maker(
    planner, sender
):
    body = {"name": "x", "mode": "test", "scopes": ["plan"]}
    refused = planner.send("post", "keys/", body)
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/no-test-planning"
    beyond = sender.send("post", "keys/", body | {"scopes": ["host"]})
    assert beyond.status_code == 403


def test_making_a_test_key_is_noted_and_repeated_without_its_secret(sender):
    body = {"name": "try", "scopes": ["nominate"], "mode": "test"}
    first = ok(sender.send("post", "keys/", body, Idempotency_Key="t"), 201)
    again = ok(sender.send("post", "keys/", body, Idempotency_Key="t"), 201)
    assert again["secret"] is None
    assert again["key"] == first["key"]
    assert AuditEvent.objects.filter(action="api_keys.issue_test").count() == 1
    assert first["secret"] not in IdempotencyRecord.objects.get().answer
    assert InstitutionKey.objects.count() == 1
    with sandbox.entered():
        assert InstitutionKey.objects.count() == 1
        known = Institution.objects.get(pk=sender.institution.pk)
        assert known.code == sender.institution.code


def test_without_a_sandbox_a_test_key_is_told_so(test_sender, sender, monkeypatch):
    with sandbox.entered():
        Institution.objects.filter(code=realm.HOST).update(code="gone")
    realm._seen.forget()
    answer = test_sender.send("get", "me/")
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/sandbox-not-open"
    body = {"name": "try", "scopes": ["nominate"], "mode": "test"}
    refused = sender.send("post", "keys/", body)
    assert refused.json()["type"] == "/problems/sandbox-not-open"
    assert not sandbox.is_entered()


def test_a_session_is_left_alone_by_a_test_key(test_sender):
    test_sender.force_login(factories.partner())
    before = test_sender.cookies["sessionid"].value
    answer = test_sender.send("get", "me/")
    assert answer.json()["mode"] == "test"
    assert "sessionid" not in answer.cookies
    assert test_sender.cookies["sessionid"].value == before


def test_after_a_crash_the_thread_is_on_the_live_side_again(test_sender, monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("programs.sandbox.seasons.begin", crash)
    test_sender.is_held_to_the_description = False
    assert test_sender.send("post", "sandbox/").status_code == 500
    assert not sandbox.is_entered()
    assert connections["default"].alias == "default"


def test_what_a_live_transaction_tells_is_not_told_in_the_sandbox(sender):
    """Making a test key writes on both sides: each trail has its own entry."""
    trying(sender, "nominate")
    assert [e.action for e in AuditEvent.objects.all()] == ["api_keys.issue_test"]
    with sandbox.entered():
        assert [e.action for e in AuditEvent.objects.all()] == ["api_keys.issue"]


def test_its_answers_are_forgotten_after_a_day(test_sender):
    ok(test_sender.send("post", "sandbox/", Idempotency_Key="k"), 201)
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        look()
    with sandbox.entered():
        assert not IdempotencyRecord.objects.exists()


def test_its_webhooks_are_rung_for_by_themselves(test_sender, monkeypatch):
    rung = []
    monkeypatch.setattr(
        "planner.jobs.dispatch.ring",
        lambda kind, pk: rung.append((kind.task, str(pk), sandbox.is_entered())),
    )
    body = {"url": "https://partner.example/hook"}
    hook = ok(test_sender.send("post", "webhook-endpoints/", body), 201)
    ok(test_sender.send("post", "sandbox/"), 201)
    look()
    assert rung == [("api.deliver", hook["id"], True)]


def test_seeded_people_are_of_the_one_who_sends(test_host):
    ok(test_host.send("post", "sandbox/"), 201)
    with sandbox.entered():
        senders = {p.registered_by.code for p in Participant.objects.all()}
    assert senders == {stage.SENDER}


def test_a_task_is_done_on_the_side_it_was_rung_for():
    seen = []

    @app.task(name="tests.where", shared=False)
    def where():
        seen.append(sandbox.is_entered())

    for message in ({}, {"sandbox": True}):
        where.push_request(**message)
        where()
        where.pop_request()
    assert seen == [False, True]
    headers = {}
    with sandbox.entered():
        carry_realm(headers)
    assert headers == {"sandbox": True}
    assert not sandbox.is_entered()


def test_a_list_is_sent_and_done_in_the_sandbox(test_sender):
    season = ok(test_sender.send("post", "sandbox/"), 201)
    people = [row["id"] for row in read(test_sender, "participants/")]
    lines = [
        {"participant": pk, "intake": season["id"], "preferences": season["slots"]}
        for pk in people
    ]
    body = {"nominations": lines}
    job = ok(
        test_sender.send("post", "nominations/bulk/", body, Prefer="respond-async"), 202
    )
    with sandbox.entered():
        work.execute(job["id"])
    done = ok(test_sender.send("get", f"jobs/{job['id']}/"))
    assert done["num_made"] == 3
    assert len(read(test_sender, "nominations/")) == 3
