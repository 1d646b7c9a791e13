"""Why not my province: groups of a run, and their doors."""

import pytest

from programs.choices import QuotaAttribute
from tests import factories
from tests.planner.desk.reading import page, queries, text

pytestmark = pytest.mark.django_db


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
    assert "No room in the plan" in shown
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
    "condition": lambda world: {"condition": f"province = {world.away.pk}"},
}


def test_whom_a_confidential_condition_counts_is_told_in_numbers_only(
    as_planner, provinces, world
):
    quota = factories.quota.make(
        intake=world.intake, attribute="condition", sex="", condition="disability"
    )
    run = provinces()
    shown = text(as_planner.get(page("desk_run_quota", run.pk, quota.code)))
    assert "told in numbers only" in shown
    assert world.weak.participant.code not in shown


def region_list(world):
    made = factories.region_list.make()
    made.regions.add(world.away)
    return made


def test_every_attribute_of_a_quota_is_asked_about():
    assert set(QUOTAS) == set(QuotaAttribute)


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
    if attribute == "condition":
        assert f"Who is counted: province {world.away.name}." in shown
    if attribute in {"province", "region_list", "condition"}:
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


def test_a_quota_that_the_run_did_not_count_has_no_page(as_planner, world, plan):
    world.person(world.slot())
    run = plan()
    elsewhere = factories.quota.make()
    answer = as_planner.get(page("desk_run_quota", run.pk, elsewhere.code))
    assert answer.status_code == 404
