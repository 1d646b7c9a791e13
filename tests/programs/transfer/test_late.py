"""Who comes after an intake has closed: what a file takes then, and whose reason."""

import pytest

from programs.choices import IntakeState
from programs.domain import applications, sealing
from programs.models import Application, AuditEvent
from programs.refusals import Refusal
from tests import factories

from . import a_program
from .a_program import APPLICATIONS, NOW, close, fresh, late_row, submit
from .files import judged, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_program.make()


@pytest.mark.parametrize(
    ("state", "reason", "is_taken"),
    [
        (IntakeState.OPEN, "", True),
        (IntakeState.CLOSED, "", False),
        (IntakeState.CLOSED, "the post was late", True),
        (IntakeState.ALLOCATING, "the post was late", True),
        (IntakeState.ALLOCATING, "  ", False),
        (IntakeState.DRAFT, "the post was early", False),
        *(
            (state, "the minister asks", False)
            for state in (
                IntakeState.DECIDED,
                IntakeState.RUNNING,
                IntakeState.COMPLETED,
                IntakeState.CANCELLED,
            )
        ),
    ],
)
def test_who_comes_late_needs_a_reason_and_after_the_decision_nothing_helps(
    world, state, reason, is_taken
):
    close(world, state)
    rows = [late_row(world)]
    [verdict] = judged(APPLICATIONS, rows, by=world.by, now=NOW, reason=reason)
    assert verdict.is_good is is_taken
    if not is_taken:
        with pytest.raises(Refusal) as refused:
            submit(world, reason)
        assert refused.value.code == "intake-not-open"
        return
    taken(APPLICATIONS, rows, by=world.by, now=NOW, reason=reason)
    entry = AuditEvent.objects.get(action="applications.submit")
    told = sealing.opened(entry)
    assert told.get("reason", "") == reason
    assert Application.objects.get(participant__code="P-2").state == "submitted"


def test_a_sender_gives_no_reason(world):
    close(world)
    partner = factories.partner(of=world.application.nominated_by)
    with pytest.raises(Refusal) as refused:
        applications.set_preferences(
            application=fresh(world).application,
            preferences=[world.other],
            by=partner,
            now=NOW,
            reason="please",
        )
    assert refused.value.code == "intake-not-open"
