"""What a person may not do a file may not either, and in the same words."""

import ast
import inspect
from datetime import date

import pytest
from django.db import transaction

from programs import national_ids, transfer
from programs.choices import IntakeState, SlotState
from programs.domain import (
    application_checks,
    applications,
    checks,
    identities,
    money,
    participants,
    policies,
    slot_checks,
    slots,
)
from programs.models import (
    Application,
    AuditEvent,
    CostRule,
    Event,
    Intake,
    Participant,
    Quota,
    Region,
    Slot,
)
from programs.refusals import Refusal
from tests import factories

from . import a_program
from .a_program import (
    APPLICATIONS,
    COSTS,
    NOW,
    PEOPLE,
    QUOTAS,
    SLOTS,
    agree_on_days,
    change_cost,
    change_person,
    change_quota,
    change_slot,
    close,
    elsewhere,
    erase,
    fill_a_cap,
    fresh,
    keep_only,
    merge,
    number,
    pin_to_a_pathway,
    place,
    propose,
    rank,
    regency,
    submit,
    team_of,
    withdraw,
    withdraw_slot,
)  # fmt: skip
from .conftest import as_csv
from .files import exported, judged

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_program.make()


A_PASSPORT = national_ids.passport_hash("ID", "A1234567")
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
    "a slot shorter than a stay agreed in it": (
        SLOTS,
        agree_on_days,
        {"ends_on": "2028-02-01"},
        lambda world: change_slot(world, ends_on=date(2028, 2, 1)),
        "stay-outside",
        ("ends_on", "refused"),
    ),
    "days on which a cap has no room": (
        SLOTS,
        fill_a_cap,
        {"starts_on": "2028-05-01", "ends_on": "2028-08-01"},
        lambda world: change_slot(
            world, starts_on=date(2028, 5, 1), ends_on=date(2028, 8, 1)
        ),
        "route-keeps-its-people",
        ("starts_on", "refused"),
    ),
    "a slot of a completed intake": (
        SLOTS,
        lambda world: close(world, IntakeState.COMPLETED),
        {"city": "Kulim"},
        lambda world: change_slot(world, city="Kulim"),
        "intake-closed",
        ("intake", "intake-running"),
    ),
    "a province for a slot abroad": (
        SLOTS,
        fresh,
        {"province_kemendagri": "32"},
        lambda world: change_slot(world, province=factories.west_java()),
        "province-abroad",
        ("province_kemendagri", "province-abroad"),
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
    "a team with somebody who is pinned to a pathway": (
        APPLICATIONS,
        pin_to_a_pathway,
        {"team": "poltek/tim-01"},
        lambda world: applications.update(
            application=world.application, by=world.by, now=NOW, team=team_of(world)
        ),
        "team-takes-no-pathway",
        ("team", "refused"),
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
    "more wishes than the intake takes": (
        APPLICATIONS,
        lambda world: Intake.objects.update(max_choices=1),
        {"choice_2": "ATP-02"},
        lambda world: rank(world, world.slot, world.other),
        "too-many-choices",
        ("choice_2", "too-many-choices"),
    ),
    "an application that comes late without a reason": (
        APPLICATIONS,
        close,
        {"participant": "P-2"},
        submit,
        "intake-not-open",
        ("intake", "intake-late"),
    ),
    "an application to an intake whose plan is published": (
        APPLICATIONS,
        lambda world: close(world, IntakeState.DECIDED),
        {"participant": "P-2"},
        submit,
        "intake-not-open",
        ("intake", "intake-not-open"),
    ),
    "an application for somebody who was erased": (
        APPLICATIONS,
        lambda world: erase("P-2"),
        {"participant": "P-2"},
        submit,
        "erased",
        ("participant", "erased"),
    ),
    "an application for somebody whose data are only kept": (
        APPLICATIONS,
        lambda world: keep_only("P-2"),
        {"participant": "P-2"},
        submit,
        "person-restricted",
        ("participant", "restricted"),
    ),
    "a slot in an intake that is being planned": (
        SLOTS,
        lambda world: close(world, IntakeState.ALLOCATING),
        {"code": "ATP-09"},
        lambda world: propose(world, code="ATP-09"),
        "intake-closed",
        ("intake", "intake-running"),
    ),
    "a language taught to no level": (
        SLOTS,
        fresh,
        {"taught_language": "ja", "taught_cefr": ""},
        lambda world: change_slot(world, taught_language="ja", taught_cefr=""),
        "together",
        ("taught_cefr", "together"),
    ),
    "a name for somebody who was erased": (
        PEOPLE,
        lambda world: erase("P-1"),
        {"given_name": "Rini"},
        lambda world: change_person(given_name="Rini"),
        "erased",
        ("code", "erased"),
    ),
    "a name for a registration that became part of another": (
        PEOPLE,
        lambda world: merge("P-1", "P-2"),
        {"given_name": "Rini"},
        lambda world: change_person(given_name="Rini"),
        "merged",
        ("code", "merged"),
    ),
    "somebody who is not born yet": (
        PEOPLE,
        fresh,
        {"birth_date": "2090-01-01"},
        lambda world: change_person(birth_date=date(2090, 1, 1)),
        "impossible-date",
        ("birth_date", "date-range"),
    ),
    "a regency of another province": (
        PEOPLE,
        lambda world: regency("53.04"),
        {"regency_kemendagri": "53.04"},
        lambda world: change_person(regency=Region.objects.get(pk="53.04")),
        "other-province",
        ("regency_kemendagri", "two-registries"),
    ),
    "a number that another person has": (
        PEOPLE,
        lambda world: number(national_ids.keyed_hash("0011226005010001")),
        {"nik": "0011226005010001", "birth_date": "2001-05-20", "sex": "F"},
        lambda world: change_person(
            nik="0011226005010001", birth_date=date(2001, 5, 20), sex="F"
        ),
        "duplicate-nik",
        ("nik", "nik-registered"),
    ),
    "a passport that another person has": (
        PEOPLE,
        lambda world: number(A_PASSPORT, "passport_hash"),
        {"passport": "a 1234567"},
        lambda world: change_person(passport="a 1234567"),
        "duplicate-passport",
        ("passport", "passport-registered"),
    ),
    "a passport that is none": (
        PEOPLE,
        fresh,
        {"passport": "A-1"},
        lambda world: change_person(passport="A-1"),
        "invalid",
        ("passport", "passport-letters"),
    ),
    "an amount below nothing": (
        COSTS,
        lambda world: factories.cost_rule.make(program=world.slot.intake.program),
        {"amount": "-5"},
        lambda world: change_cost(world, amount=-5),
        "negative",
        ("amount", "negative"),
    ),
    "a quota that counts nobody": (
        QUOTAS,
        lambda world: factories.quota.make(intake=world.slot.intake),
        {"sex": ""},
        lambda world: change_quota(world, sex=""),
        "nobody-counted",
        ("sex", "refused"),
    ),
    "a share of more than all": (
        QUOTAS,
        lambda world: factories.quota.make(intake=world.slot.intake),
        {"value": "130"},
        lambda world: change_quota(world, value=130),
        "over-all",
        ("value", "refused"),
    ),
    "a condition that a quota does not look at": (
        QUOTAS,
        lambda world: factories.quota.make(intake=world.slot.intake),
        {"condition": "kkni >= 6"},
        lambda world: change_quota(world, condition="kkni >= 6"),
        "condition-not-counted",
        ("condition", "refused"),
    ),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_file_is_refused_what_a_verb_is_refused(world, name):
    """The file goes the whole way: checked, confirmed, and its bad row kept aside."""
    kind, happen, cells, act, code, cell = FORBIDDEN[name]
    happen(world)
    world = fresh(world)
    before = rows_of(kind)
    row = exported(kind, by=world.by, now=NOW)[0]
    facts = {"by": world.by, "now": NOW}
    report = transfer.check(kind, as_csv([row | cells]), filename="x.csv", **facts)
    transfer.apply(report.batch, digest=report.digest, park=True, **facts)
    [(number, _cells, problems)] = transfer.parked_rows(report.batch)
    assert number == 2
    assert cell in [(problem.column, problem.code) for problem in problems]
    assert all(problem.expectation for problem in problems)
    with pytest.raises(Refusal) as refused, transaction.atomic():
        act(world)
    assert refused.value.code == code
    assert rows_of(kind) == before
    assert not AuditEvent.objects.exclude(action__startswith="transfer.").exists()
    assert not Event.objects.exists()


MODELS = {
    SLOTS: Slot,
    APPLICATIONS: Application,
    PEOPLE: Participant,
    COSTS: CostRule,
    QUOTAS: Quota,
}


def rows_of(kind):
    return list(MODELS[kind].objects.order_by("pk").values())


VERBS = (
    slots,
    slot_checks,
    applications,
    application_checks,
    participants,
    identities,
    money,
    policies,
    checks,
)
"""Where the verbs that files call refuse."""
NO_FILE_CAN = {
    "already-nominated": "a row that exists is changed",
    "duplicate": "a row that exists is changed",
    "other-intake": "a file names a team within the row's intake",
    "stay-begun": "only withdrawing says so, and no file withdraws an application",
    "registrar-missing": "files name the registrar",
    "not-for-senders": "a coordinator's file; a sender's meets it: test_senders",
    "host-missing": "files name the host",
    "not-a-province": "the cell is refused before: test_slots_and_money",
    "not-a-regency": "the cell is refused before: test_participants",
    "not-countable": "of quotas of different ones: test_policies",
    "one-of-different": "of quotas of different ones: test_policies",
    "one-place": "the places of a pin are fixed; a new row says so: test_policies",
    "place-held": "only a new word says so: tests/api/test_policies",
    "condition-private": "of pins of groups: test_policies",
    "other-program": "only a new row says so: test_policies",
    "base-table": "the cell is refused before: test_policies",
    "base-share": "the cell is refused before: test_policies",
    "required": "the cell is refused before: the column is",
    "graduation": "the cell is refused before: test_participants",
}
"""Refusals of these verbs that a file cannot meet, and why."""
OF_OTHERS = {"slot-state", "route-keeps-its-people", "team-takes-no-pathway"}
"""Refusals that these verbs take from elsewhere."""


def test_each_refusal_of_the_verbs_is_met_by_a_file():
    """A refusal that is added to a verb of files needs its line above."""
    said = set()
    for module in VERBS:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            is_one = isinstance(node, ast.Call) and ast.unparse(node.func) == "Refusal"
            if is_one and isinstance(node.args[0], ast.Constant):
                said.add(node.args[0].value)
    met = {code for *_what, code, _cell in FORBIDDEN.values()}
    assert said - NO_FILE_CAN.keys() == met - OF_OTHERS


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
