"""Stays that were made or given up, as conditions ask for them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from programs.models import Slot
from tests import factories

from .answers import FIRST, LAST, answer, stay

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("completed", "yes"),
        ("completed(this program)", "yes"),
        ('completed(program "other")', "no"),
        ("completed(in JP)", "yes"),
        ("completed(this country this kind)", "yes"),
        ("completed(in MY)", "no"),
        ("completed(kind training)", "no"),
        ("completed(this host)", "no"),
        ("completed on 2026-12-31", "no"),
        ("completed on 2027-01-01", "yes"),
        ("completed(within 91 days)", "yes"),
        ("completed(within 90 days)", "no"),
        ("completed(within 4 months)", "yes"),
        ("completed(within 3 months)", "no"),
        ("stays = 1", "yes"),
        ("days_since = 91", "yes"),
        ("days_since(this country) < 92", "yes"),
        ("days_since(in MY) >= 40000", "yes"),
        ("dropped = 0", "yes"),
    ],
)
def test_history_comes_from_the_records(person, text, expected):
    stay(person, ends=date(2026, 12, 31), country=factories.japan())
    assert (FIRST - date(2026, 12, 31)).days == 91
    assert answer(text) == expected


def test_a_stay_that_ended_early_ends_when_it_was_reported(person):
    placement = stay(person, ends=FIRST - timedelta(5), state="ended_early")
    factories.placement_event.make(
        placement=placement, to_state="ended_early", on=FIRST - timedelta(60)
    )
    assert answer("days_since = 60") == "yes"
    assert answer("dropped = 1 and not completed") == "yes"


def given_up(person, state, *, was, on=None, program="titp-2"):
    """A stay of years to come that somebody did not make, or not to its end."""
    placement = stay(person, ends=LAST, state=state, program=program)
    Slot.objects.filter(pk=placement.slot_id).update(starts_on=date(2026, 9, 1))
    factories.placement_event.make(
        placement=placement,
        from_state=was,
        to_state=state,
        on=on,
        at=datetime(2026, 10, 1, tzinfo=UTC),
    )
    return placement


@pytest.mark.parametrize(
    ("state", "was", "on", "expected"),
    [
        ("no_show", "departed", date(2026, 9, 5), 208),
        ("no_show", "confirmed", None, 212),
        ("ended_early", "arrived", date(2026, 12, 1), 121),
        ("declined", "accepted", None, 182),
        ("declined", "confirmed", None, 182),
    ],
)
def test_a_place_is_given_up_on_its_day_and_not_when_it_was_to_end(
    person, state, was, on, expected
):
    given_up(person, state, was=was, on=on)
    assert answer("dropped = 1") == "yes"
    assert answer(f"dropped(within {expected} days) = 1") == "yes"
    assert answer(f"dropped(within {expected - 1} days) = 0") == "yes"
    assert answer("stays = 0 and not completed") == "yes"


def test_an_offer_declined_and_what_others_called_off_is_not_given_up(person):
    given_up(person, "declined", was="offered")
    assert answer("dropped = 0") == "yes"
    step = given_up(person, "declined", was="accepted", program="titp-3")
    factories.placement.make(application=step.application, state="rejected")
    assert answer("dropped = 0") == "yes"


def test_stays_of_another_registration_of_the_same_human_count(person):
    twin = factories.participant.make(nik_hash="x", registered_by__name="Elsewhere")
    stay(twin, ends=date(2026, 12, 31))
    assert answer("completed") == "no"
    person.nik_hash = "x"
    person.save()
    assert answer("completed") == "yes"
