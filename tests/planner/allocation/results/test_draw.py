"""Who of people exactly alike has a place is what anybody can draw again."""

import hashlib

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from planner.allocation.results import draw
from planner.models.fairness_words import sentences
from planner.models.reason_words import for_participant, for_planner
from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent
from tests.planner.allocation.worlds import NOW, places
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def close(intake):
    """Let the trail say that an intake is closed, and return the hash of the entry."""
    closed = {"by": SYSTEM, "action": AuditAction.INTAKES_CLOSED, "now": NOW}
    audit.record(obj=intake, data={}, **closed)
    return AuditEvent.objects.order_by("-sequence")[0].hash


@pytest.fixture
def twins(world):
    """Six people exactly alike and one better; three seats."""
    world.seat = world.slot(seats=3)
    world.best = world.person(world.seat, merit=90)
    world.alike = [world.person(world.seat, merit=50) for _ in range(6)]
    return world


def test_the_lowest_lots_have_the_places(twins, plan, client, capsys):
    seed = close(twins.intake)
    close(twins.intake)  # Once more changes nothing: the first closing counts.
    run = plan()
    order = sorted(
        (hashlib.sha256(f"{seed}:{each.pk}".encode()).hexdigest(), each.pk)
        for each in twins.alike
    )
    assert set(places(run)) == {twins.best.pk, *(pk for _lot, pk in order[:2])}
    told = run.summary["fairness"]["draw"]
    assert told["seeds"] == [{"intake": twins.intake.code, "hash": seed}]
    assert (told["groups"], told["people"]) == (1, 6)
    lost = [row.reasons[0] for row in run.unplaced.all()]
    assert [each["drawn"] for each in lost] == [{"alike": 6, "placed": 2}] * 4
    assert "2 of 6 exactly alike" in for_planner(lost[0])
    assert "a public draw decided" in for_participant(lost[0])
    assert "6" not in for_participant(lost[0]).replace(twins.seat.code, "")
    client.force_login(twins.planner)
    shown = text(client.get(page("desk_run", run.pk)))
    assert "6 people or teams are exactly alike" in shown
    with translation.override("id"):
        assert any("undian" in each for each in sentences(run.summary["fairness"]))
    call_command("verify_draw", str(run.number))
    printed = capsys.readouterr().out
    assert "As drawn: 1 groups" in printed
    assert [line.split()[1] for line in printed.split("\n\n")[1].splitlines()[:6]] == [
        str(pk) for _lot, pk in order
    ]
    call_command("replay", str(run.number))
    assert "Same plan: yes" in capsys.readouterr().out


def test_a_plan_that_is_not_as_drawn_is_told(twins, plan, monkeypatch):
    """Dealt out by lots the other way round, the plan is as good, and not as drawn."""
    close(twins.intake)
    lots = draw.lots
    last = 16**64
    with monkeypatch.context() as patch:
        patch.setattr(
            draw,
            "lots",
            lambda *given: [f"{last - int(lot, 16):064x}" for lot in lots(*given)],
        )
        run = plan()
    with pytest.raises(CommandError, match="not as the draw decides"):
        call_command("verify_draw", str(run.number))


def test_without_a_closing_nothing_is_drawn_and_that_is_said(twins, plan):
    run = plan()
    told = run.summary["fairness"]
    assert told["draw"]["groups"] == 0
    assert "No draw in 1 of 1 intakes" in " ".join(sentences(told))
    assert not any("drawn" in row.reasons[0] for row in run.unplaced.all())
