"""What was allowed when a file was checked, and is not when it is confirmed."""

from datetime import timedelta

import pytest

from programs import transfer
from programs.choices import ApplicationState, ImportKind, IntakeState, SlotState
from programs.models import (
    Application,
    AuditEvent,
    BudgetLine,
    Event,
    Intake,
    Participant,
    Placement,
    Preference,
    Slot,
)
from programs.refusals import Refusal
from tests import factories

from . import a_program
from .a_program import APPLICATIONS, NOW, PEOPLE, SLOTS
from .conftest import as_csv
from .files import exported, taken

pytestmark = pytest.mark.django_db
BOTH = ImportKind.NOMINATIONS


@pytest.fixture
def world():
    return a_program.make()


def closed(world, state=IntakeState.CLOSED):
    Intake.objects.update(state=state)


def erased(world, code="P-1"):
    Participant.objects.filter(code=code).update(erased_at=NOW)


def restricted(world):
    Participant.objects.filter(code="P-2").update(restricted_at=NOW)


def seated(world):
    a_program.place(world, 2)


def withdrawn(world):
    Application.objects.update(state=ApplicationState.WITHDRAWN)


def without_slot(world):
    Slot.objects.filter(code="ATP-02").update(state=SlotState.WITHDRAWN)


MEANWHILE = {
    "the intake closes before late rows are confirmed": (
        APPLICATIONS, {"participant": "P-2"}, "", closed,
    ),
    "the plan is published before a late row with a reason is confirmed": (
        APPLICATIONS, {"participant": "P-2"}, "the post was late",
        lambda world: closed(world, IntakeState.DECIDED),
    ),
    "the application is withdrawn before its score is corrected": (
        APPLICATIONS, {"merit_score": "99"}, "", withdrawn,
    ),
    "the slot that is wished for is withdrawn": (
        APPLICATIONS, {"choice_1": "ATP-02"}, "", without_slot,
    ),
    "the person is erased before the name is corrected": (
        PEOPLE, {"given_name": "Rini"}, "", erased,
    ),
    "the person may only be kept before the application comes": (
        APPLICATIONS, {"participant": "P-2"}, "", restricted,
    ),
    "the seats are taken before there are fewer": (
        SLOTS, {"capacity_max": "1"}, "", seated,
    ),
    "people have places before the slot is withdrawn": (
        SLOTS, {"state": "withdrawn"}, "", seated,
    ),
    "the intake is over before the slot is changed": (
        SLOTS, {"city": "Kulim"}, "",
        lambda world: closed(world, IntakeState.COMPLETED),
    ),
    "planning has begun before a slot is proposed": (
        SLOTS, {"code": "ATP-09", "state": ""}, "",
        lambda world: closed(world, IntakeState.ALLOCATING),
    ),
    "the plan is published before a nomination is confirmed": (
        BOTH, {"code": "P-9", "nik": "", "email": ""}, "the post was late",
        lambda world: closed(world, IntakeState.DECIDED),
    ),
    "the application is withdrawn before its nomination is corrected": (
        BOTH, {"merit_score": "99"}, "", withdrawn,
    ),
    "the person is erased before the nomination is corrected": (
        BOTH, {"kkni": "6"}, "", erased,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANWHILE)
@pytest.mark.parametrize("park", [False, True])
def test_what_was_good_when_it_was_checked_is_judged_again(world, name, park):
    kind, cells, reason, happen = MEANWHILE[name]
    row = exported(kind, by=world.by, now=NOW)[0] | cells
    facts = {"by": world.by, "now": NOW}
    report = transfer.check(
        kind, as_csv([row]), filename="x.csv", reason=reason, **facts
    )
    assert [each.action for each in report.rows] in (["changed"], ["new"])
    happen(world)
    before = everything()
    with pytest.raises(Refusal) as refused:
        transfer.apply(report.batch, digest=report.digest, park=park, **facts)
    assert refused.value.code == "import-changed"
    assert everything() == before


def test_the_last_day_may_pass_before_rows_are_confirmed(world):
    last = Intake.objects.get(pk=world.slot.intake_id).closes_on
    at = NOW.replace(year=last.year, month=last.month, day=last.day)
    rows = as_csv([a_program.late_row(world)])
    report = transfer.check(APPLICATIONS, rows, filename="x.csv", by=world.by, now=at)
    assert not report.bad
    with pytest.raises(Refusal, match="treated differently"):
        transfer.apply(
            report.batch, digest=report.digest, by=world.by, now=at + timedelta(days=1)
        )
    assert not Application.objects.filter(participant__code="P-2").exists()


def test_a_score_is_not_put_back_once_the_intake_is_decided(world):
    [row] = exported(APPLICATIONS, by=world.by, now=NOW)
    report = taken(APPLICATIONS, [row | {"merit_score": "99"}], by=world.by, now=NOW)
    closed(world, IntakeState.DECIDED)
    before = everything()
    with pytest.raises(Refusal) as refused:
        transfer.undo(report.batch, by=world.by, now=NOW)
    assert refused.value.code == "intake-not-open"
    assert everything() == before


@pytest.mark.parametrize("state", [IntakeState.DECIDED, IntakeState.CANCELLED])
def test_parked_rows_do_not_come_after_the_decision(world, state):
    bad = a_program.late_row(world) | {"choice_1": "NOWHERE"}
    facts = {"by": world.by, "now": NOW}
    report = transfer.check(APPLICATIONS, as_csv([bad]), filename="x.csv", **facts)
    transfer.apply(report.batch, digest=report.digest, park=True, **facts)
    closed(world, state)
    factories.slot.make(code="NOWHERE", intake=world.slot.intake)
    again = transfer.bring_again(report.batch, reason="mended", **facts)
    assert [p.code for p in again.rows[0].problems] == ["intake-not-open"]


def everything():
    """Return every row that these files could have written."""
    models = Application, Preference, Participant, Slot, Placement, BudgetLine, Event
    trail = AuditEvent.objects.exclude(action__startswith="transfer.")
    return [list(model.objects.order_by("pk").values()) for model in models], len(trail)
