"""People and their applications from one sheet: each row is judged as both."""

import pytest

from programs import transfer
from programs.choices import ImportKind
from programs.models import Application, Participant

from .conftest import NOW, as_csv, person
from .files import events, judged, taken, trail

KIND = ImportKind.NOMINATIONS


def row(**changes):
    return person(intake="atp-2027", choice_1="ATP-01", merit_score="81.5") | changes


def test_a_row_registers_the_person_and_sends_the_application(coordinator, slot):
    taken(KIND, [row()], by=coordinator, now=NOW)
    application = Application.objects.get()
    assert application.participant.code == "P-1"
    assert application.preferences.get().slot == slot
    assert [action for action, *_rest in trail()] == [
        "participants.register",
        "applications.submit",
    ]
    assert [kind for kind, *_rest in events()] == [
        "participant.registered",
        "application.submit",
    ]


def test_the_same_sheet_twice_changes_nothing(coordinator, slot):
    taken(KIND, [row()], by=coordinator, now=NOW)
    (again,) = judged(KIND, [row()], by=coordinator, now=NOW)
    assert again.action == "unchanged"


def test_somebody_known_only_gets_the_application(coordinator, slot):
    taken(ImportKind.PARTICIPANTS, [person()], by=coordinator, now=NOW)
    taken(KIND, [row(kkni="6")], by=coordinator, now=NOW)
    assert Participant.objects.get().kkni == 6
    assert Application.objects.count() == 1


def test_what_is_wrong_with_either_is_told_at_its_cell(coordinator, slot):
    rows = [
        row(code="P-2", nik="", kkni="12"),
        row(code="P-3", nik="", choice_1="NONE"),
        row(code="P-4", nik="", intake="nowhere"),
        row(code="", nik=""),
    ]
    told = [
        [(problem.column, problem.code) for problem in each.problems]
        for each in judged(KIND, rows, by=coordinator, now=NOW)
    ]
    assert told == [
        [("kkni", "range")],
        [("choice_1", "other-intake")],
        [("intake", "unknown")],
        [("code", "required")],
    ]


def test_a_bad_person_leaves_no_application_behind(coordinator, slot):
    rows = [row(), row(code="P-2", nik="", kkni="12")]
    report = transfer.check(KIND, as_csv(rows), filename="x", by=coordinator, now=NOW)
    transfer.apply(
        report.batch, digest=report.digest, by=coordinator, now=NOW, park=True
    )
    assert Participant.objects.count() == Application.objects.count() == 1


def test_a_row_given_twice_counts_once(coordinator, slot):
    first, second = judged(KIND, [row(), row()], by=coordinator, now=NOW)
    assert first.is_good
    assert ("code", "key-in-file") in [(p.column, p.code) for p in second.problems]


@pytest.mark.parametrize("reason", ["", "The post was late."])
def test_late_rows_need_a_reason(coordinator, slot, reason):
    slot.intake.state = "closed"
    slot.intake.save()
    (late,) = judged(KIND, [row()], by=coordinator, now=NOW, reason=reason)
    assert late.is_good == bool(reason)
