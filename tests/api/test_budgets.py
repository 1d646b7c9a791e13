"""Every list costs the same number of queries for one row and for three."""

from string import ascii_uppercase

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from api.models import InstitutionKey, WebhookDelivery, WebhookEndpoint
from api.urls import router
from programs.choices import Purpose
from programs.models import ProcessingPurpose
from tests import factories

pytestmark = pytest.mark.django_db


def grow_slots(caller):
    slot = factories.slot.make(host=caller.institution)
    factories.skill_requirement.make(slot=slot)
    factories.resource_use.make(slot=slot)


def grow_placements(caller):
    placement = factories.placement.make(slot__host=caller.institution)
    factories.funding_line.make(placement=placement)
    factories.placement_event.make(placement=placement)
    factories.place_condition.make(placement=placement)


def grow_changes(caller):
    factories.placement_change.make(
        placement=factories.placement.make(
            slot__host=caller.institution, state="confirmed"
        )
    )


def grow_conditions(caller):
    factories.place_condition.make(placement__slot__host=caller.institution)


def grow_people(caller):
    person = factories.participant.make(registered_by=caller.institution)
    factories.skill_claim.make(participant=person)
    factories.language_certificate.make(participant=person)


def grow_nominations(caller):
    application = factories.application.make(nominated_by=caller.institution)
    factories.preference.make(application=application)


def grow_requests(caller):
    person = factories.participant.make(registered_by=caller.institution)
    factories.rights_request.make(participant=person)


def grow_consents(caller):
    person = factories.participant.make(registered_by=caller.institution)
    factories.consent.make(participant=person)


def grow_purposes(caller):
    """Put back one of the closed list, which starts full."""
    if ProcessingPurpose.objects.count() == len(Purpose):
        ProcessingPurpose.objects.all().delete()
    missing = set(Purpose) - set(ProcessingPurpose.objects.in_bulk())
    factories.processing_purpose.make(purpose=min(missing))


def grow_agreements(caller):
    factories.agreement.make().parties.add(caller.institution)


def grow_deliveries(caller):
    hook = baker.make(
        WebhookEndpoint, institution=caller.institution, secret="whsec_aGVq"
    )
    baker.make(WebhookDelivery, endpoint=hook, kind="ping", state="failed")


def grow_keys(caller):
    InstitutionKey.objects.create_key(
        name="more", institution=caller.institution, scopes=["nominate"]
    )


def grow_pathways(caller):
    factories.pathway_step.make()
    factories.pathway_step.make()


def grow_payers(caller):
    factories.funding_line.make(placement__slot__host=caller.institution)


def grow_rules(caller):
    factories.funding_rule.make().sources.add(factories.funding_source.make())


def grow_waivers(caller):
    factories.fee_waiver.make().categories.add(factories.cost_category.make())


def grow_resources(caller):
    factories.resource_use.make(slot__host=caller.institution)


def grow_levels(caller):
    factories.qualification_level.make(kkni=next(LEVELS))


def grow_programs(caller):
    program = factories.intake.make().program
    factories.program_goal.make(program=program)


def grow_events(caller):
    factories.event.make().institutions.add(caller.institution)


def grow_runs(caller):
    run = factories.allocation_run.make()
    run.intakes.add(factories.intake.make())


def grow_scenarios(caller):
    scenario = factories.scenario.make()
    scenario.intakes.add(factories.intake.make())


def grow_what_ifs(caller):
    factories.what_if.make(application=factories.application.make(), option=1)


CODES = (f"X{letter}" for letter in ascii_uppercase)
LEVELS = iter(range(1, 10))
GROWERS = {
    "institutions": (
        "host",
        lambda caller: factories.slot.make(host=factories.host.make()),
    ),
    "keys": ("sender", grow_keys),
    "webhook-deliveries": ("sender", grow_deliveries),
    "pathways": ("sender", grow_pathways),
    "reference/funding-sources": ("host", grow_payers),
    "reference/shared-resources": ("host", grow_resources),
    "reference/qualification-levels": ("sender", grow_levels),
    "reference/immigration-routes": (
        "sender",
        lambda caller: factories.immigration_route.make(),
    ),
    "programs": ("sender", grow_programs),
    "intakes": ("sender", lambda caller: factories.intake.make()),
    "slots": ("host", grow_slots),
    "agreements": ("host", grow_agreements),
    "quotas": ("planner", lambda caller: factories.quota.make()),
    "funding-rules": ("planner", grow_rules),
    "pins": ("planner", lambda caller: factories.pin.make()),
    "group-pins": ("planner", lambda caller: factories.group_pin.make()),
    "objective-profiles": (
        "planner",
        lambda caller: factories.profile_condition.make(),
    ),
    "profile-conditions": (
        "planner",
        lambda caller: factories.profile_condition.make(),
    ),
    "fee-waivers": ("sender", grow_waivers),
    "participants": ("sender", grow_people),
    "nominations": ("sender", grow_nominations),
    "jobs": (
        "sender",
        lambda caller: factories.bulk_job.make(institution=caller.institution),
    ),
    "host-ratings": (
        "host",
        lambda caller: factories.host_rating.make(slot__host=caller.institution),
    ),
    "placements": ("host", grow_placements),
    "placement-changes": ("host", grow_changes),
    "placement-conditions": ("host", grow_conditions),
    "allocation-runs": ("planner", grow_runs),
    "scenarios": ("planner", grow_scenarios),
    "what-ifs": ("planner", grow_what_ifs),
    "events": ("sender", grow_events),
    "webhook-endpoints": (
        "sender",
        lambda caller: baker.make(
            WebhookEndpoint, institution=caller.institution, secret="whsec_aGVq"
        ),
    ),
    "rights-requests": ("sender", grow_requests),
    "consents": ("sender", grow_consents),
    "reference/purposes": ("sender", grow_purposes),
    "reference/countries": (
        "sender",
        lambda caller: factories.country.make(code=next(CODES)),
    ),
    "reference/regions": ("sender", lambda caller: factories.region.make()),
    "reference/skills": ("sender", lambda caller: factories.skill.make()),
    "reference/facts": ("sender", lambda caller: factories.fact_definition.make()),
    "reference/languages": (
        "sender",
        lambda caller: factories.language_scale.make(band=next(CODES)),
    ),
    "reference/cost-categories": (
        "sender",
        lambda caller: factories.cost_category.make(),
    ),
}


def queries(caller, route):
    with CaptureQueriesContext(connection) as captured:
        answer = caller.send("get", f"{route}/")
    assert answer.status_code == 200, answer.content
    return len(captured), len(answer.json()["results"])


ELSEWHERE = {"event-kinds", "sandbox"}
"""Lists that stand in the code and do not grow, or lie in another database."""


@pytest.mark.parametrize(
    "route",
    [prefix for prefix, *_rest in router.registry if prefix not in ELSEWHERE],
)
def test_list_costs_the_same_for_three_rows(route, request):
    who, grow = GROWERS[route]
    caller = request.getfixturevalue(who)
    caller.send("get", f"{route}/")
    grow(caller)
    cost, few = queries(caller, route)
    grow(caller)
    grow(caller)
    same, more = queries(caller, route)
    assert more >= few + 2
    assert same == cost <= 12
