"""Programs and intakes are set up and changed by verbs, with trail and history."""

from datetime import date, timedelta

import pytest

from programs.domain import programs
from programs.models import AuditEvent, Intake, Program
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db


def unsaved(owner, **columns):
    program = factories.program.prepare(owner=owner, **columns)
    program.partner_country = factories.malaysia()
    intake = factories.intake.prepare(program=program)
    return program, intake


@pytest.fixture
def owner():
    return factories.ministry.make()


@pytest.fixture
def coordinator(owner):
    return factories.coordinator(of=owner)


def test_a_program_comes_with_its_intake_or_not_at_all(owner, coordinator):
    program, intake = unsaved(owner)
    intake.ends_on = intake.starts_on
    with pytest.raises(Refusal) as refused:
        programs.create_many(rows=[program, intake], by=coordinator, now=NOW)
    assert (refused.value.code, refused.value.field) == ("out-of-order", "ends_on")
    assert not Program.objects.exists()

    intake.ends_on += timedelta(days=90)
    programs.create_many(rows=[program, intake], by=coordinator, now=NOW)
    assert Intake.objects.get().history.get().history_user_id == coordinator.pk
    assert AuditEvent.objects.filter(action="desk.add").count() == 2


def test_only_coordinators_of_the_owner_write(owner, coordinator):
    program = factories.program.make(owner=owner)
    elsewhere = factories.ministry.make()
    stranger = factories.coordinator(of=elsewhere)
    program.max_age = 30
    with pytest.raises(Refusal, match="do not coordinate"):
        programs.change(row=program, changed=["max_age"], by=stranger, now=NOW)
    # Nor does somebody take a program over by naming the own institution as its owner.
    program.owner = elsewhere
    with pytest.raises(Refusal, match="do not coordinate"):
        programs.change(row=program, changed=["owner"], by=stranger, now=NOW)
    program.refresh_from_db()
    program.max_age = 30
    programs.change(row=program, changed=["max_age"], by=coordinator, now=NOW)
    assert Program.objects.get().max_age == 30


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"min_age": 30, "max_age": 20}, "max_age"),
        ({"condition": "age >"}, "condition"),
        ({"min_kkni": 12}, "min_kkni"),
    ],
)
def test_rules_that_cannot_be_are_refused_by_field(owner, coordinator, fields, field):
    program = factories.program.make(owner=owner)
    for name, value in fields.items():
        setattr(program, name, value)
    with pytest.raises(Refusal) as refused:
        programs.change(row=program, changed=list(fields), by=coordinator, now=NOW)
    assert refused.value.field == field


def test_an_intake_stays_in_its_program_and_ends_with_it(owner, coordinator):
    intake = factories.intake.make(program__owner=owner)
    intake.program = factories.program.make(owner=owner)
    with pytest.raises(Refusal, match="stays in its program"):
        programs.change(row=intake, changed=["program"], by=coordinator, now=NOW)
    over = factories.intake.make(program__owner=owner, state="cancelled")
    over.decide_by = date(2030, 1, 1)
    with pytest.raises(Refusal, match="is over"):
        programs.change(row=over, changed=["decide_by"], by=coordinator, now=NOW)
