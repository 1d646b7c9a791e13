"""What a person may not do a file may not either; what both may is told alike."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction

from programs.choices import ApplicationState, ImportKind, IntakeState, SlotState
from programs.domain import applications, money, participants, slots
from programs.models import (
    Application,
    AuditEvent,
    BudgetLine,
    CostRule,
    Event,
    Intake,
    Participant,
    Slot,
)
from programs.refusals import Refusal
from tests import factories

from .files import events, exported, judged, taken, trail

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 1, 3, tzinfo=UTC)
SLOTS, APPLICATIONS = ImportKind.SLOTS, ImportKind.APPLICATIONS
PEOPLE, COSTS = ImportKind.PARTICIPANTS, ImportKind.COST_RULES
BUDGETS = ImportKind.BUDGETS


@dataclass
class World:
    """A program in its application time: two slots, two people, one of them applied."""

    slot: Any
    other: Any
    person: Any
    application: Any
    by: Any


@pytest.fixture
def world():
    factories.country.make(code="ID", currency="IDR")
    slot = factories.slot.make(code="ATP-01", capacity_min=1, capacity_max=5)
    other = factories.slot.make(code="ATP-02", intake=slot.intake, host=slot.host)
    sender = factories.institution.make(code="poltek")
    person, _second = (
        factories.participant.make(code=f"P-{number}", registered_by=sender)
        for number in (1, 2)
    )
    application = factories.application.make(
        participant=person,
        intake=slot.intake,
        nominated_by=sender,
        state=ApplicationState.SUBMITTED,
    )
    factories.preference.make(application=application, slot=slot, rank=1)
    owner = slot.intake.program.owner
    return World(slot, other, person, application, factories.coordinator(of=owner))


def close(world, state=IntakeState.CLOSED):
    Intake.objects.update(state=state)
    return fresh(world)


def fresh(world):
    world.slot = Slot.objects.select_related("intake__program").get(pk=world.slot.pk)
    rows = Application.objects.select_related("intake__program")
    world.application = rows.get(pk=world.application.pk)
    return world


def place(world, people=1):
    """Give places in the first slot to people."""
    for _number in range(people):
        factories.placement.make(slot=world.slot)


def withdraw(world):
    Application.objects.update(state=ApplicationState.WITHDRAWN)
    return fresh(world)


def withdraw_slot(world):
    Slot.objects.filter(pk=world.slot.pk).update(state=SlotState.WITHDRAWN)
    return fresh(world)


def change_slot(world, **changes):
    slots.update(slot=world.slot, by=world.by, now=NOW, **changes)


def rank(world, *wishes, reason=""):
    applications.set_preferences(
        application=world.application,
        preferences=list(wishes),
        by=world.by,
        now=NOW,
        reason=reason,
    )


def submit(world, reason=""):
    applications.submit(
        participant=Participant.objects.get(code="P-2"),
        intake=fresh(world).slot.intake,
        by=world.by,
        now=NOW,
        reason=reason,
    )


def elsewhere():
    """Return a slot of another intake of somebody else's program."""
    return factories.slot.make(code="OTHER-01")


def late_row(world):
    return {"participant": "P-2", "intake": world.slot.intake.code}


FORBIDDEN = {
    "a withdrawn slot is opened": (
        SLOTS,
        withdraw_slot,
        {"state": "open"},
        lambda world: slots.open_(slot=world.slot, by=world.by, now=NOW),
        "slot-state",
        ("state", "state-move"),
    ),
    "an open slot is proposed again": (
        SLOTS,
        fresh,
        {"state": "proposed"},
        lambda world: slots.change_many(
            entries=[slots.Entry(world.slot, to=SlotState.PROPOSED)],
            by=world.by,
            now=NOW,
        ),
        "slot-state",
        ("state", "state-move"),
    ),
    "a slot with people is withdrawn": (
        SLOTS,
        place,
        {"state": "withdrawn"},
        lambda world: slots.withdraw(slot=world.slot, by=world.by, now=NOW),
        "slot-in-use",
        ("state", "slot-in-use"),
    ),
    "fewer seats than people": (
        SLOTS,
        lambda world: place(world, 2),
        {"capacity_max": "1"},
        lambda world: change_slot(world, capacity_max=1),
        "seats-in-use",
        ("capacity_max", "seats-in-use"),
    ),
    "a slot of a completed intake": (
        SLOTS,
        lambda world: close(world, IntakeState.COMPLETED),
        {"city": "Kulim"},
        lambda world: change_slot(world, city="Kulim"),
        "intake-closed",
        ("intake", "intake-running"),
    ),
    "a slot moves to another intake": (
        SLOTS,
        lambda world: factories.intake.make(
            code="next", program=world.slot.intake.program
        ),
        {"intake": "next"},
        lambda world: change_slot(world, intake=Intake.objects.get(code="next")),
        "fixed",
        ("intake", "fixed"),
    ),
    "a stay ends before it begins": (
        SLOTS,
        fresh,
        {"ends_on": "2027-03-01"},
        lambda world: change_slot(world, ends_on=date(2027, 3, 1)),
        "out-of-order",
        ("ends_on", "order"),
    ),
    "fewer seats than the fewest": (
        SLOTS,
        fresh,
        {"capacity_min": "6"},
        lambda world: change_slot(world, capacity_min=6),
        "out-of-order",
        ("capacity_max", "at-least"),
    ),
    "the wishes of a withdrawn application": (
        APPLICATIONS,
        withdraw,
        {"choice_1": "ATP-02"},
        lambda world: rank(world, world.other),
        "withdrawn",
        ("participant", "withdrawn"),
    ),
    "wishes after the intake has closed": (
        APPLICATIONS,
        close,
        {"choice_1": "ATP-02"},
        lambda world: rank(world, world.other),
        "intake-not-open",
        ("intake", "intake-late"),
    ),
    "the score after the intake was decided": (
        APPLICATIONS,
        lambda world: close(world, IntakeState.DECIDED),
        {"merit_score": "99"},
        lambda world: applications.update(
            application=world.application, by=world.by, now=NOW, merit_score=99
        ),
        "intake-not-open",
        ("intake", "intake-not-open"),
    ),
    "a wish twice": (
        APPLICATIONS,
        fresh,
        {"choice_2": "ATP-01"},
        lambda world: rank(world, world.slot, world.slot),
        "listed-twice",
        ("choice_1", "twice"),
    ),
    "a wish of another intake": (
        APPLICATIONS,
        lambda world: elsewhere(),
        {"choice_1": "OTHER-01"},
        lambda world: rank(world, Slot.objects.get(code="OTHER-01")),
        "not-in-intake",
        ("choice_1", "other-intake"),
    ),
    "a wish for a withdrawn slot": (
        APPLICATIONS,
        lambda world: Slot.objects.filter(code="ATP-02").update(state="withdrawn"),
        {"choice_1": "ATP-02"},
        lambda world: rank(world, Slot.objects.get(code="ATP-02")),
        "not-in-intake",
        ("choice_1", "other-intake"),
    ),
    "another sender": (
        APPLICATIONS,
        lambda world: factories.institution.make(code="another"),
        {"nominated_by": "another"},
        lambda world: applications.update(
            application=world.application,
            by=world.by,
            now=NOW,
            nominated_by=world.slot.host,
        ),
        "fixed",
        ("nominated_by", "fixed"),
    ),
    "a team of another intake": (
        APPLICATIONS,
        lambda world: factories.team.make(code="theirs"),
        {"team": "theirs"},
        lambda world: applications.update(
            application=world.application,
            by=world.by,
            now=NOW,
            team=factories.team.make(),
        ),
        "other-intake",
        ("team", "team-elsewhere"),
    ),
    "a number of another birth date": (
        PEOPLE,
        fresh,
        {"nik": "0011226005010001", "birth_date": "2001-05-21", "sex": "F"},
        lambda world: participants.update(
            participant=world.person,
            by=world.by,
            now=NOW,
            nik="0011226005010001",
            birth_date=date(2001, 5, 21),
            sex="F",
        ),
        "invalid",
        ("nik", "nik-birth-date"),
    ),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_file_is_refused_what_a_verb_is_refused(world, name):
    kind, happen, cells, act, code, cell = FORBIDDEN[name]
    happen(world)
    world = fresh(world)
    before = rows_of(kind)
    row = exported(kind, by=world.by, now=NOW)[0]
    [verdict] = judged(kind, [row | cells], by=world.by, now=NOW)
    assert cell in [(problem.column, problem.code) for problem in verdict.problems]
    assert all(problem.expectation for problem in verdict.problems)
    with pytest.raises(Refusal) as refused, transaction.atomic():
        act(world)
    assert refused.value.code == code
    assert rows_of(kind) == before
    assert not AuditEvent.objects.exclude(action="transfer.export").exists()
    assert not Event.objects.exists()


def rows_of(kind):
    model = {SLOTS: Slot, APPLICATIONS: Application, PEOPLE: Participant}[kind]
    return list(model.objects.order_by("pk").values())


@pytest.mark.parametrize("kind", [SLOTS, APPLICATIONS, COSTS])
def test_somebody_elses_rows_are_out_of_reach(world, kind):
    """The officer knows the codes from elsewhere; the file names them all the same."""
    factories.cost_rule.make(program=world.slot.intake.program)
    administrator = factories.administrator()
    row = exported(kind, by=administrator, now=NOW)[0]
    changed = {
        SLOTS: {"city": "Kulim"},
        APPLICATIONS: {"merit_score": "99"},
        COSTS: {"amount": "99"},
    }[kind]
    stranger = factories.coordinator()
    [verdict] = judged(kind, [row | changed], by=stranger, now=NOW)
    assert [problem.code for problem in verdict.problems] == ["not-yours"]
    [own] = judged(kind, [row | changed], by=world.by, now=NOW)
    assert own.is_good


@pytest.mark.parametrize(
    ("state", "reason", "is_taken"),
    [
        (IntakeState.OPEN, "", True),
        (IntakeState.CLOSED, "", False),
        (IntakeState.CLOSED, "the post was late", True),
        (IntakeState.ALLOCATING, "the post was late", True),
        (IntakeState.ALLOCATING, "  ", False),
        (IntakeState.DRAFT, "the post was early", False),
        *(
            (state, "the minister asks", False)
            for state in (
                IntakeState.DECIDED,
                IntakeState.RUNNING,
                IntakeState.COMPLETED,
                IntakeState.CANCELLED,
            )
        ),
    ],
)
def test_who_comes_late_needs_a_reason_and_after_the_decision_nothing_helps(
    world, state, reason, is_taken
):
    close(world, state)
    rows = [late_row(world)]
    [verdict] = judged(APPLICATIONS, rows, by=world.by, now=NOW, reason=reason)
    assert verdict.is_good is is_taken
    if not is_taken:
        with pytest.raises(Refusal) as refused:
            submit(world, reason)
        assert refused.value.code == "intake-not-open"
        return
    taken(APPLICATIONS, rows, by=world.by, now=NOW, reason=reason)
    told = AuditEvent.objects.get(action="applications.submit").data
    assert told.get("reason", "") == reason
    assert Application.objects.get(participant__code="P-2").state == "submitted"


def test_a_sender_gives_no_reason(world):
    close(world)
    partner = factories.partner(of=world.application.nominated_by)
    with pytest.raises(Refusal) as refused:
        applications.set_preferences(
            application=fresh(world).application,
            preferences=[world.other],
            by=partner,
            now=NOW,
            reason="please",
        )
    assert refused.value.code == "intake-not-open"


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
    assert file[1] == [("slot.update", "slot", 1)]


def test_a_slot_withdrawn_by_file_is_told_as_by_verb(world):
    rows = changed(SLOTS, "code", "ATP-01", {"state": "withdrawn"}, world.by)
    verb, file = by_verbs_and_by_file(
        lambda: slots.withdraw(slot=fresh(world).slot, by=world.by, now=NOW),
        SLOTS,
        rows,
        world.by,
    )
    assert verb == file
    assert file[1] == [("slot.withdrawn", "slot", 1)]


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
    factories.participant.make(code="X-9", nik_hash=hash_of(facts["nik"]), **facts)
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


def hash_of(nik):
    from programs import national_ids

    return national_ids.keyed_hash(nik)


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
