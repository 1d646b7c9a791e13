"""Nobody sees, changes or guesses what is another's: every route has its twin here."""

import uuid

import pytest
from model_bakery import baker

from api.models import WebhookDelivery, WebhookEndpoint
from api.urls import router, singles
from tests import factories

pytestmark = pytest.mark.django_db

MISSING = str(uuid.uuid4())


def nomination(of):
    return factories.application.make(
        participant__registered_by=of.institution, nominated_by=of.institution
    )


def placement(sent_by=None, hosted_by=None):
    fields = {}
    if sent_by:
        fields["application__nominated_by"] = sent_by.institution
    if hosted_by:
        fields["slot__host"] = hosted_by.institution
    return factories.placement.make(**fields)


@pytest.fixture
def foreign(other_sender, other_host):
    """Rows of another institution, one for each route that has private rows."""
    slot = factories.slot.make(host=other_host.institution, state="proposed")
    application = nomination(other_sender)
    decided = placement(other_sender, other_host)
    change = factories.placement_change.make(placement=decided)
    hidden = factories.intake.make(state="draft")
    stranger = factories.institution.make()
    agreement = factories.agreement.make()
    agreement.parties.add(other_host.institution)
    hook = baker.make(
        WebhookEndpoint, institution=other_host.institution, secret="whsec_aGVq"
    )
    return {
        "institutions": stranger,
        "pathways": factories.pathway.make(intake=hidden),
        "programs": factories.program.make(),
        "intakes": hidden,
        "slots": slot,
        "agreements": agreement,
        "quotas": factories.quota.make(intake=hidden),
        "pins": factories.pin.make(application=application, slot=slot),
        "group-pins": factories.group_pin.make(intake=hidden),
        "funding-rules": factories.funding_rule.make(program=hidden.program),
        "participants": application.participant,
        "nominations": application,
        "host-ratings": factories.host_rating.make(slot=slot, application=application),
        "placements": decided,
        "placement-changes": change,
        "placement-conditions": factories.place_condition.make(placement=decided),
        "rights-requests": factories.rights_request.make(
            participant=application.participant
        ),
        "consents": factories.consent.make(participant=application.participant),
        "jobs": factories.bulk_job.make(institution=other_sender.institution),
        "allocation-runs": None,
        "webhook-endpoints": hook,
        "webhook-deliveries": baker.make(WebhookDelivery, endpoint=hook, kind="ping"),
    }


PRIVATE = [
    "institutions",
    "pathways",
    "programs",
    "intakes",
    "slots",
    "agreements",
    "participants",
    "nominations",
    "host-ratings",
    "placements",
    "placement-changes",
    "placement-conditions",
    "rights-requests",
    "consents",
    "jobs",
    "webhook-endpoints",
    "webhook-deliveries",
]


@pytest.mark.parametrize("route", PRIVATE)
@pytest.mark.parametrize("who", ["sender", "host"])
def test_foreign_row_does_not_exist(route, who, foreign, request):
    """A foreign id and a missing one answer the same, to the byte but the id."""
    caller = request.getfixturevalue(who)
    theirs = caller.send("get", f"{route}/{foreign[route].pk}/")
    missing = caller.send("get", f"{route}/{MISSING}/")
    assert theirs.status_code == missing.status_code
    assert theirs.status_code in (403, 404)
    assert {**theirs.json(), "request_id": ""} == {**missing.json(), "request_id": ""}


@pytest.mark.parametrize("route", PRIVATE)
@pytest.mark.parametrize("who", ["sender", "host"])
def test_foreign_row_is_not_listed(route, who, foreign, request):
    answer = request.getfixturevalue(who).send("get", f"{route}/")
    assert str(foreign[route].pk) not in answer.content.decode()


CHANGES = [
    ("host", "patch", "webhook-endpoints/{webhook-endpoints}/", {"is_active": False}),
    ("sender", "delete", "webhook-endpoints/{webhook-endpoints}/", None),
    ("sender", "post", "webhook-endpoints/{webhook-endpoints}/rotate-secret/", {}),
    ("host", "post", "webhook-endpoints/{webhook-endpoints}/ping/", {}),
    ("host", "post", "webhook-endpoints/{webhook-endpoints}/replay/", {"after": 0}),
    ("sender", "post", "webhook-deliveries/{webhook-deliveries}/replay/", {}),
    ("sender", "patch", "participants/{participants}/", {"given_name": "X"}),
    ("sender", "post", "consents/{consents}/withdraw/", {}),
    ("sender", "put", "nominations/{nominations}/preferences/", {"preferences": []}),
    ("sender", "post", "nominations/{nominations}/withdraw/", {}),
    ("sender", "get", "nominations/{nominations}/eligibility/", None),
    ("sender", "get", "nominations/{nominations}/reasons/", None),
    ("sender", "get", "jobs/{jobs}/results/", None),
    ("host", "patch", "slots/{slots}/", {"city": "Ipoh"}),
    ("host", "get", "slots/{slots}/candidates/", None),
    ("host", "get", "placements/{placements}/transcript/", None),
    ("host", "put", "placements/{placements}/transcript/", {"lines": []}),
    ("sender", "get", "placements/{placements}/changes/", None),
    ("host", "post", "placements/{placements}/changes/", {"reason": "x"}),
    ("host", "post", "placement-changes/{placement-changes}/agree/", {}),
    ("host", "post", "placement-changes/{placement-changes}/refuse/", {"reason": "x"}),
    ("sender", "post", "placement-changes/{placement-changes}/withdraw/", {}),
    *(
        (who, "post", f"placements/{{placements}}/{step}/", {})
        for who, steps in {
            "sender": ("accept", "decline", "depart"),
            "host": ("confirm", "reject", "arrive", "complete", "end-early", "no-show"),
        }.items()
        for step in steps
    ),
]


@pytest.mark.parametrize(("who", "method", "path", "body"), CHANGES)
def test_foreign_row_cannot_be_touched(who, method, path, body, foreign, request):
    caller = request.getfixturevalue(who)
    ids = {route: row.pk for route, row in foreign.items() if row}
    answer = caller.send(method, path.format(**ids), body, If_Match='"v1"')
    assert answer.status_code == 404
    path_to_missing = path.format(**dict.fromkeys(ids, MISSING))
    missing = caller.send(method, path_to_missing, body, If_Match='"v1"')
    assert missing.status_code == 404


SCOPES = [
    ("host", "get", "participants/"),
    ("host", "post", "participants/"),
    ("host", "post", "nominations/"),
    ("host", "get", "rights-requests/"),
    ("host", "post", "consents/"),
    ("planner", "get", "consents/"),
    ("sender", "post", f"rights-requests/{MISSING}/answer/"),
    ("sender", "post", f"participants/{MISSING}/restrict/"),
    ("sender", "post", f"participants/{MISSING}/lift/"),
    ("host", "post", "nominations/bulk/"),
    ("host", "post", "participants/bulk/"),
    ("planner", "get", "jobs/"),
    ("sender", "post", "slots/"),
    ("sender", "get", "host-ratings/"),
    ("sender", "post", "host-ratings/"),
    ("sender", "get", "allocation-runs/"),
    ("sender", "post", "allocation-runs/"),
    ("sender", "get", "scenarios/"),
    ("sender", "get", "what-ifs/"),
    ("sender", "post", "what-ifs/"),
    ("host", "get", "scenarios/"),
    ("host", "get", "quotas/"),
    ("planner", "post", "quotas/"),
    ("sender", "get", "funding-rules/"),
    ("planner", "post", "fee-waivers/"),
    ("sender", "get", "group-pins/"),
    ("sender", "get", "pins/"),
    ("sender", "get", "objective-profiles/"),
    ("planner", "post", "profile-conditions/"),
    ("host", "get", "what-ifs/"),
    ("host", "post", "allocation-runs/"),
    ("planner", "post", "nominations/"),
    ("planner", "post", "host-ratings/"),
    ("planner", "post", "slots/"),
]


@pytest.mark.parametrize(("who", "method", "path"), SCOPES)
def test_scope_that_does_not_reach_is_403(who, method, path, request):
    answer = request.getfixturevalue(who).send(method, path)
    assert answer.status_code == 403


def test_host_reads_no_steps_of_senders(host):
    mine = placement(hosted_by=host)
    for step in ("accept", "decline", "depart"):
        answer = host.send("post", f"placements/{mine.pk}/{step}/", If_Match='"v1"')
        assert answer.status_code == 403


def test_every_route_is_closed_without_a_key(anybody):
    for prefix, _view, _name in router.registry:
        assert anybody.send("get", f"{prefix}/").status_code == 401, prefix
    for single in singles:
        assert anybody.send("get", str(single.pattern)).status_code == 401, single


def test_every_route_is_in_one_of_these_tables():
    public = {prefix for prefix, *_rest in router.registry if "reference" in prefix}
    tested = {path.split("/")[0] for _who, _method, path in SCOPES} | set(PRIVATE)
    tested |= public | {"events", "event-kinds", "keys", "sandbox"}
    assert {prefix for prefix, *_rest in router.registry} == tested


def test_national_id_and_disability_are_in_no_answer(sender, host, call_as):
    person = factories.participant.make(
        registered_by=sender.institution,
        nik="0012345678901234",
        disability="sensory",
    )
    application = factories.application.make(
        participant=person, nominated_by=sender.institution
    )
    factories.placement.make(
        application=application, slot__host=host.institution, slot__state="open"
    )
    planner = call_as(factories.ministry.make(), "plan")
    for caller in (sender, host, planner):
        for route in ("participants", "nominations", "placements", "events"):
            text = caller.send("get", f"{route}/").content.decode()
            assert "0012345678901234" not in text
            assert "sensory" not in text


def test_tenant_comes_from_the_key_only(sender, other_sender):
    answer = sender.send(
        "post",
        "participants/",
        {**PERSON, "registered_by": str(other_sender.institution.pk)},
    )
    assert answer.status_code in (201, 400)
    assert not other_sender.send("get", "participants/").json()["results"]


PERSON = {
    "code": "P-1",
    "given_name": "Suharti",
    "birth_date": "2001-05-20",
    "sex": "F",
}
