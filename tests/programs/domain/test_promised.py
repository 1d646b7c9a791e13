"""A rule that would keep out who was promised a place changes for a reason."""

import csv
import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs import transfer
from programs.choices import ImportKind, IntakeState, RequirementKind
from programs.domain import promised, slots
from programs.models import AuditEvent, Placement, Program, Slot
from programs.refusals import Refusal
from tests import factories
from tests.programs.admin.test_verbs import address, filled
from tests.programs.transfer.conftest import as_csv

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 1, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place():
    """An offer of a decided intake to somebody of KKNI level 5."""
    place = factories.placement.make(
        slot=factories.slot.make(min_kkni=4), state="offered"
    )
    place.slot.intake.state = IntakeState.DECIDED
    place.slot.intake.save()
    return place


@pytest.fixture
def officer(place):
    return factories.coordinator(of=place.slot.intake.program.owner)


def test_a_change_that_keeps_somebody_out_names_the_person_and_asks_why(place, officer):
    before = Slot.history.count()
    with pytest.raises(Refusal) as refused:
        slots.update(slot=place.slot, by=officer, now=NOW, min_kkni=6)
    assert refused.value.code == "promised-kept-out"
    assert refused.value.field == "reason"
    assert f"pass: {place.application.participant}." in str(refused.value)
    assert Slot.objects.get().min_kkni == 4
    assert Slot.history.count() == before


def test_who_may_not_see_the_person_reads_only_how_many(place, officer):
    """A host sees people once they accept; of others' nothing."""
    host = factories.partner(of=place.slot.host)
    person = place.application.participant

    def refused():
        with pytest.raises(Refusal) as told:
            slots.update(slot=place.slot, by=host, now=NOW, min_kkni=6)
        return str(told.value)

    place.slot.intake.state = IntakeState.OPEN
    place.slot.intake.save()
    for name in (person.code, person.given_name):
        assert name not in refused()
    assert "1 person" in refused()
    other = factories.placement.make(slot=place.slot, state="accepted")
    assert f"{other.application.participant} and 1 more" in refused()


def test_with_a_reason_it_is_done_and_the_trail_keeps_it(place, officer):
    slots.update(slot=place.slot, by=officer, now=NOW, min_kkni=6, reason=" Law 5. ")
    assert Slot.objects.get().min_kkni == 6
    entry = AuditEvent.objects.get(action="slots.update")
    assert entry.data == {"changed": ["min_kkni"], "reason": "Law 5."}
    assert Placement.objects.get().state == "offered"


@pytest.mark.parametrize(
    "harmless", [{"min_kkni": 5}, {"note": "Bring shoes."}, {"capacity_max": 40}]
)
def test_who_still_passes_asks_for_nothing(place, officer, harmless):
    slots.update(slot=place.slot, by=officer, now=NOW, **harmless)


def test_who_did_not_pass_before_is_not_kept_out_by_the_change(place, officer):
    Slot.objects.update(min_kkni=7)
    place.slot.refresh_from_db()
    slots.update(slot=place.slot, by=officer, now=NOW, min_kkni=8)


def test_who_has_departed_or_declined_is_not_asked_about(place, officer):
    Placement.objects.update(state="declined")
    slots.update(slot=place.slot, by=officer, now=NOW, min_kkni=6)


def test_a_skill_more_counts_as_a_rule(place, officer):
    line = {
        "skill": factories.skill.make(),
        "kind": RequirementKind.REQUIRED,
        "level": 4,
    }
    with pytest.raises(Refusal, match="would no longer pass"):
        slots.update(slot=place.slot, by=officer, now=NOW, requirements=[line])
    assert not place.slot.skill_requirements.exists()


def test_the_queries_do_not_grow_with_the_people(place, officer):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            out = promised.kept_out(
                [place.slot.pk], lambda: Slot.objects.update(min_kkni=9)
            )
        return len(seen), sum(map(len, out.values()))

    once = queries()
    factories.placement.make(slot=place.slot, state="accepted")
    factories.placement.make(slot=place.slot, state="confirmed")
    assert queries() == (once[0], 3)
    assert once[1] == 1


def test_the_desk_asks_at_the_field_and_keeps_the_reason(client, place, officer):
    client.force_login(officer)
    url = address(Slot, place.slot)
    answer = client.post(url, filled(client, url, min_kkni=6))
    assert answer.status_code == 200
    (error,) = answer.context["adminform"].form.errors["reason"]
    assert str(place.application.participant) in error
    answer = client.post(url, filled(client, url, min_kkni=6, reason="Law 5."))
    assert answer.status_code == 302, answer.context["errors"]
    entry = AuditEvent.objects.get(action="slots.update")
    assert entry.data == {"changed": ["min_kkni"], "reason": "Law 5."}


def test_a_skill_added_on_the_desk_is_not_saved_without_a_reason(
    client, place, officer
):
    client.force_login(officer)
    url = address(Slot, place.slot)
    line = {
        "skill_requirements-TOTAL_FORMS": 1,
        "skill_requirements-0-skill": factories.skill.make().pk,
        "skill_requirements-0-kind": RequirementKind.REQUIRED,
        "skill_requirements-0-level": 4,
    }
    client.post(url, filled(client, url, **line))
    assert not place.slot.skill_requirements.exists()
    client.post(url, filled(client, url, **line, reason="The host asks for it."))
    assert place.slot.skill_requirements.count() == 1


def test_a_programs_rule_is_held_to_the_same(client, place, officer):
    client.force_login(officer)
    program = place.slot.intake.program
    url = address(Program, program)
    answer = client.post(url, filled(client, url, min_kkni=8))
    assert answer.status_code == 200
    assert f"pass: {place.application.participant}." in answer.content.decode()
    answer = client.post(url, filled(client, url, min_kkni=8, reason="Decree 3."))
    assert answer.status_code == 302, answer.context["errors"]
    entry = AuditEvent.objects.filter(object_type="program").get()
    assert entry.data["reason"] == "Decree 3."
    assert "reason" not in entry.data["fields"]


def test_a_file_brings_the_reason_it_is_taken_for(client, place, officer):
    content = transfer.export(ImportKind.SLOTS, "csv", by=officer, now=NOW)
    (line,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    changed = as_csv([line | {"min_kkni": "6"}])

    def bring(reason):
        return transfer.check(
            ImportKind.SLOTS, changed, filename="x", by=officer, now=NOW, reason=reason
        )

    (bad,) = bring("").bad
    (problem,) = bad.problems
    person = place.application.participant
    assert problem.params == {"count": 1, "places": [str(place.pk)]}
    assert "a reason for the change" in problem.expectation
    report = transfer.check(
        ImportKind.SLOTS, changed, filename="x", by=officer, now=NOW
    )
    client.force_login(officer)
    url = reverse("admin:desk_import_batch", args=[report.batch.pk])
    assert str(person) in client.get(url).content.decode()
    report = bring("Law 5.")
    assert not report.bad
    transfer.apply(report.batch, digest=report.digest, by=officer, now=NOW)
    assert Slot.objects.get().min_kkni == 6
    entry = AuditEvent.objects.get(action="slots.update")
    assert entry.data == {"changed": ["min_kkni"], "reason": "Law 5."}
