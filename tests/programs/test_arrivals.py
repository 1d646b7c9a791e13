"""How many arrive by a pathway, as typed and as measured, and what it is worth."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from programs import arrivals
from programs.arrivals import PRIOR_PEOPLE, Arrival, Chance
from programs.choices import PlacementState
from tests import factories

FIRST = (date(2026, 1, 10), date(2026, 4, 10))
SECOND = (date(2026, 5, 1), date(2026, 10, 1))


def test_without_records_the_chance_is_what_was_typed():
    assert Chance(Fraction(4, 5)).value == Fraction(4, 5)


def test_after_as_many_people_as_the_prior_counts_both_count_half():
    assert Chance(Fraction(4, 5), passed=8, ended=20).value == Fraction(3, 5)


@given(
    typed=st.fractions(0, 1),
    ended=st.integers(0, 500),
    share=st.fractions(0, 1),
)
def test_the_chance_lies_between_what_was_typed_and_what_was_measured(
    typed, ended, share
):
    passed = int(share * ended)
    value = Chance(typed, passed, ended).value
    measured = Fraction(passed, ended) if ended else typed
    assert min(typed, measured) <= value <= max(typed, measured)
    if ended >= 9 * PRIOR_PEOPLE:
        assert abs(value - measured) <= Fraction(1, 10)


def test_a_place_counts_the_product_of_the_steps_in_whole_points():
    arrival = Arrival(
        Fraction(3), (Chance(Fraction(95, 100)), Chance(Fraction(85, 100)))
    )
    assert arrival.chance == Fraction(323, 400)
    assert arrival.points(1000) == 2423  # 2,422.5, halves up
    assert Arrival(Fraction(0), arrival.chances).points(1000) == 0
    assert Arrival(Fraction(1), ()).points(7) == 7


@pytest.fixture
def pathway(db):
    """Two steps; the first was offered last year as well, by the same host."""
    pathway = factories.pathway.make()
    first = factories.slot.make(
        intake=pathway.intake, starts_on=FIRST[0], ends_on=FIRST[1]
    )
    second = factories.slot.make(
        intake=pathway.intake, starts_on=SECOND[0], ends_on=SECOND[1]
    )
    for position, (slot, percent) in enumerate([(first, 80), (second, None)], start=1):
        factories.pathway_step.make(
            pathway=pathway, position=position, slot=slot, pass_percent=percent
        )
    return pathway


def ended(slot, state, **columns):
    return factories.placement.make(
        application__intake=slot.intake, slot=slot, state=state, **columns
    )


def chance_of(pathway):
    (chance,) = arrivals.load([pathway.pk])[pathway.pk].chances
    return chance


def test_only_the_steps_before_the_last_have_a_chance_and_worth_is_their_number(
    pathway,
):
    arrival = arrivals.load([pathway.pk])[pathway.pk]
    assert [chance.typed for chance in arrival.chances] == [Fraction(4, 5)]
    assert arrival.worth == 1
    pathway.arrival_worth = "2.5"
    pathway.save()
    assert arrivals.load([pathway.pk])[pathway.pk].worth == Fraction(5, 2)


def test_a_step_is_measured_by_whoever_ended_with_its_host_in_its_program(pathway):
    slot = pathway.steps.get(position=1).slot
    before = factories.slot.make(
        intake=factories.intake.make(program=slot.intake.program), host=slot.host
    )
    for state in (PlacementState.COMPLETED, PlacementState.ENDED_EARLY):
        ended(before, state)
    ended(before, PlacementState.ARRIVED)  # not through with it
    ended(before, PlacementState.NO_SHOW)  # never began
    ended(factories.slot.make(host=slot.host), PlacementState.COMPLETED)
    ended(factories.slot.make(intake=slot.intake), PlacementState.COMPLETED)
    chance = chance_of(pathway)
    assert (chance.passed, chance.ended) == (1, 2)
    assert chance.value == Fraction(1 + 20 * Fraction(4, 5)) / 22


def test_who_completed_a_step_and_gave_up_the_next_did_not_pass(pathway):
    first, second = (step.slot for step in pathway.steps.order_by("position"))
    gone = PlacementState.DECLINED, PlacementState.LAPSED
    for then in (*gone, PlacementState.OFFERED):
        done = ended(first, PlacementState.COMPLETED, pathway=pathway)
        factories.placement.make(
            application=done.application, slot=second, pathway=pathway, state=then
        )
    chance = chance_of(pathway)
    assert (chance.passed, chance.ended) == (1, 3)


def test_any_number_of_pathways_takes_two_queries(pathway, django_assert_num_queries):
    other = factories.pathway.make()
    factories.pathway_step.make(pathway=other)
    with django_assert_num_queries(2):
        found = arrivals.load([pathway.pk, other.pk])
    assert found[other.pk].chance == 1
    assert arrivals.load([]) == {}
