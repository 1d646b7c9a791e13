"""Rows are judged each for itself, and written together."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.authentication import Principal
from api.bulk import rows
from api.models import InstitutionKey
from planner.models import BulkKind
from programs.choices import IntakeState
from programs.domain import applications, states
from programs.models import Application, Event, Intake, Participant
from tests.api.conftest import NOW

pytestmark = pytest.mark.django_db
PEOPLE, NOMINATIONS = BulkKind.PARTICIPANTS, BulkKind.NOMINATIONS


@pytest.fixture
def by(sender):
    """The sender, as a key."""
    return Principal(InstitutionKey.objects.get(institution=sender.institution))


def take(kind, sent, by):
    return rows.take(kind, sent, by=by, now=NOW)


@pytest.mark.parametrize("kind", [PEOPLE, NOMINATIONS])
def test_a_batch_costs_the_same_for_three_rows_and_for_thirty(
    kind, by, people, nominations
):
    def cost(count, first):
        sent = people(count, first) if kind == PEOPLE else nominations(count)
        with CaptureQueriesContext(connection) as captured:
            outcomes = take(kind, sent, by)
        assert {outcome.status for outcome in outcomes} == {201}
        return len(captured)

    cost(1, 0)
    assert cost(3, 10) == cost(30, 100) <= 35


def test_people_are_registered_with_their_lists_and_told_of(by, people, sender):
    outcomes = take(PEOPLE, people(2), by)
    person = Participant.objects.get(pk=outcomes[1].made)
    assert person.code == "P-1"
    assert person.registered_by == sender.institution
    assert person.skill_claims.count() == person.language_certificates.count() == 1
    assert Event.objects.filter(kind="participant.registered").count() == 2


def test_each_row_of_people_is_refused_for_what_is_wrong_with_it(by, people):
    sent = people(6)
    sent[0]["citizenship"] = "XX"
    sent[1]["skills"][0] = {"framework": "TEP", "code": "NONE", "level": 2}
    sent[2]["languages"][0] = {**sent[2]["languages"][0], "band": "N9"}
    sent[4]["nickname"] = "Har"
    outcomes = take(PEOPLE, [*sent, None, 7, "x"], by)
    wanted = [400, 400, 400, 201, 400, 201, 400, 400, 400]
    assert [each.status for each in outcomes] == wanted
    where = [each.problem and each.problem["errors"][0]["pointer"] for each in outcomes]
    assert where[:3] == ["/citizenship", "/skills/0/code", "/languages/0/band"]
    assert where[4] == "/nickname"


def test_two_rows_of_one_code_are_one_person(by, people):
    sent = [*people(1), *people(1)]
    first, second = take(PEOPLE, sent, by)
    assert (first.status, second.status) == (201, 409)
    assert second.problem["type"] == "/problems/duplicate"


def test_nominations_are_made_with_their_wishes(by, nominations):
    sent = nominations(2)
    outcomes = take(NOMINATIONS, sent, by)
    wishes = Application.objects.get(pk=outcomes[0].made).preferences.order_by("rank")
    assert [str(wish.slot_id) for wish in wishes] == sent[0]["preferences"]


def test_what_is_anothers_does_not_exist_in_a_list_either(by, nominations):
    [row] = nominations(1)
    Participant.objects.update(registered_by=Intake.objects.get().program.owner)
    [outcome] = take(NOMINATIONS, [row], by)
    assert outcome.status == 400
    assert outcome.problem["errors"][0]["pointer"] == "/participant"


@pytest.mark.parametrize("wrong", [7, None, "x", "\0", {"a": 1}])
@pytest.mark.parametrize("field", ["participant", "intake", "preferences"])
def test_any_value_in_the_place_of_an_id_is_refused(by, nominations, field, wrong):
    [row] = nominations(1)
    row[field] = [wrong] if field == "preferences" else wrong
    [outcome] = take(NOMINATIONS, [row], by)
    assert outcome.status == 400
    assert outcome.problem["errors"][0]["pointer"].startswith(f"/{field}")


def test_the_same_wish_twice_is_pointed_at(by, nominations):
    [row] = nominations(1)
    row["preferences"] = [row["preferences"][0]] * 2
    [outcome] = take(NOMINATIONS, [row], by)
    assert outcome.problem["errors"][0]["pointer"] == "/preferences/1"


def test_where_somebody_was_quicker_each_row_is_tried_by_itself(
    by, nominations, monkeypatch
):
    """A refusal of the whole batch sends back the row that caused it, and no other."""
    sent = nominations(3)
    caught = sent[1]["participant"]
    write = applications.submit_many

    def overtaken(*, entries, **more):
        people = {str(entry.application.participant_id) for entry in entries}
        if caught in people:
            raise states.changed_meanwhile()
        return write(entries=entries, **more)

    kind = rows.KINDS[NOMINATIONS]
    changed = replace(kind, write=overtaken)
    monkeypatch.setitem(rows.KINDS, NOMINATIONS, changed)
    outcomes = take(NOMINATIONS, sent, by)
    assert [outcome.status for outcome in outcomes] == [201, 412, 201]
    assert Application.objects.count() == 2


def test_a_closed_intake_takes_no_row(by, nominations):
    sent = nominations(2)
    Intake.objects.update(state=IntakeState.CLOSED)
    assert [each.status for each in take(NOMINATIONS, sent, by)] == [409, 409]
