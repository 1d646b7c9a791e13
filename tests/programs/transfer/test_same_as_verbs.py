"""What both a file and a verb may do is told alike: the same trail, the same events."""

from datetime import date

import pytest
from django.db import transaction

from programs import national_ids
from programs.domain import applications, money, participants, slots
from programs.models import AuditEvent, BudgetLine, CostRule, Event, Participant, Slot
from programs.refusals import Refusal
from tests import factories

from . import a_program
from .a_program import (
    APPLICATIONS,
    BUDGETS,
    COSTS,
    NOW,
    PEOPLE,
    SLOTS,
    change_slot,
    fresh,
    late_row,
    rank,
    submit,
)  # fmt: skip
from .files import events, exported, taken, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_program.make()


def by_verbs_and_by_file(act, kind, rows, by):
    """Return (trail, events) of a verb, undone, and then of a file."""
    told = []
    for write in (act, lambda: taken(kind, rows, by=by, now=NOW)):
        AuditEvent.objects.all()._raw_delete("default")
        Event.objects.all().delete()
        point = transaction.savepoint()
        write()
        told.append((trail(), events()))
        transaction.savepoint_rollback(point)
    return told


def changed(kind, code_column, code, cells, by):
    rows = exported(kind, by=by, now=NOW)
    return [row | cells for row in rows if row[code_column] == code]


def test_a_slot_changed_by_file_is_told_as_by_verb(world):
    rows = changed(SLOTS, "code", "ATP-01", {"city": "Kulim"}, world.by)
    verb, file = by_verbs_and_by_file(
        lambda: change_slot(fresh(world), city="Kulim"), SLOTS, rows, world.by
    )
    assert verb == file
    # The host, and the sender whose nominee wishes for it.
    assert file[1] == [("slot.update", "slot", 2)]


def test_a_slot_withdrawn_by_file_is_told_as_by_verb(world):
    rows = changed(SLOTS, "code", "ATP-01", {"state": "withdrawn"}, world.by)
    verb, file = by_verbs_and_by_file(
        lambda: slots.withdraw(slot=fresh(world).slot, by=world.by, now=NOW),
        SLOTS,
        rows,
        world.by,
    )
    assert verb == file
    assert file[1] == [("slot.withdrawn", "slot", 2)]


def test_a_new_slot_is_proposed_and_opened(world):
    row = changed(SLOTS, "code", "ATP-01", {"code": "ATP-03"}, world.by)

    def by_verbs():
        slot = fresh(world).slot
        fields = {
            field.name: getattr(slot, field.name)
            for field in Slot._meta.fields
            if field.name not in {"id", "code", "state", "intake", "host"}
        }
        made = slots.propose(
            intake=slot.intake,
            host=slot.host,
            by=world.by,
            now=NOW,
            code="ATP-03",
            **fields,
        )
        slots.open_(slot=made, by=world.by, now=NOW)

    verb, file = by_verbs_and_by_file(by_verbs, SLOTS, row, world.by)
    assert verb == file
    assert [kind for kind, _type, _n in file[1]] == ["slot.propose", "slot.open"]


def test_wishes_changed_by_file_are_told_as_by_verb(world):
    code = {"choice_1": "ATP-02"}
    rows = changed(APPLICATIONS, "participant", "P-1", code, world.by)
    verb, file = by_verbs_and_by_file(
        lambda: rank(fresh(world), world.other), APPLICATIONS, rows, world.by
    )
    assert verb == file
    assert file[1] == [("application.set_preferences", "application", 1)]


def test_a_score_changed_by_file_is_told_as_by_verb(world):
    cells = {"merit_score": "99"}
    rows = changed(APPLICATIONS, "participant", "P-1", cells, world.by)
    verb, file = by_verbs_and_by_file(
        lambda: applications.update(
            application=fresh(world).application, by=world.by, now=NOW, merit_score=99
        ),
        APPLICATIONS,
        rows,
        world.by,
    )
    assert verb == file
    assert file[1] == [("application.update", "application", 1)]


def test_a_nomination_by_file_is_told_as_by_verb(world):
    verb, file = by_verbs_and_by_file(
        lambda: submit(world), APPLICATIONS, [late_row(world)], world.by
    )
    assert verb == file
    assert file[1] == [("application.submit", "application", 1)]


def test_a_person_changed_by_file_is_told_as_by_verb(world):
    rows = changed(PEOPLE, "code", "P-1", {"given_name": "Rini"}, world.by)
    verb, file = by_verbs_and_by_file(
        lambda: participants.update(
            participant=Participant.objects.get(code="P-1"),
            by=world.by,
            now=NOW,
            given_name="Rini",
        ),
        PEOPLE,
        rows,
        world.by,
    )
    assert verb == file
    assert file[1] == [("participant.updated", "participant", 1)]


def test_who_is_known_elsewhere_is_told_in_the_same_words(world):
    facts = {"birth_date": date(2001, 5, 20), "sex": "F", "nik": "0011226005010001"}
    factories.participant.make(
        code="X-9", nik_hash=national_ids.keyed_hash(facts["nik"]), **facts
    )
    cells = facts | {"birth_date": "2001-05-20"}
    rows = changed(PEOPLE, "code", "P-1", cells, world.by)
    verb, file = by_verbs_and_by_file(
        lambda: participants.update(
            participant=Participant.objects.get(code="P-1"),
            by=world.by,
            now=NOW,
            **facts,
        ),
        PEOPLE,
        rows,
        world.by,
    )
    known = [data for action, _type, data in verb[0] if "elsewhere" in action]
    assert known == [data for action, _t, data in file[0] if "elsewhere" in action]
    assert list(known[0]) == ["others"]


def test_money_changed_by_file_is_told_as_by_verb(world):
    rule = factories.cost_rule.make(program=world.slot.intake.program, amount=5)
    rows = exported(COSTS, by=world.by, now=NOW)

    def by_verb():
        row = CostRule.objects.select_related("program").get(pk=rule.pk)
        row.amount = 99
        entries = [money.Entry(row, ("amount",))]
        money.change_many(entries=entries, by=world.by, now=NOW)

    verb, file = by_verbs_and_by_file(
        by_verb, COSTS, [rows[0] | {"amount": "99"}], world.by
    )
    assert verb == file
    assert [action for action, _type, _data in file[0]] == ["cost_rules.change"]


def test_budgets_are_for_whoever_looks_after_money(world):
    line = factories.budget_line.make(amount=5)
    line.amount = 6
    with pytest.raises(Refusal) as refused:
        money.change_many(
            entries=[money.Entry(line, ("amount",))], by=world.by, now=NOW
        )
    assert refused.value.code == "forbidden"
    with pytest.raises(Refusal) as refused:
        taken(BUDGETS, [{"source": "x"}], by=world.by, now=NOW)
    assert refused.value.code == "forbidden"
    assert BudgetLine.objects.get().amount == 5
