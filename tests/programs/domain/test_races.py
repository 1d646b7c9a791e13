"""Several who write at once: one chain, one winner, no seat twice."""

import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import connection, connections, transaction

from programs.audit_actions import AuditAction
from programs.choices import IntakeState
from programs.domain import applications, audit, events, pins, placements, slots
from programs.domain.actors import SYSTEM
from programs.event_kinds import EventKind
from programs.models import (
    Application,
    AuditEvent,
    Event,
    Intake,
    Pin,
    Placement,
    Slot,
)
from programs.refusals import Refusal
from tests import factories

NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)
IN_TIME = datetime(2027, 2, 1, 3, tzinfo=UTC)
WRITERS, ENTRIES = 4, 25

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _several_connections():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory has one connection; .ci/run covers PostgreSQL")


def at_once(*calls):
    """Run the calls in threads that start together; return what each one gave."""
    answers = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(number, call):
        start.wait()
        try:
            answers[number] = call()
        except Exception as error:
            answers[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def decided_meanwhile(act):
    """Return what an act answers that began before, and ends after, a decision."""
    application = factories.application.make(intake__state=IntakeState.OPEN)
    intake = application.intake
    asked, decided = threading.Event(), threading.Event()

    def decide():
        with transaction.atomic():
            Intake.objects.filter(pk=intake.pk).update(state=IntakeState.DECIDED)
            decided.set()
            asked.wait(20)
            time.sleep(0.3)  # the other one has come to the intake by now

    def write():
        decided.wait(20)
        asked.set()
        return act(application)

    return at_once(decide, write)[1], intake


def nominate(application):
    return applications.submit(
        participant=factories.participant.make(
            registered_by=application.nominated_by or factories.institution.make()
        ),
        intake=application.intake,
        by=SYSTEM,
        now=IN_TIME,
    )


def rank(application):
    return applications.set_preferences(
        application=application, preferences=[], by=SYSTEM, now=IN_TIME
    )


@pytest.mark.parametrize("act", [nominate, rank])
def test_an_intake_that_is_decided_meanwhile_takes_no_application(act):
    answer, intake = decided_meanwhile(act)
    assert isinstance(answer, Refusal), answer
    assert answer.code in {"stale", "intake-not-open"}
    assert Application.objects.filter(intake=intake).count() == 1
    assert not AuditEvent.objects.exists()


def test_writers_make_one_chain_and_events_in_order():
    rows = factories.institution.make(_quantity=WRITERS)

    def write(row):
        for number in range(ENTRIES):
            with transaction.atomic():
                data = {"number": number}
                audit.record(
                    by=SYSTEM,
                    action=AuditAction.DESK_CHANGE,
                    obj=row,
                    data=data,
                    now=NOW,
                )
                events.emit(
                    kind=EventKind.TRANSCRIPT_WRITTEN,
                    obj=row,
                    institutions=[row],
                    now=NOW,
                )

    answers = at_once(*[lambda row=row: write(row) for row in rows])
    assert answers == [None] * WRITERS
    assert audit.verify_chain() == audit.ChainReport(WRITERS * ENTRIES)
    # The same rows in the same order: both were numbered by who committed first.
    told = Event.objects.order_by("sequence").values_list("object_id", flat=True)
    written = AuditEvent.objects.order_by("sequence")
    assert list(told) == list(written.values_list("object_id", flat=True))


def test_of_several_who_confirm_one_does():
    placement = factories.placement.make(state="accepted")

    def confirm():
        mine = Placement.objects.select_related("slot__intake__program").get()
        return placements.confirm(placement=mine, by=SYSTEM, now=NOW)

    answers = at_once(*[confirm] * WRITERS)
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refused) == WRITERS - 1
    placement.refresh_from_db()
    assert (placement.state, placement.version) == ("confirmed", 2)
    assert placement.events.count() == 1


def test_the_last_seat_is_pinned_once():
    slot = factories.slot.make(capacity_max=1)
    by = factories.coordinator(of=slot.intake.program.owner)
    calls = [
        lambda application=application: pins.pin(
            application=application, slot=slot, by=by, reason="Agreed.", now=NOW
        )
        for application in factories.application.make(
            _quantity=WRITERS, intake=slot.intake
        )
    ]
    answers = at_once(*calls)
    codes = [answer.code for answer in answers if isinstance(answer, Refusal)]
    assert codes == ["no-seat"] * (WRITERS - 1)
    assert Pin.objects.count() == 1


def test_hosts_who_use_one_code_at_once_all_succeed():
    """Nobody is refused, and plans call each slot by another name."""
    like = factories.slot.prepare(_save_related=True)
    left_out = {"id", "code", "known_as", "host", "state", "intake"}
    fields = {
        field.name: getattr(like, field.name)
        for field in Slot._meta.concrete_fields
        if field.name not in left_out
    }
    intake = factories.intake.make(state=IntakeState.OPEN)
    hosts = factories.institution.make(_quantity=WRITERS)
    calls = [
        lambda host=host: slots.propose(
            intake=Intake.objects.select_related("program").get(pk=intake.pk),
            host=host,
            by=SYSTEM,
            now=IN_TIME,
            code="L-1",
            **fields,
        )
        for host in hosts
    ]
    answers = at_once(*calls)
    assert all(isinstance(answer, Slot) for answer in answers), answers
    called = {slot.name for slot in Slot.objects.filter(code="L-1")}
    others = {f"{host.code}/L-1" for host in hosts}
    assert len(called) == WRITERS
    assert len(called & others) == WRITERS - 1
    assert "L-1" in called
