"""The tables of moves, and the conditional update behind every one of them."""

import pytest

from programs.choices import (
    AgreementState,
    ApplicationState,
    IntakeState,
    PlacementState,
    SlotState,
)
from programs.domain import states
from programs.models import Intake
from programs.refusals import Refusal, RefusalKind
from tests import factories

CHOICES = {
    "agreement": AgreementState,
    "intake": IntakeState,
    "slot": SlotState,
    "application": ApplicationState,
    "placement": PlacementState,
}


@pytest.mark.parametrize("kind", states.MOVES)
def test_tables_name_known_states_only(kind):
    known = set(CHOICES[kind])
    table = states.MOVES[kind]
    assert set(table) <= known
    assert all(ends <= known for ends in table.values())


@pytest.mark.parametrize("kind", states.MOVES)
def test_every_state_can_be_reached(kind):
    table = states.MOVES[kind]
    reached, todo = set(), [next(iter(table))]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += table.get(state, ())
    assert reached == set(CHOICES[kind])


@pytest.mark.django_db
def test_a_move_returns_what_it_left():
    intake = factories.intake.make(state=IntakeState.OPEN)
    assert states.move(intake, IntakeState.CLOSED) == IntakeState.OPEN
    assert intake.state == IntakeState.CLOSED


@pytest.mark.django_db
def test_an_illegal_move_says_both_states_and_changes_nothing():
    intake = factories.intake.make(state=IntakeState.DRAFT)
    with pytest.raises(Refusal) as refused:
        states.move(intake, IntakeState.RUNNING)
    assert refused.value.kind == RefusalKind.CONFLICT
    assert "draft" in str(refused.value)
    assert "running" in str(refused.value)
    assert Intake.objects.get().state == IntakeState.DRAFT


@pytest.mark.django_db
def test_what_the_row_in_memory_says_does_not_count():
    """Somebody else moved the row after it was read."""
    intake = factories.intake.make(state=IntakeState.OPEN)
    Intake.objects.update(state=IntakeState.CANCELLED)
    with pytest.raises(Refusal):
        states.move(intake, IntakeState.CLOSED)
