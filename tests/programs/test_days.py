"""A day begins and ends at midnight in the zone of the intake."""

import re
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from programs.choices import IntakeState, PlacementState
from programs.days import day_of, is_open_on
from programs.domain import applications, placements
from programs.models import Intake
from programs.refusals import Refusal
from tests import factories

CLOSING = date(2026, 11, 15)
MIDNIGHT_IN_JAKARTA = datetime(2026, 11, 15, 17, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@contextmanager
def refused(code):
    """Expect a refusal with this code."""
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("Asia/Jakarta", 17), ("Asia/Jayapura", 15), ("Asia/Tokyo", 15), ("UTC", 24)],
)
def test_the_last_day_ends_at_midnight_there(zone, hour):
    intake = Intake(time_zone=zone, opens_on=CLOSING, closes_on=CLOSING)
    end = datetime(2026, 11, 15, tzinfo=UTC) + timedelta(hours=hour)
    assert is_open_on(intake, end - SECOND)
    assert not is_open_on(intake, end)
    begin = datetime(2026, 11, 14, tzinfo=UTC) + timedelta(hours=hour)
    assert is_open_on(intake, begin)
    assert not is_open_on(intake, begin - SECOND)


def test_without_an_intake_the_installation_counts(settings):
    settings.TIME_ZONE = "Asia/Jakarta"
    assert day_of(MIDNIGHT_IN_JAKARTA) == date(2026, 11, 16)


@pytest.mark.django_db
def test_nominations_are_taken_until_midnight_in_jakarta_and_no_longer():
    intake = factories.intake.make(
        state=IntakeState.OPEN, opens_on=CLOSING, closes_on=CLOSING
    )
    sender = factories.coordinator(of=intake.program.owner)

    def nominate(now):
        person = factories.participant.make()
        return applications.submit(
            participant=person, intake=intake, by=sender, now=now
        )

    assert nominate(MIDNIGHT_IN_JAKARTA - SECOND).pk
    assert nominate(MIDNIGHT_IN_JAKARTA - timedelta(days=1)).pk
    with refused("intake-not-open"):
        nominate(MIDNIGHT_IN_JAKARTA)
    with refused("intake-not-open"):
        nominate(MIDNIGHT_IN_JAKARTA - timedelta(days=1, seconds=1))


@pytest.mark.django_db
def test_no_stay_is_completed_before_it_began():
    placement = factories.placement.make(state=PlacementState.ARRIVED)
    host = factories.partner(of=placement.slot.host)
    first = placement.slot.starts_on
    midnight = datetime.combine(first, datetime.min.time(), tzinfo=UTC)
    with refused("stay-not-begun"):
        placements.complete(
            placement=placement, by=host, now=midnight - timedelta(hours=8)
        )
    placements.complete(placement=placement, by=host, now=midnight)
    assert placement.state == PlacementState.COMPLETED


def test_a_moment_becomes_a_day_in_one_place_only():
    by_itself = re.compile(
        r"now\.date\(\)|localdate\(|date\.today|localtime\(.*\.date\("
    )
    found = [
        str(path.relative_to(settings.BASE_DIR))
        for folder in ("programs", "planner", "api")
        for path in Path(settings.BASE_DIR, folder).rglob("*.py")
        if by_itself.search(path.read_text())
    ]
    assert found == []
