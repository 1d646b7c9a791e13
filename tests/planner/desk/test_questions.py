"""What is this slot, who is this person, why not my province: pages and their doors."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.models import AuditEvent, HostRating
from tests import factories

pytestmark = pytest.mark.django_db


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def text(answer):
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def queries(client, *addresses):
    with CaptureQueriesContext(connection) as seen:
        for address in addresses:
            assert client.get(address).status_code == 200
    return len(seen)


@pytest.fixture
def as_planner(client, world):
    client.force_login(world.planner)
    return client


@pytest.fixture
def host(solved, world):
    """Somebody who speaks for the host of the world's slots."""
    return factories.partner(of=world.slot_.host)


# A slot


def test_a_slot_says_how_it_was_filled_and_what_a_seat_costs(as_planner, solved, world):
    shown = text(as_planner.get(page("desk_slot", world.slot_.pk)))
    assert "1 of 1 seats are filled." in shown
    assert "Placed here" in shown
    assert "All seats taken" in shown
    assert "Rp 10 m: STATE" in shown.replace("\xa0", " ")


def test_a_slot_lists_its_people_with_verdicts_and_outcome(as_planner, solved, world):
    world.program.min_kkni = 4
    world.program.save()
    unfit = world.person(world.slot_, who={"kkni": 1})
    other = world.person(world.slot(), who={"kkni": 6})
    address = page("desk_slot_people", world.slot_.pk)
    asked = text(as_planner.get(address))
    assert "3 people asked for it, 2 of them meet the rules" in asked
    assert "everybody in the intake 3 do" in asked
    assert "KKNI level (1)" in asked
    assert unfit.participant.code in asked
    assert other.participant.code not in asked
    everybody = text(as_planner.get(address + "?who=all"))
    assert other.participant.code in everybody
    able = text(as_planner.get(address + "?who=fits"))
    assert unfit.participant.code not in able
    assert as_planner.get(address + "?who=nobody").status_code == 404


def test_a_slot_tells_whom_a_pathway_brings(as_planner, world):
    """Somebody who asked for the pathway is judged as its step."""
    first, second = (
        world.slot(),
        world.slot(starts_on="2028-01-01", ends_on="2028-03-01"),
    )
    pathway = factories.pathway.make(intake=world.intake)
    for number, slot in enumerate((first, second), start=1):
        factories.pathway_step.make(pathway=pathway, slot=slot, position=number)
    walker = world.person(pathway)
    shown = text(as_planner.get(page("desk_slot_people", second.pk)))
    assert "1 people asked for it" in shown
    assert walker.participant.code in shown


def test_a_slot_costs_the_same_for_one_and_three_people(as_planner, world, plan):
    slot = world.slot(seats=3)
    world.person(slot)
    plan()
    addresses = page("desk_slot", slot.pk), page("desk_slot_people", slot.pk)
    queries(as_planner, *addresses)
    one = queries(as_planner, *addresses)
    world.person(slot)
    world.person(slot)
    plan()
    assert queries(as_planner, *addresses) == one


def test_a_run_of_elsewhere_does_not_explain_a_slot(as_planner, solved, world):
    elsewhere = factories.slot.make()
    address = page("desk_slot", elsewhere.pk) + f"?run={solved.number}"
    assert as_planner.get(address).status_code == 404


# Ratings


def test_a_host_rates_candidates_without_their_names(client, host, solved, world):
    client.force_login(host)
    address = page("desk_slot", world.slot_.pk)
    home = text(client.get(page("index")))
    assert "2 candidates of your slots are not rated yet" in home
    shown = text(client.get(address))
    for application in (world.strong, world.weak):
        assert str(application.pk)[:8] in shown
        assert application.participant.code not in shown
        assert application.participant.given_name not in shown
    form = {
        f"score-{world.strong.pk}": "88",
        f"veto-{world.weak.pk}": "No safety training.",
    }
    assert "2 ratings were kept." in text(client.post(address, form, follow=True))
    assert HostRating.objects.get(application=world.strong).score == 88
    assert HostRating.objects.get(application=world.weak).is_veto
    # The same form again changes nothing and says nothing.
    assert "kept." not in text(client.post(address, form, follow=True))
    assert "not rated yet" not in text(client.get(page("index")))
    listed = text(client.get(page("desk_slots")))
    assert world.slot_.code in listed


@pytest.mark.parametrize("score", ["101", "-1", "good", "８８"])
def test_a_wrong_score_is_named(client, host, solved, world, score):
    client.force_login(host)
    form = {f"score-{world.strong.pk}": score}
    answer = client.post(page("desk_slot", world.slot_.pk), form, follow=True)
    if score == "８８":
        assert HostRating.objects.get().score == 88
    else:
        assert "write a score from 0 to 100" in text(answer)
        assert not HostRating.objects.exists()


def test_a_rating_after_the_decision_is_refused(client, host, solved, world):
    client.force_login(host)
    form = {f"score-{world.strong.pk}": "50"}
    with time_machine.travel("2035-01-01", tick=False):
        client.force_login(host)
        answer = client.post(page("desk_slot", world.slot_.pk), form, follow=True)
    assert "Ratings closed" in text(answer)


def test_strangers_neither_rate_nor_see_people(client, solved, world):
    address = page("desk_slot", world.slot_.pk)
    form = {f"score-{world.strong.pk}": "50"}
    for stranger in (factories.partner(), world.planner, factories.auditor()):
        client.force_login(stranger)
        assert client.post(address, form).status_code == 403
    client.force_login(factories.coordinator())
    assert client.get(address).status_code == 404
    assert client.get(page("desk_slot_people", world.slot_.pk)).status_code == 404
    client.force_login(factories.partner())
    shown = text(client.get(address))
    assert str(world.strong.pk)[:8] not in shown
    assert world.strong.participant.code not in shown
    assert client.get(page("desk_slot_people", world.slot_.pk)).status_code == 403
    assert not HostRating.objects.exists()


def test_a_host_sees_who_is_placed_and_others_do_not(client, host, solved, world):
    placement = factories.placement.make(application=world.strong, slot=world.slot_)
    code = world.strong.participant.code
    address = page("desk_slot", world.slot_.pk)
    client.force_login(host)
    shown = text(client.get(address))
    assert code in shown
    assert page("programs_placement_change", placement.pk) in shown
    assert "STATE" in shown
    client.force_login(factories.partner())
    shown = text(client.get(address))
    assert code not in shown
    assert "STATE" not in shown


def test_own_slots_cost_the_same_for_one_and_three(client, host, world, solved):
    client.force_login(host)
    addresses = page("desk_slots"), page("desk_slot", world.slot_.pk)
    queries(client, *addresses)
    one = queries(client, *addresses)
    for _again in range(2):
        slot = world.slot(host=world.slot_.host)
        world.person(world.slot_, slot)
    assert queries(client, *addresses) == one


# A person


def test_a_person_is_shown_with_papers_verdicts_and_what_happened(
    as_planner, solved, world
):
    person = world.weak.participant
    factories.language_certificate.make(participant=person, test="JLPT", band="N4")
    person.nik = "3273015005990001"
    person.save()
    shown = text(as_planner.get(page("desk_person", person.pk)))
    assert "JLPT N4" in shown
    assert "meets the rules" in shown
    assert "Run 1: no place: all seats taken" in shown
    assert person.nik not in shown
    assert AuditEvent.objects.filter(
        action="participants.read", object_id=str(person.pk)
    ).exists()
    # An auditor also reads who looked.
    assert "The record was read" in text(as_planner.get(page("desk_person", person.pk)))


def test_a_person_costs_the_same_for_one_and_three_slots(as_planner, world, plan):
    slot = world.slot()
    application = world.person(slot)
    plan()
    address = page("desk_person", application.participant_id)
    queries(as_planner, address)
    one = queries(as_planner, address)
    factories.preference.make(application=application, rank=2, slot=world.slot())
    factories.preference.make(application=application, rank=3, slot=world.slot())
    for band in ("N4", "N5"):
        factories.language_certificate.make(
            participant=application.participant, band=band
        )
        factories.pin.make(application=application, slot=world.slot(), kind="forbid")
    assert queries(as_planner, address) == one


def test_a_person_of_others_does_not_exist(client, solved, world):
    address = page("desk_person", world.weak.participant_id)
    client.force_login(factories.coordinator())
    assert client.get(address).status_code == 404
    client.force_login(factories.partner(of=world.weak.nominated_by))
    assert client.get(address).status_code == 403


# A group


@pytest.fixture
def provinces(world, plan):
    """A run that placed one of two people of one province and nobody of another."""
    home, away = factories.region.make(name="Home"), factories.region.make(name="Away")
    slot = world.slot(seats=1)
    world.strong = world.person(slot, merit=90, who={"province": home})
    world.weak = world.person(slot, merit=20, who={"province": home})
    world.far = world.person(slot, merit=10, who={"province": away})
    world.home, world.away = home, away
    return plan


def test_a_province_says_why(as_planner, provinces, world):
    run = provinces()
    listed = text(as_planner.get(page("desk_run_groups", run.pk)))
    assert "1 of 3 people were placed" in listed
    shown = text(as_planner.get(page("desk_run_province", run.pk, world.home.pk)))
    assert "Home: 1 of 2 people placed (50%)" in shown
    assert "All seats taken" in shown
    assert world.weak.participant.code in shown
    assert world.far.participant.code not in shown
    nowhere = page("desk_run_province", run.pk, "none")
    assert "0 of 0 people placed" in text(as_planner.get(nowhere))
    assert as_planner.get(page("desk_run_province", run.pk, "zz")).status_code == 404


QUOTAS = {
    "sex": lambda world: {"sex": "F"},
    "province": lambda world: {"province": world.away},
    "institution": lambda world: {
        "institution": world.far.participant.home_institution
    },
    "institution_kind": lambda world: {
        "institution_kind": world.far.participant.home_institution.kind
    },
    "host_country": lambda world: {
        "host_country": world.far.preferences.get().slot.country
    },
    "region_list": lambda world: {"region_list": region_list(world)},
    "disability": lambda world: {},
}


def region_list(world):
    made = factories.region_list.make()
    made.regions.add(world.away)
    return made


@pytest.mark.parametrize("attribute", QUOTAS)
def test_a_quota_says_why(as_planner, provinces, world, attribute):
    quota = factories.quota.make(
        intake=world.intake,
        attribute=attribute,
        kind="floor",
        measure="absolute",
        value=3,
        is_hard=False,
        price=1,
        **{"sex": "", **QUOTAS[attribute](world)},
    )
    run = provinces()
    shown = text(as_planner.get(page("desk_run_quota", run.pk, quota.code)))
    assert "at least 3 were wanted" in shown
    if attribute == "disability":
        assert "told in numbers only" in shown
        assert world.weak.participant.code not in shown
    if attribute in {"province", "region_list"}:
        # The quota weighs more than merit: the only one from away has the seat.
        assert "Women: 1 of 1 people placed (100%)" in shown
        assert world.weak.participant.code not in shown


def test_groups_cost_the_same_for_one_and_three_people(as_planner, world, plan):
    home = factories.region.make()
    slot = world.slot(seats=1)
    world.person(slot, who={"province": home})
    first = plan()

    def cost(run):
        return queries(
            as_planner,
            page("desk_run_groups", run.pk),
            page("desk_run_province", run.pk, home.pk),
        )

    cost(first)
    world.person(slot, who={"province": home})
    one = cost(plan())
    world.person(slot, who={"province": home})
    world.person(world.slot(seats=1), slot, who={"province": factories.region.make()})
    big = plan()
    assert cost(big) == one


def test_groups_are_shut_to_strangers(client, provinces, world):
    run = provinces()
    address = page("desk_run_province", run.pk, world.home.pk)
    client.force_login(factories.coordinator())
    assert client.get(address).status_code == 404
    client.force_login(factories.partner())
    assert client.get(address).status_code == 403
    client.force_login(factories.coordinator(of=world.program.owner))
    assert world.weak.participant.code in text(client.get(address))
