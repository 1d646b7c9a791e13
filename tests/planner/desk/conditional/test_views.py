"""The page of conditional places: what each waits for, what is due, who decides."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from planner.mailing import answers
from programs.models import PlaceCondition
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("programs.clock.now", lambda: NOW)


def conditional(due_in=3, **values):
    condition = {"due_on": NOW.date() + timedelta(due_in)}
    return factories.place_condition.make(
        placement__application__state="placed", **condition | values
    )


@pytest.fixture
def condition():
    return conditional()


@pytest.fixture
def coordinator(client, condition):
    slot = condition.placement.slot
    client.force_login(factories.coordinator(of=slot.intake.program.owner))
    return client


def shown(client, query=""):
    return text(client.get(page("desk_conditional") + query))


def test_it_says_what_is_to_be_met_by_whom_and_when(coordinator, condition):
    told = shown(coordinator)
    person = condition.placement.application.participant
    assert person.full_name in told
    assert "Japanese at least A2" in told
    assert "3 days left" in told
    later = conditional(
        due_in=9, placement__slot__intake=condition.placement.slot.intake
    )
    assert "9 days left" in shown(coordinator)
    assert "9 days left" not in shown(coordinator, "?due=week")
    assert "9 days left" in shown(
        coordinator, f"?intake={later.placement.slot.intake_id}"
    )
    assert coordinator.get(page("desk_conditional") + "?intake=x").status_code == 404
    home = text(coordinator.get(page("index")))
    assert "1 conditional place has something to be met by" in home


def test_the_board_marks_and_counts_them(coordinator, condition):
    board = text(coordinator.get(page("desk_board") + "?state=offered"))
    assert "1 conditional place" in board
    assert "conditional until" in board
    PlaceCondition.objects.update(state="met", settled_at=NOW)
    assert "conditional" not in text(
        coordinator.get(page("desk_board") + "?state=offered")
    )


def test_a_coordinator_gives_more_time_and_waives(coordinator, condition):
    path = page("desk_condition_decide", condition.pk)
    later = condition.due_on + timedelta(days=7)
    for body, says in [
        ({"extend": "1", "due_on": later, "reason": ""}, "Give a reason"),
        ({"extend": "1", "due_on": "soon", "reason": "x"}, "Say until which day"),
        ({"extend": "1", "due_on": later, "reason": "x"}, "The place waits until"),
        ({"waive": "1", "reason": "y"}, "no longer waits for it"),
    ]:
        told = text(coordinator.post(path, body, follow=True))
        assert says in told
    condition.refresh_from_db()
    assert (condition.state, condition.due_on) == ("waived", later)
    assert "No place waits for anything" in shown(coordinator)


def test_partners_read_and_do_not_decide(client, condition):
    placement = condition.placement
    client.force_login(factories.partner(of=placement.application.nominated_by))
    told = shown(client)
    assert "Japanese at least A2" in told
    assert "Waive it" not in told
    path = page("desk_condition_decide", condition.pk)
    assert client.post(path, {"waive": "1", "reason": "x"}).status_code == 403
    client.force_login(factories.partner(of=factories.host.make()))
    assert "No place waits for anything" in shown(client)


def test_what_is_confidential_is_named_to_coordinators_alone(
    client, coordinator, condition
):
    factories.fact_definition.make(
        code="fit", kind="truth", is_sensitive=True, name_en="Medically fit"
    )
    PlaceCondition.objects.update(condition='fact("fit")')
    assert "Medically fit" in shown(coordinator)
    client.force_login(
        factories.partner(of=condition.placement.application.nominated_by)
    )
    told = shown(client)
    assert "Medically fit" not in told
    assert "kept confidential" in told


def test_the_person_reads_what_has_to_be_met_in_both_languages(condition):
    placement = condition.placement
    stands = {
        "application": placement.application,
        "placements": list(
            type(placement)
            .objects.prefetch_related(answers.WAITS_FOR)
            .select_related("slot__host")
        ),
        "waiting": [],
        "now": NOW,
    }
    [english] = answers.said(stands)["sentences"]
    assert "The place is conditional: by" in english
    assert "Japanese at least A2" in english
    with translation.override("id"):
        [indonesian] = answers.said(stands)["sentences"]
    assert "bersyarat" in indonesian
    assert "bahasa Jepang minimal A2" in indonesian


def test_the_tables_filter_finds_them(coordinator, condition):
    table = page("programs_placement_changelist")
    code = condition.placement.slot.code
    assert code in text(coordinator.get(f"{table}?conditional=yes"))
    assert code not in text(coordinator.get(f"{table}?conditional=no"))
    row = page("programs_placement_change", condition.placement_id)
    assert "Japanese at least A2" in text(coordinator.get(row))


def test_it_costs_the_same_for_one_and_three(coordinator, condition):
    def queries():
        with CaptureQueriesContext(connection) as found:
            shown(coordinator)
        return len(found)

    before = queries()
    for _each in range(2):
        conditional(placement__slot__intake=condition.placement.slot.intake)
    assert queries() == before
