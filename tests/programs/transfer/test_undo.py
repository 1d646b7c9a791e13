"""An import is undone as a whole, while nothing stands on any of its rows."""

from datetime import timedelta

import pytest

from programs import transfer
from programs.choices import ImportKind
from programs.domain import applications, participants
from programs.models import (
    Application,
    AuditEvent,
    Event,
    ImportWrite,
    LanguageCertificate,
    Participant,
    SkillClaim,
)
from programs.refusals import Refusal
from tests import factories

from .conftest import NOW, as_csv, person
from .files import taken
from .test_nominations import row

LATER = NOW + timedelta(minutes=5)
KIND = ImportKind.NOMINATIONS


def undo(report, by, now=LATER):
    transfer.undo(report.batch, by=by, now=now)


@pytest.fixture
def brought(coordinator, slot):
    """Two people with applications, brought by one sheet."""
    rows = [row(), row(code="P-2", nik="")]
    return taken(KIND, rows, by=coordinator, now=NOW)


def test_what_it_made_is_gone_with_all_its_parts(brought, coordinator):
    undo(brought, coordinator)
    for model in (Participant, Application, SkillClaim, LanguageCertificate):
        assert not model.objects.exists()
    assert not Participant.history.exists()
    assert not ImportWrite.objects.exists()
    assert brought.batch.state == "undone"
    said = list(
        AuditEvent.objects.order_by("sequence").values_list("action", flat=True)
    )
    assert said.count("participants.remove") == said.count("applications.remove") == 2
    assert said[-1] == "transfer.undo"
    assert Event.objects.filter(kind="application.withdraw").count() == 2


def test_what_it_changed_is_as_it_was(coordinator, slot):
    taken(KIND, [row()], by=coordinator, now=NOW - timedelta(days=1))
    changes = {"kkni": "6", "skills": "AI-PYT:4", "merit_score": "90", "nik": ""}
    changed = row(**changes, choice_1="", birth_date="2003-05-17", family_name="W.")
    report = taken(KIND, [changed], by=coordinator, now=NOW)
    assert report.counts["changed"] == 1
    undo(report, coordinator)
    (again,) = transfer.inspect(KIND, as_csv([row()]), by=coordinator, now=NOW).rows
    assert (again.action, again.changes) == ("unchanged", {})


def test_rows_that_were_there_before_stay(coordinator, slot):
    taken(ImportKind.PARTICIPANTS, [person()], by=coordinator, now=NOW)
    report = taken(KIND, [row(), row(code="P-2", nik="")], by=coordinator, now=LATER)
    undo(report, coordinator, LATER + timedelta(minutes=1))
    assert [one.code for one in Participant.objects.all()] == ["P-1"]
    assert not Application.objects.exists()


def test_a_place_keeps_the_whole_import(brought, coordinator, slot):
    application = Application.objects.first()
    factories.placement.make(application=application, slot=slot)
    with pytest.raises(Refusal, match="placements: 1"):
        undo(brought, coordinator)
    assert Participant.objects.count() == 2
    assert brought.batch.writes.exists()


def test_a_pin_a_proposal_and_another_application_keep_it(brought, coordinator):
    first, second = Application.objects.order_by("participant__code")
    factories.pin.make(application=first)
    factories.application.make(participant=second.participant)
    with pytest.raises(Refusal) as caught:
        undo(brought, coordinator)
    assert caught.value.code == "import-stands"
    assert "applications: 1" in str(caught.value)


def test_a_later_change_keeps_it(brought, coordinator):
    participants.update(
        participant=Participant.objects.first(),
        by=coordinator,
        now=NOW + timedelta(minutes=1),
        email="new@contoh.id",
    )
    with pytest.raises(Refusal, match="later changes: 1"):
        undo(brought, coordinator)


def test_a_withdrawn_application_keeps_it(brought, coordinator):
    application = Application.objects.first()
    applications.withdraw(application=application, by=coordinator, now=LATER)
    with pytest.raises(Refusal, match="decisions: 1"):
        undo(brought, coordinator, LATER + timedelta(minutes=1))


def test_it_happens_once_and_only_after_writing(brought, coordinator):
    undo(brought, coordinator)
    with pytest.raises(Refusal, match="nothing to undo"):
        undo(brought, coordinator)
    facts = {"filename": "x", "by": coordinator, "now": NOW}
    waiting = transfer.check(KIND, as_csv([row()]), **facts)
    with pytest.raises(Refusal, match="nothing to undo"):
        undo(waiting, coordinator)


def test_a_colleague_cannot_undo_it(brought, coordinator):
    colleague = factories.coordinator()
    with pytest.raises(Refusal) as caught:
        undo(brought, colleague)
    assert caught.value.code == "forbidden"


def test_the_same_sheet_may_come_again(brought, coordinator, slot):
    undo(brought, coordinator)
    rows = [row(), row(code="P-2", nik="")]
    again = taken(KIND, rows, by=coordinator, now=LATER)
    assert again.counts["new"] == 2
