"""Quotas, funding rules and fee waivers through the API."""

import pytest

from programs import models
from tests import factories

from .conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return factories.program.make()


@pytest.fixture
def officer(program):
    caller = Caller()
    caller.force_login(factories.coordinator(of=program.owner))
    return caller


@pytest.fixture
def quota(program):
    return {
        "code": "women-3t",
        "name_en": "Women of 3T",
        "name_id": "Perempuan 3T",
        "program": str(program.pk),
        "attribute": "condition",
        "condition": "((sex=F)) and kkni>=5",
        "kind": "floor",
        "measure": "absolute",
        "value": "3",
    }


def test_a_quota_is_added_changed_and_taken_away(officer, quota):
    answer = officer.send("post", "quotas/", quota)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["condition"] == "sex = F and kkni >= 5"
    assert made["condition_tree"]["all"]
    path = f"quotas/{made['id']}/"
    changed = officer.send("patch", path, {"value": "4", "is_hard": True})
    assert (changed.json()["value"], changed.json()["is_hard"]) == ("4.00", True)
    assert officer.send("delete", path).status_code == 204
    assert not models.Quota.objects.exists()
    told = models.AuditEvent.objects.filter(action__startswith="policies.")
    assert [each.action for each in told.order_by("sequence")] == [
        "policies.add",
        "policies.change",
        "policies.remove",
    ]


def test_a_tree_says_the_same_as_the_text(officer, quota):
    tree = officer.send("post", "quotas/", quota).json()["condition_tree"]
    other = quota | {"code": "same", "condition_tree": tree}
    other.pop("condition")
    answer = officer.send("post", "quotas/", other)
    assert answer.json()["condition"] == "sex = F and kkni >= 5"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"condition": "kknni >= 6"}, "condition"),
        ({"condition": "", "attribute": "condition"}, "condition"),
        ({"attribute": "sex", "condition": ""}, "sex"),
        ({"measure": "percent", "value": "130"}, "value"),
        ({"region_list": "nowhere"}, "region_list"),
        ({"values": "3"}, "values"),
        ({"kind": "most"}, "kind"),
    ],
)
def test_what_no_quota_can_be_is_refused_with_its_field(officer, quota, changes, field):
    answer = officer.send("post", "quotas/", quota | changes)
    assert answer.status_code in (400, 422), answer.content
    assert field in str(answer.json()["errors"])
    assert not models.Quota.objects.exists()


def test_the_quota_of_another_program_is_out_of_reach(officer, quota):
    other = factories.quota.make()
    path = f"quotas/{other.pk}/"
    for method in ("get", "patch", "delete"):
        assert officer.send(method, path, {}).status_code == 404
    elsewhere = quota | {"program": str(other.intake.program_id)}
    assert officer.send("post", "quotas/", elsewhere).status_code in (400, 403, 422)
    everywhere = quota | {"program": None}
    assert officer.send("post", "quotas/", everywhere).status_code == 403


def test_a_stale_change_is_refused(officer, quota):
    made = officer.send("post", "quotas/", quota).json()
    path = f"quotas/{made['id']}/"
    answer = officer.send("patch", path, {"value": "9"}, If_Match='"old"')
    assert answer.status_code == 412


def test_payers_name_their_sources_by_code(officer, program):
    source = factories.funding_source.make()
    rule = {
        "program": str(program.pk),
        "category": factories.cost_category.make().pk,
        "percent": "60.00",
        "sources": [source.code],
        "condition": "disability",
    }
    made = officer.send("post", "funding-rules/", rule)
    assert made.status_code == 201, made.content
    assert made.json()["sources"] == [source.code]
    more = rule | {"percent": "41.00", "sources": [], "host_pays": True}
    refused = officer.send("post", "funding-rules/", more)
    assert "percent" in str(refused.json()["errors"])
    other = factories.funding_source.make()
    path = f"funding-rules/{made.json()['id']}/"
    changed = officer.send("patch", path, {"sources": [other.code]})
    assert changed.json()["sources"] == [other.code]
    assert changed.json()["percent"] == "60.00"


def test_everybody_reads_waivers_and_administrators_write_them(officer, sender):
    desk = Caller()
    desk.force_login(factories.administrator())
    waiver = {
        "code": "bp2mi-9",
        "destination": factories.country.make(code="TW").pk,
        "valid_from": "2020-07-15",
        "categories": [factories.cost_category.make().pk],
        "legal_reference": "BP2MI 9/2020",
        "condition": "kkni <= 4",
    }
    assert officer.send("post", "fee-waivers/", waiver).status_code == 403
    made = desk.send("post", "fee-waivers/", waiver)
    assert made.status_code == 201, made.content
    path = f"fee-waivers/{made.json()['id']}/"
    assert sender.send("get", path).json()["condition"] == "kkni <= 4"
    backwards = desk.send("patch", path, {"valid_to": "2019-01-01"})
    assert "valid_to" in str(backwards.json()["errors"])
    assert desk.send("delete", path).status_code == 204


def test_a_group_is_pinned_at_one_place(officer, program):
    slot = factories.slot.make(intake__program=program, state="open")
    word = {
        "code": "women",
        "name_en": "Women to Penang",
        "name_id": "Perempuan ke Penang",
        "slot": str(slot.pk),
        "kind": "pin",
        "condition": "((sex=F))",
        "reason": "Agreed with the host.",
    }
    made = officer.send("post", "group-pins/", word)
    assert made.status_code == 201, made.content
    assert made.json()["condition"] == "sex = F"
    path = f"group-pins/{made.json()['id']}/"
    changed = officer.send("patch", path, {"until": "2027-06-01"})
    assert changed.json()["until"] == "2027-06-01"
    for field, more in (
        ("slot", {"intake": str(slot.intake_id)}),
        ("condition", {"condition": "disability"}),
        ("condition", {"condition": ""}),
        ("reason", {"reason": ""}),
    ):
        refused = officer.send("post", "group-pins/", word | {"code": "x"} | more)
        assert field in str(refused.json()["errors"]), refused.content
    assert officer.send("delete", path).status_code == 204


def test_a_group_is_not_kept_out_of_places_that_its_people_hold(officer, program):
    held = factories.placement.make(slot__intake__program=program)
    word = {
        "code": "women",
        "name_en": "No women",
        "name_id": "Tanpa perempuan",
        "intake": str(held.slot.intake_id),
        "kind": "forbid",
        "condition": f"sex = {held.application.participant.sex}",
        "reason": "The dormitory is closed.",
    }
    refused = officer.send("post", "group-pins/", word)
    assert "1 person of the group holds such a place" in refused.content.decode()


def test_points_for_conditions_are_kept_by_administrators(officer, planner):
    desk = Caller()
    desk.force_login(factories.administrator())
    profile = factories.objective_profile.make()
    row = {
        "profile": str(profile.pk),
        "code": "high",
        "condition": "((kkni>=6))",
        "points": 50,
    }
    assert officer.send("post", "profile-conditions/", row).status_code == 403
    made = desk.send("post", "profile-conditions/", row)
    assert made.status_code == 201, made.content
    assert desk.send("post", "profile-conditions/", row).status_code == 409
    secret = row | {"code": "x", "condition": "disability"}
    refused = desk.send("post", "profile-conditions/", secret)
    assert "condition" in str(refused.json()["errors"])
    path = f"profile-conditions/{made.json()['id']}/"
    assert desk.send("patch", path, {"points": 60}).json()["points"] == 60
    seen = planner.send("get", f"objective-profiles/{profile.pk}/").json()
    assert [(each["condition"], each["points"]) for each in seen["conditions"]] == [
        ("kkni >= 6", 60)
    ]
    assert desk.send("delete", path).status_code == 204
