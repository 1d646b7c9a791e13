"""An intake of before is a start: its program and slots, a year on."""

from datetime import date

import pytest

from programs.domain import copies
from programs.models import AuditEvent, Program, Slot
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    """Return last year's intake with three slots, one of them withdrawn."""
    program = factories.program.make(
        code="magang-2027", title_id="Magang 2027", condition="age on 2028-02-29 <= 24"
    )
    intake = factories.intake.make(
        program=program, code="magang-2027", state="completed"
    )
    route = factories.immigration_route.make(
        valid_to=intake.ends_on, stay_until=intake.ends_on
    )
    first, second = (
        factories.slot.make(intake=intake, code=f"MY-{n}-2027", route=r)
        for n, r in ((1, route), (2, None))
    )
    factories.slot.make(intake=intake, state="withdrawn")
    factories.skill_requirement.make(slot=first)
    factories.cost_rule.make(slot=first, program=None)
    factories.cost_rule.make(program=program)
    rule = factories.funding_rule.make(program=program)
    rule.sources.add(factories.funding_source.make())
    factories.quota.make(intake=intake, program=None)
    factories.program_goal.make(program=program, year=2027)
    pathway = factories.pathway.make(intake=intake)
    for at, slot in enumerate((first, second), start=1):
        factories.pathway_step.make(pathway=pathway, position=at, slot=slot)
    return intake


@pytest.fixture
def coordinator(intake):
    return factories.coordinator(of=intake.program.owner)


def test_the_next_intake_of_the_same_program(intake, coordinator):
    new = copies.repeat(intake=intake, by=coordinator, now=NOW)
    assert (new.code, new.state, new.program) == (
        "magang-2028",
        "draft",
        intake.program,
    )
    assert new.starts_on == copies.a_year_on(intake.starts_on)
    made = {slot.code: slot for slot in new.slots.all()}
    assert made.keys() == {"MY-1-2028", "MY-2-2028"}
    first = made["MY-1-2028"]
    assert first.state == "open"
    assert first.route is None  # it ends with the stay of last year
    assert first.skill_requirements.count() == first.cost_rules.count() == 1
    assert new.quotas.count() == 1
    steps = new.pathways.get().steps.order_by("position")
    assert [step.slot.code for step in steps] == ["MY-1-2028", "MY-2-2028"]
    assert AuditEvent.objects.filter(action="intakes.copy").count() == 1
    # Once more is another year's draft, with codes that are free.
    again = copies.repeat(intake=intake, by=coordinator, now=NOW)
    assert again.code == "magang-2028-2"


def test_a_program_of_its_own_takes_costs_payers_and_rules_along(intake, coordinator):
    new = copies.repeat(intake=intake, by=coordinator, now=NOW, as_program=True)
    program = new.program
    assert (program.code, program.title_id) == ("magang-2028", "Magang 2028")
    assert program.condition == "age on 2029-02-28 <= 24"
    assert program.goals.get().year == 2028
    assert program.cost_rules.count() == 1
    assert program.funding_rules.get().sources.count() == 1


def test_a_stranger_copies_nothing(intake):
    stranger = factories.coordinator(of=factories.ministry.make())
    with pytest.raises(Refusal):
        copies.repeat(intake=intake, by=stranger, now=NOW, as_program=True)
    assert Program.objects.count() == 1
    assert Slot.objects.count() == 3


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2027, 7, 1), date(2028, 7, 1)),
        (date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_a_year_on(day, later):
    assert copies.a_year_on(day) == later
