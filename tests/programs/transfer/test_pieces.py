"""A long file is judged and written by pieces, and means what a short one does."""

from datetime import timedelta

import pytest

from programs import transfer
from programs.choices import ImportKind, ImportState
from programs.domain import audit, participants
from programs.models import Application, ImportBatch, Participant
from programs.refusals import Refusal
from programs.transfer import report as reports, undoing
from tests import factories

from .conftest import NOW, as_csv, person
from .test_nominations import row

LATER = NOW + timedelta(minutes=5)
KIND = ImportKind.NOMINATIONS
FIVE = [row(code=f"P-{number}", nik="") for number in range(5)]


@pytest.fixture(autouse=True)
def pieces(monkeypatch):
    """Two rows are a piece."""
    monkeypatch.setattr(reports, "PIECE", 2)
    monkeypatch.setattr(undoing, "PIECE", 2)


def judged(rows, by, kind=KIND):
    """Return a batch that was received and judged, as a worker does it."""
    facts = {"filename": "x.csv", "by": by, "now": NOW}
    batch = transfer.receive(kind, as_csv(rows), **facts)
    transfer.judge(batch, by=by, now=NOW)
    return batch


def write(batch, by, now=NOW, **options):
    return transfer.apply(batch, digest=batch.digest, by=by, now=now, **options)


@pytest.fixture
def cut(monkeypatch):
    """Return a function: writing breaks off at a piece, as if it were killed."""
    verb = participants.register_many

    def break_off(place):
        calls = iter(range(100))

        def register_many(**facts):
            if next(calls) == place:
                raise KeyboardInterrupt
            return verb(**facts)

        monkeypatch.setattr(participants, "register_many", register_many)

    yield break_off
    monkeypatch.setattr(participants, "register_many", verb)


def test_rows_know_of_each_other_across_pieces(coordinator, slot):
    other = factories.institution.make(code="smk-2")
    rows = [
        row(team="tim-01"),
        row(code="P-2", nik=""),
        row(code="P-3"),
        row(code="P-2", nik=""),
        row(code="P-4", nik="", team="tim-01", home_institution=other.code),
        row(code="P-2", nik="", intake="elsewhere"),
        row(code="P-5", nik="", team="tim-01"),
    ]
    factories.intake.make(code="elsewhere", program__owner=coordinator_of(coordinator))
    batch = judged(rows, coordinator)
    assert [
        (number, [problem.code for problem in problems][:1])
        for number, _cells, problems in transfer.parked_rows(batch)
    ] == [
        (4, ["nik-in-file"]),
        (5, ["key-in-file"]),
        (6, ["several-teams"]),
        (7, ["key-exists"]),
    ]
    write(batch, coordinator, park=True)
    assert (batch.state, batch.num_good) == (ImportState.PARTLY_APPLIED, 3)
    assert Application.objects.filter(team__code="tim-01").count() == 2


def coordinator_of(user):
    return user.memberships.first().institution


def test_who_is_cut_off_goes_on_where_it_was_and_undoes_all(coordinator, slot, cut):
    batch = judged(FIVE, coordinator)
    cut(1)
    with pytest.raises(KeyboardInterrupt):
        write(batch, coordinator)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.written_to) == (ImportState.WRITING, 3)
    assert Participant.objects.count() == 2
    write(batch, coordinator, LATER)
    assert (batch.state, batch.content) == (ImportState.APPLIED, None)
    assert Application.objects.count() == 5
    assert audit.verify_chain().ok
    transfer.undo(batch, by=coordinator, now=LATER + timedelta(minutes=1))
    assert not Participant.objects.exists()
    assert batch.state == ImportState.UNDONE


def test_what_was_written_before_the_cut_can_be_undone(coordinator, slot, cut):
    batch = judged(FIVE, coordinator)
    cut(2)
    with pytest.raises(KeyboardInterrupt):
        write(batch, coordinator)
    batch = ImportBatch.objects.get()
    assert transfer.may_undo(batch, coordinator)
    transfer.undo(batch, by=coordinator, now=LATER)
    assert not Participant.objects.exists()
    assert (batch.state, batch.content) == (ImportState.UNDONE, None)


def test_what_changes_while_it_is_written_is_parked(coordinator, slot, cut):
    rows = [person(code=f"P-{number}", nik="") for number in range(5)]
    batch = judged(rows, coordinator, ImportKind.PARTICIPANTS)
    cut(1)
    with pytest.raises(KeyboardInterrupt):
        write(batch, coordinator)
    batch = ImportBatch.objects.get()
    body = Participant.objects.first().registered_by
    factories.participant.make(code="P-3", registered_by=body)
    write(batch, coordinator, LATER)
    assert (batch.state, batch.num_bad) == (ImportState.PARTLY_APPLIED, 2)
    told = {problem.code for *_row, (problem,) in transfer.parked_rows(batch)}
    assert told == {"changed-meanwhile"}
    assert Participant.objects.count() == 4  # three of the file, and the other one
    again = transfer.bring_again(batch, by=coordinator, now=LATER)
    assert (again.counts["new"], again.counts["changed"]) == (1, 1)


def test_what_changed_before_is_refused_and_nothing_is_written(coordinator, slot):
    batch = judged(FIVE, coordinator)
    slot.intake.__class__.objects.update(state="decided")
    with pytest.raises(Refusal, match="treated differently"):
        write(batch, coordinator)
    assert not Participant.objects.exists()


def test_a_long_import_is_undone_whole_or_not_at_all(coordinator, slot):
    batch = judged(FIVE, coordinator)
    write(batch, coordinator)
    last = Application.objects.order_by("participant__code").last()
    pin = factories.pin.make(application=last)
    with pytest.raises(Refusal, match="pins"):
        transfer.undo(batch, by=coordinator, now=LATER)
    assert Application.objects.count() == 5
    pin.delete()
    told = []
    transfer.undo(
        batch, by=coordinator, now=LATER, step=lambda *step: told.append(step)
    )
    assert not Participant.objects.exists()
    assert told[-1] == ("undoing", 10, 10)


def test_slots_and_money_are_judged_whole(planner, monkeypatch):
    factories.funding_source.make(code="state")
    rows = [
        {"source": "state", "fiscal_year": 2027 + year, "currency": "IDR", "amount": 1}
        for year in range(3)
    ]
    content = as_csv(rows)
    found = transfer.inspect(ImportKind.BUDGETS, content, by=planner, now=NOW)
    assert (found.num_rows, len(found.tally.pieces)) == (3, 1)
    fewer = reports.LIMITS.__class__(rows_at_once=2)
    monkeypatch.setattr(reports, "LIMITS", fewer)
    with pytest.raises(Refusal, match="more than 2 rows"):
        transfer.inspect(ImportKind.BUDGETS, content, by=planner, now=NOW)


def test_a_file_without_rows_is_refused(planner):
    with pytest.raises(Refusal, match="no rows"):
        transfer.inspect(
            ImportKind.BUDGETS,
            b"source,fiscal_year,currency,amount\n",
            by=planner,
            now=NOW,
        )
