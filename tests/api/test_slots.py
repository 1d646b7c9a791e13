"""Slots and what hosts do with them: propose, change, look at candidates."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from programs import costing
from programs.choices import CostFormula, IntakeState
from programs.models import Placement, Slot
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal():
    """A slot as a host proposes it."""
    factories.skill.make(framework="TEP", code="ATP-07")
    country = factories.country.make()
    return {
        "intake": str(factories.intake.make().pk),
        "code": "fab-line-2",
        "country": country.pk,
        "role_title_en": "Test technician",
        "role_title_id": "Teknisi uji",
        "city": "Bayan Lepas",
        "starts_on": "2027-04-01",
        "ends_on": "2027-10-01",
        "capacity_min": 2,
        "capacity_max": 6,
        "work_language": "en",
        "min_cefr": "B1",
        "requirements": [
            {"framework": "TEP", "code": "ATP-07", "kind": "required", "level": 2}
        ],
    }


def test_propose_and_read_back(host, proposal):
    made = host.send("post", "slots/", proposal)
    assert made.status_code == 201, made.content
    data = made.json()
    assert data["state"] == "proposed"
    assert data["host"]["id"] == str(host.institution.pk)
    assert data["requirements"] == proposal["requirements"]
    assert data["role_title"] == {"en": "Test technician", "id": "Teknisi uji"}


def test_a_proposed_slot_is_the_hosts_alone(host, other_host, sender, proposal):
    made = host.send("post", "slots/", proposal).json()
    for caller in (other_host, sender):
        assert caller.send("get", f"slots/{made['id']}/").status_code == 404


def test_hosts_use_the_same_code_and_read_nothing_of_each_other(
    host, other_host, proposal
):
    """The second answer is the first but for the host, though plans tell them apart."""
    answers = [who.send("post", "slots/", proposal) for who in (host, other_host)]
    assert [answer.status_code for answer in answers] == [201, 201]
    first, second = (answer.json() for answer in answers)
    for told in (first, second):
        del told["id"], told["host"]
    assert first == second
    again = other_host.send("post", "slots/", proposal)
    assert again.status_code == 409
    assert again.json()["errors"][0]["pointer"] == "/code"
    assert len({slot.name for slot in Slot.objects.filter(code="fab-line-2")}) == 2


def test_an_open_slot_is_read_by_senders(sender):
    slot = factories.slot.make()
    assert sender.send("get", f"slots/{slot.pk}/").status_code == 200


def test_costs_are_the_slots_own_then_the_programs(sender):
    """The slot's airfare replaces the program's; the program's tuition stays."""
    slot = factories.slot.make()
    program = slot.intake.program
    air, fee = factories.cost_category.make(_quantity=2)
    factories.cost_rule.make(program=program, slot=None, category=air, amount=9)
    factories.cost_rule.make(program=program, slot=None, category=fee, amount=5)
    factories.cost_rule.make(program=None, slot=slot, category=air, amount=7)
    costs = sender.send("get", f"slots/{slot.pk}/").json()["costs"]
    amounts = {cost["category"]: cost["amount"]["amount"] for cost in costs}
    assert amounts == {air.pk: "7.00", fee.pk: "5.00"}


def test_a_province_pays_its_leg_on_top_in_the_api_as_in_the_plan(sender):
    """The slot's airfare of 6 replaces the program's 4; the leg of 7 from Papua stays.

    One person, one cost, whoever adds it up.
    """
    slot, papua = factories.slot.make(), factories.region.make(name="Papua")
    program, air = slot.intake.program, factories.cost_category.make()
    given = {"category": air, "formula": CostFormula.ONE_OFF}
    for amount, place in (
        (4_000_000, {"program": program}),
        (7_000_000, {"program": program, "origin": papua}),
        (6_000_000, {"program": None, "slot": slot}),
    ):
        factories.cost_rule.make(amount=amount, **place, **given)
    costs = sender.send("get", f"slots/{slot.pk}/").json()["costs"]
    told = sum(
        Decimal(cost["amount"]["amount"])
        for cost in costs
        if cost["origin"] in (None, papua.pk)
    )
    table = costing.load(slots=Slot.objects.all())
    assert told == table.total(slot.pk, papua.pk) * costing.UNIT == 13_000_000


def test_end_before_start_is_refused(host, proposal):
    answer = host.send("post", "slots/", {**proposal, "ends_on": "2027-03-01"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/ends_on"


def test_fewest_above_most_is_refused(host, proposal):
    answer = host.send("post", "slots/", {**proposal, "capacity_min": 9})
    assert answer.status_code == 422


def test_requirement_listed_twice_is_refused(host, proposal):
    twice = {**proposal, "requirements": proposal["requirements"] * 2}
    answer = host.send("post", "slots/", twice)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/requirements/1"


def test_a_slot_in_indonesia_names_its_province(host, proposal):
    factories.west_java()
    sent = proposal | {"province": "32"}
    refused = host.send("post", "slots/", sent)
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/province", "province-abroad")
    sent["country"] = factories.indonesia().pk
    made = host.send("post", "slots/", sent).json()
    assert made["province"] == "32"
    path = f"slots/{made['id']}/"
    assert host.send("patch", path, {"province": None}).json()["province"] is None


def test_intake_still_in_draft_is_as_unknown_as_a_missing_one(host, proposal):
    hidden = factories.intake.make(state=IntakeState.DRAFT)
    answers = [
        host.send("post", "slots/", {**proposal, "intake": str(pk)}).json()
        for pk in (hidden.pk, uuid.uuid4())
    ]
    assert answers[0]["status"] == 400
    assert answers[0]["errors"] == answers[1]["errors"]


def test_own_slot_changes_until_the_intake_closes(host):
    slot = factories.slot.make(host=host.institution)
    path = f"slots/{slot.pk}/"
    assert host.send("patch", path, {"capacity_max": 8}).json()["capacity_max"] == 8
    type(slot.intake).objects.update(state=IntakeState.CLOSED)
    assert host.send("patch", path, {"capacity_max": 9}).status_code == 409


def test_own_slot_moves_only_where_its_people_have_room(host):
    cap = factories.route_cap.make(is_yearly=True)
    days = {"starts_on": date(2028, 4, 1), "ends_on": date(2028, 9, 1)}
    slot = factories.slot.make(host=host.institution, route=cap.route)
    for each in (slot, factories.slot.make(route=cap.route, **days)):
        factories.placement.make(slot=each)
    moved = {"starts_on": "2028-05-01", "ends_on": "2028-08-01"}
    answer = host.send("patch", f"slots/{slot.pk}/", moved)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/route-keeps-its-people"
    assert "allows no more people" in answer.json()["detail"]
    assert answer.json()["errors"][0]["pointer"] == "/starts_on"


def test_open_slot_of_another_host_cannot_be_changed(host):
    slot = factories.slot.make()
    answer = host.send("patch", f"slots/{slot.pk}/", {"capacity_max": 8})
    assert answer.status_code == 403


def test_candidates_have_abilities_and_no_names(host, candidate):
    application, slot = candidate
    claim = factories.skill_claim.make(participant=application.participant, level=3)
    paper = factories.language_certificate.make(participant=application.participant)
    answer = host.send("get", f"slots/{slot.pk}/candidates/")
    [row] = answer.json()["results"]
    assert row["nomination"] == str(application.pk)
    assert [(line["code"], line["level"]) for line in row["skills"]] == [
        (claim.skill.code, 3)
    ]
    assert [line["band"] for line in row["languages"]] == [paper.band]
    assert "Sukarni" not in answer.content.decode()


def test_candidates_do_not_tell_what_people_wish_for(host, candidate):
    """Neither the rank, nor by the order in which they come."""
    application, slot = candidate
    factories.preference.make(application__intake=application.intake, slot=slot, rank=1)
    rows = host.send("get", f"slots/{slot.pk}/candidates/").json()["results"]
    assert "rank" not in rows[0]
    ids = [row["nomination"] for row in rows]
    assert ids == sorted(ids)
    assert len(ids) == 2


def test_candidates_come_page_by_page_at_the_same_cost(
    host, candidate, django_assert_max_num_queries
):
    application, slot = candidate
    for rank in range(4):
        other = factories.preference.make(
            application__intake=application.intake, slot=slot, rank=rank + 1
        )
        factories.skill_claim.make(participant=other.application.participant)
    first = host.send("get", f"slots/{slot.pk}/candidates/").json()
    address, seen = f"/api/v1/slots/{slot.pk}/candidates/?page_size=2", []
    with django_assert_max_num_queries(3 * 8):
        while address:
            page = host.get(address).json()
            seen += page["results"]
            address = page["next"]
    assert seen == first["results"]
    assert len(seen) == 5


def test_candidates_of_an_open_slot_of_another_are_refused(other_host, candidate):
    _application, slot = candidate
    answer = other_host.send("get", f"slots/{slot.pk}/candidates/")
    assert answer.status_code == 403


def test_a_condition_is_read_and_written_as_text_and_as_a_tree(host, proposal):
    tree = {
        "any": [
            {"fact": "kkni", "is": ">=", "value": "6"},
            {
                "fact": "language",
                "about": {"language": "ja"},
                "is": ">=",
                "value": "A2",
            },
        ]
    }
    text = "kkni >= 6 or language(ja) >= A2"
    for number, sent in enumerate(({"condition": text}, {"condition_tree": tree})):
        body = proposal | {"code": f"c-{number}"} | sent
        made = host.send("post", "slots/", body)
        assert made.status_code == 201, made.content
        assert (made.json()["condition"], made.json()["condition_tree"]) == (text, tree)
    at = f"slots/{made.json()['id']}/"
    cleared = host.send("patch", at, {"condition_tree": None}).json()
    assert (cleared["condition"], cleared["condition_tree"]) == ("", None)
    both = {"condition": "free", "condition_tree": tree}
    assert host.send("patch", at, both).status_code == 400


def test_the_tree_of_a_deep_condition_can_be_sent_back(host, proposal):
    text = "kkni >= 1"
    for level in range(19):
        text = f"free or kkni >= {level % 9 + 1} and ({text})"
    made = host.send("post", "slots/", proposal | {"condition": text})
    assert made.status_code == 201, made.content
    tree = made.json()["condition_tree"]
    again = {"code": "again", "condition_tree": tree}
    made = host.send("post", "slots/", proposal | again)
    assert made.status_code == 201, made.content
    assert made.json()["condition_tree"] == tree


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"condition_tree": {"fact": "kkni", "is": ">="}}, "or neither"),
        ({"condition": "kknni >= 6"}, "Character 1: “kknni” is no fact"),
        ({"condition": 'completed(program "nil")'}, "there is no program “nil”"),
        ({"condition": "kkni > 6 and kkni < 3"}, "exclude each other"),
        ({"condition": "disability"}, "confidential"),
        ({"condition_tree": {"fact": "luck"}}, "the schema describes"),
        ({"condition_tree": [1]}, "the schema describes"),
    ],
)
def test_a_condition_that_cannot_be_taken_is_refused(host, proposal, sent, says):
    made = host.send("post", "slots/", proposal | sent)
    assert made.status_code == (400 if "condition_tree" in sent else 422)
    assert says in made.content.decode()
    assert not Slot.objects.filter(code=proposal["code"]).exists()


@pytest.mark.parametrize("tag", ["Jepang", "jp", "xx-JP"])
def test_a_language_that_nobody_knows_is_refused(host, proposal, tag):
    """It would match nobody's certificate, in silence."""
    made = host.send("post", "slots/", proposal | {"work_language": tag})
    assert made.status_code == 400
    assert made.json()["errors"][0]["pointer"] == "/work_language"
    assert not Slot.objects.filter(code=proposal["code"]).exists()


def test_a_rule_that_keeps_an_offer_out_needs_a_reason(host):
    slot = factories.slot.make(host=host.institution, min_cefr="")
    place = factories.placement.make(slot=slot, state="offered")
    path = f"slots/{slot.pk}/"
    refused = host.send("patch", path, {"condition": "kkni >= 9"})
    assert refused.status_code == 409, refused.content
    error = refused.json()
    assert error["type"].endswith("promised-kept-out")
    assert place.application.participant.code not in error["detail"]  # not its own
    Placement.objects.update(state="accepted")
    error = host.send("patch", path, {"condition": "kkni >= 9"}).json()
    assert str(place.application.participant) in error["detail"]
    answer = host.send("patch", path, {"condition": "kkni >= 9", "reason": "Law 5."})
    assert answer.status_code == 200, answer.content
    assert "reason" not in answer.json()


def test_a_slot_says_until_when_it_is_decided_in_time(host):
    route = factories.immigration_route.make(lead_time_days=30)
    slot = factories.slot.make(
        host=host.institution, starts_on=date(2027, 4, 1), route=route
    )
    stay = factories.placement.make(slot=slot)
    assert host.send("get", f"slots/{slot.pk}/").json()["last_safe_day"] == "2027-03-02"
    path = f"placements/{stay.pk}/"
    assert host.send("get", path).json()["last_safe_day"] == "2027-03-02"
    for query, found in (
        ("last_safe_day_from=2027-03-02", 1),
        ("last_safe_day_from=2027-03-03", 0),
        ("last_safe_day_to=2027-03-02", 1),
        ("last_safe_day_to=2027-03-01", 0),
    ):
        answer = host.send("get", f"slots/?{query}").json()
        assert len(answer["results"]) == found, query
    assert host.send("get", "slots/?last_safe_day_to=soon").status_code == 400
