"""Nobody gets a preference below the k-th, and who has no place for it reads so."""

import pytest

from planner.allocation.review.by_hand.verb import compare
from planner.models import LimitKind
from programs.choices import PinKind
from programs.models import ObjectiveProfile
from tests import factories
from tests.planner.allocation.worlds import NOW, places, short

pytestmark = pytest.mark.django_db


@pytest.fixture
def lists(world):
    """Two ask for one seat; the weaker would get the third preference."""
    world.first, world.second, world.third = (world.slot() for _ in range(3))
    world.strong = world.person(world.first, merit=90)
    world.other = world.person(world.second, merit=90)
    world.weak = world.person(world.first, world.second, world.third, merit=10)
    world.profile = factories.objective_profile.make(worst_preference=None)
    return world


def bound(world, worst):
    ObjectiveProfile.objects.update(worst_preference=worst)
    world.profile.refresh_from_db()


def test_without_a_bound_everybody_is_placed(lists, plan):
    assert places(plan())[lists.weak.pk] == lists.third.code


def test_with_a_bound_nobody_gets_less_and_the_reason_names_it(lists, plan):
    bound(lists, 2)
    run = plan()
    assert lists.weak.pk not in places(run)
    row = run.unplaced.get()
    kinds = {kind for reason in row.reasons for kind in kinds_of(reason)}
    assert LimitKind.RANK in kinds
    said = " ".join(row.for_planner())
    assert "Preferences below number 2" in said
    assert "number 2" not in " ".join(row.for_participant())
    assert short(run)
    assert run.summary["fairness"]["preferences"] == [[1, 2]]


def kinds_of(reason):
    return [each["kind"] for each in reason.get("short", [])]


def test_a_bound_that_is_wide_enough_changes_nothing(lists, plan):
    bound(lists, 3)
    assert places(plan())[lists.weak.pk] == lists.third.code


def test_a_pinned_place_is_no_matter_of_lists(lists, plan):
    bound(lists, 1)
    factories.pin.make(application=lists.weak, slot=lists.third, kind=PinKind.PIN)
    assert places(plan())[lists.weak.pk] == lists.third.code


def test_who_ranked_nothing_may_go_anywhere(lists, plan):
    bound(lists, 1)
    free = lists.person()
    assert free.pk in places(plan())


def test_a_plan_made_by_hand_is_held_to_it(lists, plan):
    bound(lists, 2)
    content = f"participant,slot\n{lists.weak.participant.code},{lists.third.code}"
    told = compare(plan(), content.encode(), by=lists.planner, now=NOW)
    assert any("Preferences below number 2" in each for each in told.violations)
