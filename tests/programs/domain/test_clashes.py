"""What program and slot ask for together can be met, or is refused as it is written."""

from datetime import UTC, datetime

import pytest

from programs.choices import ImportKind
from programs.domain import programs, slots
from programs.refusals import Refusal
from tests import factories
from tests.programs.transfer.files import exported, judged

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 5, 3, tzinfo=UTC)


@pytest.fixture
def slot():
    return factories.slot.make(code="MY-1", state="proposed")


@pytest.fixture
def by(slot):
    return factories.coordinator(of=slot.intake.program.owner)


def changed(slot, by, **values):
    for name, value in values.items():
        setattr(slot, name, value)
    entry = slots.Entry(slot, changed=tuple(values))
    slots.change_many(entries=[entry], by=by, now=NOW)


@pytest.mark.parametrize(
    ("asked", "written", "says"),
    [
        (
            {"condition": "kkni >= 6"},
            {"condition": "kkni <= 4"},
            "“kkni <= 4” (condition of the slot) and “kkni >= 6” (condition of the",
        ),
        ({"max_age": 24}, {"condition": "age >= 30"}, "(maximum age of the program)"),
        ({"min_kkni": 6}, {"condition": "kkni < 5"}, "of the program)"),
        ({"condition": "kkni <= 4"}, {"min_kkni": 6}, "of the slot)"),
        ({"isced_fields": "07"}, {"condition": "field = 0913"}, "“field = 0913”"),
        ({"isced_fields": "07"}, {"condition": "sex = F", "isced_fields": "09"}, "07"),
        ({}, {"condition": "destination = JP"}, "(the place itself)"),
        ({}, {"condition": "host = elsewhere"}, "(the place itself)"),
        ({}, {"condition": "program_kind = training"}, "(the program itself)"),
        ({"condition": "not free"}, {"condition": "free or sex = F and free"}, "free"),
    ],
)
def test_a_slot_that_nobody_can_meet_is_refused(slot, by, asked, written, says):
    factories.japan()
    factories.institution.make(code="elsewhere")
    type(slot.intake.program).objects.update(**asked)
    slot = type(slot).objects.get()
    with pytest.raises(Refusal) as refused:
        changed(slot, by, **written)
    assert refused.value.code == "condition-impossible"
    assert says in str(refused.value)


def test_what_can_be_met_some_way_is_taken(slot, by):
    type(slot.intake.program).objects.update(condition="kkni >= 6", max_age=24)
    slot = type(slot).objects.get()
    changed(slot, by, condition="kkni <= 4 or destination = MY and age >= 20")
    changed(slot, by, condition="")


def test_a_program_is_refused_what_none_of_its_slots_people_could_meet(slot, by):
    program = slot.intake.program
    changed(slot, by, condition="kkni <= 4")
    program.condition = "kkni >= 6"
    (refusal,) = programs.problems(program, by=by, changed=["condition"])
    assert "At the slot MY-1." in str(refusal)
    program.condition, program.min_age = "age <= 20", 25
    (refusal,) = programs.problems(program, by=by, changed=["condition", "min_age"])
    assert "of the program) and" in str(refusal)
    program.condition, program.min_age = "kkni >= 3", None
    assert programs.problems(program, by=by, changed=["condition"]) == []


def test_a_file_is_told_at_the_cell(slot, by):
    type(slot.intake.program).objects.update(max_age=24)
    (row,) = exported(ImportKind.SLOTS, by=by, now=NOW)
    row |= {"condition": "age >= 30"}
    (checked,) = judged(ImportKind.SLOTS, [row], by=by, now=NOW)
    (problem,) = checked.problems
    assert problem.column == "condition"
    assert "maximum age" in problem.expectation
