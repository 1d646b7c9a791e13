"""A conditional place: noted, met, reopened, extended, waived, and lost in time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.choices import ApplicationState, PlacementState
from programs.domain import (
    audit,
    facts,
    invariants,
    participants,
    place_conditions,
    placements,
)
from programs.domain.actors import SYSTEM
from programs.models import (
    AuditEvent,
    Event,
    FactDefinition,
    PlaceCondition,
    Placement,
)
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
RULE = "kkni >= 5 and language(ja) >= A2 by 2027-03-01 at 80%"
DUE = date(2027, 3, 1)
NOW = datetime(2027, 2, 20, 3, tzinfo=UTC)
LAST_MINUTE = datetime(2027, 3, 1, 16, 59, tzinfo=UTC)
"""In Jakarta: a minute before the day by which it is to be met is over."""
OVER = LAST_MINUTE + timedelta(minutes=1)


def offer(condition=RULE, **values):
    slot = values.pop("slot", None) or factories.slot.make(
        condition=condition, intake__time_zone="Asia/Jakarta"
    )
    application = factories.application.make(
        intake=slot.intake, state=ApplicationState.SUBMITTED, **values
    )
    place = factories.placement.prepare(
        slot=slot,
        application=application,
        offered_at=NOW,
        expires_at=NOW + timedelta(days=60),
    )
    return placements.offer_many(placements=[place], by=SYSTEM, now=NOW)[0]


@pytest.fixture
def place():
    """A place offered to somebody without the certificate that it asks for."""
    return offer()


@pytest.fixture
def condition(place):
    return place.conditions.get()


@pytest.fixture
def coordinator(place):
    return factories.coordinator(of=place.slot.intake.program.owner)


def certify(place, cefr="A2"):
    """Record a certificate as the sender does."""
    line = {
        "language": "ja",
        "test": "JFT-Basic",
        "band": "220",
        "scale_version": "2025",
        "cefr": cefr,
        "taken_on": date(2027, 1, 10),
    }
    participants.update(
        participant=place.application.participant,
        by=factories.coordinator(),
        now=NOW,
        languages=[line],
    )


def states(place):
    place.refresh_from_db()
    return place.state, [each.state for each in place.conditions.all()]


def told(place):
    """Return what the trail and the outbox say of a place, the offer aside."""
    actions = AuditEvent.objects.filter(object_id=str(place.pk)).order_by("sequence")
    kinds = Event.objects.filter(object_id=place.pk).order_by("sequence")
    return (
        list(actions.values_list("action", flat=True))[1:],
        list(kinds.values_list("kind", flat=True))[1:],
    )


def test_an_offer_notes_what_the_person_has_yet_to_meet(place):
    row = place.conditions.get()
    assert (row.condition, row.due_on, row.chance) == ("language(ja) >= A2", DUE, 80)
    assert list(Placement.objects.conditional()) == [place]
    assert invariants.check(now=NOW) == []


def test_who_meets_everything_has_a_firm_place():
    assert not offer("kkni >= 5 by 2027-03-01", participant__kkni=6).conditions.exists()


def test_what_is_recorded_in_time_makes_the_place_firm(place):
    certify(place)
    assert states(place) == ("offered", ["open"])
    place_conditions.look(now=LAST_MINUTE)
    assert states(place) == ("offered", ["met"])
    place_conditions.look(now=OVER + timedelta(days=3))
    assert states(place) == ("offered", ["met"])
    assert told(place) == (
        ["placements.condition_met"],
        ["placement.condition_changed"],
    )
    assert not Placement.objects.conditional().exists()


def test_less_than_what_is_asked_changes_nothing(place):
    certify(place, cefr="A1")
    place_conditions.look(now=LAST_MINUTE)
    assert states(place) == ("offered", ["open"])


def test_the_place_lapses_when_its_day_is_over(place):
    assert place_conditions.look(now=LAST_MINUTE) == []
    assert states(place) == ("offered", ["open"])
    for now in (OVER, OVER + timedelta(hours=1)):
        place_conditions.look(now=now)
    assert states(place) == ("lapsed", ["lapsed"])
    assert told(place) == (["placements.lapsed"], ["placement.lapsed"])
    place.application.refresh_from_db()
    assert place.application.state == ApplicationState.UNPLACED
    assert invariants.check(now=OVER) == []
    assert audit.verify_chain().ok


def test_the_day_is_over_where_the_intake_is_run():
    slot = factories.slot.make(condition=RULE, intake__time_zone="Pacific/Honolulu")
    far = offer(slot=slot)
    place_conditions.look(now=OVER)
    assert states(far) == ("offered", ["open"])
    place_conditions.look(now=datetime(2027, 3, 2, 10, tzinfo=UTC))
    assert states(far) == ("lapsed", ["lapsed"])


def test_what_was_recorded_before_the_look_counts_though_the_day_is_over(place):
    certify(place)
    place_conditions.look(now=OVER)
    assert states(place) == ("offered", ["met"])


def test_what_is_recorded_after_it_lapsed_is_too_late(place):
    place_conditions.look(now=OVER)
    certify(place)
    place_conditions.look(now=OVER)
    assert states(place) == ("lapsed", ["lapsed"])


def test_accepted_and_confirmed_places_lapse_too_and_nobody_leaves_before(place):
    placements.accept(placement=place, by=SYSTEM, now=NOW)
    placements.confirm(placement=place, by=SYSTEM, now=NOW)
    with pytest.raises(Refusal, match="has to be met by 1 March 2027") as refused:
        placements.depart(placement=place, by=SYSTEM, now=NOW)
    assert refused.value.code == "place-conditional"
    place_conditions.look(now=OVER)
    assert states(place) == ("lapsed", ["lapsed"])


def test_what_an_officer_has_to_confirm_counts_from_then_on():
    definition = factories.fact_definition.make(
        code="fit", kind="truth", is_verified=True
    )
    place = offer('fact("fit") by 2027-03-01')
    fact = factories.person_fact.make(
        participant=place.application.participant, definition=definition, value="yes"
    )
    place_conditions.look(now=LAST_MINUTE)
    assert states(place) == ("offered", ["open"])
    facts.verify(fact=fact, by=factories.coordinator(), now=LAST_MINUTE)
    place_conditions.look(now=LAST_MINUTE)
    assert states(place) == ("offered", ["met"])
    assert FactDefinition.objects.count() == 1


def test_evidence_that_is_withdrawn_reopens_it_until_the_day_is_over(place):
    certify(place)
    place_conditions.look(now=NOW)
    certify(place, cefr="A1")
    place_conditions.look(now=LAST_MINUTE)
    assert states(place) == ("offered", ["open"])
    assert told(place)[0] == [
        "placements.condition_met",
        "placements.condition_reopened",
    ]
    place_conditions.look(now=OVER)
    assert states(place) == ("lapsed", ["lapsed"])


def test_evidence_that_is_withdrawn_later_takes_no_place_away(place):
    certify(place)
    place_conditions.look(now=NOW)
    certify(place, cefr="A1")
    place_conditions.look(now=OVER)
    assert states(place) == ("offered", ["met"])


def test_a_coordinator_gives_more_time(place, condition, coordinator):
    later = DUE + timedelta(days=9)
    place_conditions.extend(
        condition=condition,
        due_on=later,
        reason="Late",
        by=coordinator,
        now=NOW,
    )
    place_conditions.look(now=OVER)
    assert states(place) == ("offered", ["open"])
    assert told(place)[0] == ["placements.condition_extended"]
    assert condition.reason == "Late"
    place_conditions.look(now=OVER + timedelta(days=9))
    assert states(place) == ("lapsed", ["lapsed"])


@pytest.mark.parametrize(
    ("days", "code"), [(0, "condition-day"), (-1, "condition-day"), (30, None)]
)
def test_the_new_day_is_later_and_before_the_stay(
    place, condition, coordinator, days, code
):
    assert place.slot.starts_on == date(2027, 4, 1)
    given = {"reason": "x", "by": coordinator, "now": NOW, "condition": condition}
    if code is None:
        place_conditions.extend(due_on=DUE + timedelta(days), **given)
        given["due_on"] = DUE + timedelta(days + 1)
    else:
        given["due_on"] = DUE + timedelta(days)
    with pytest.raises(Refusal) as refused:
        place_conditions.extend(**given)
    assert refused.value.code == "condition-day"


def test_a_coordinator_waives_it(place, condition, coordinator):
    place_conditions.waive(
        condition=condition, reason="Taught there", by=coordinator, now=NOW
    )
    place_conditions.look(now=OVER)
    assert states(place) == ("offered", ["waived"])
    assert told(place)[0] == ["placements.condition_waived"]
    assert invariants.check(now=OVER) == []
    with pytest.raises(Refusal) as refused:
        place_conditions.waive(condition=condition, reason="x", by=coordinator, now=NOW)
    assert refused.value.code == "condition-settled"


def test_nobody_else_gives_time_and_nobody_without_a_reason(
    place, condition, coordinator
):
    others = [
        factories.partner(of=place.application.nominated_by),
        factories.partner(of=place.slot.host),
        factories.planner(),
        factories.coordinator(),
    ]
    for by in others:
        with pytest.raises(Refusal) as refused:
            place_conditions.waive(condition=condition, reason="x", by=by, now=NOW)
        assert refused.value.code == "forbidden"
    with pytest.raises(Refusal) as refused:
        place_conditions.waive(condition=condition, reason=" ", by=coordinator, now=NOW)
    assert refused.value.code == "reason-missing"


def test_what_was_settled_meanwhile_is_not_given_more_time(
    place, condition, coordinator
):
    place_conditions.look(now=OVER)
    with pytest.raises(Refusal) as refused:
        place_conditions.extend(
            condition=condition,
            due_on=DUE + timedelta(9),
            reason="x",
            by=coordinator,
            now=NOW,
        )
    assert refused.value.code == "condition-settled"


def test_several_things_are_met_each_by_its_own_day():
    place = offer(
        "language(ja) >= A2 by 2027-03-01 and "
        '(score("JFT-Basic") >= 200 or free) by 2027-03-10 and sex = F'
    )
    assert [(row.condition, row.due_on) for row in place.conditions.all()] == [
        ("language(ja) >= A2", DUE)
    ]


def test_a_step_that_was_lost_leaves_the_one_that_has_begun():
    first = factories.slot.make(intake__time_zone="Asia/Jakarta")
    later = factories.slot.make(
        intake=first.intake,
        starts_on=first.ends_on,
        ends_on=first.ends_on + timedelta(200),
        condition="completed(this host) by 5 days before first_day",
        host=first.host,
    )
    way = factories.pathway.make(intake=first.intake)
    for position, slot in enumerate((first, later), start=1):
        factories.pathway_step.make(pathway=way, position=position, slot=slot)
    application = factories.application.make(intake=first.intake, state="submitted")
    begun, waiting = placements.offer_many(
        placements=[
            factories.placement.prepare(
                slot=slot,
                application=application,
                pathway=way,
                offered_at=NOW,
                expires_at=NOW + timedelta(60),
            )
            for slot in (first, later)
        ],
        by=SYSTEM,
        now=NOW,
    )
    assert [each.conditions.count() for each in (begun, waiting)] == [0, 1]
    for row in (begun, waiting):
        placements.accept(placement=row, by=SYSTEM, now=NOW)
        placements.confirm(placement=row, by=SYSTEM, now=NOW)
    start = datetime(2027, 4, 1, 6, tzinfo=UTC)
    for verb in (placements.depart, placements.arrive):
        verb(placement=begun, by=SYSTEM, now=start)
    over = datetime.combine(later.starts_on, start.time(), UTC) - timedelta(days=4)
    assert [row.pk for row in place_conditions.look(now=over)] == [waiting.pk]
    application.refresh_from_db()
    assert states(begun)[0] == PlacementState.ARRIVED
    assert application.state == ApplicationState.PLACED
    assert "placed_people_are_marked" not in {
        breach.promise for breach in invariants.check(now=over)
    }


def test_looking_costs_the_same_for_one_and_for_many():
    slot = factories.slot.make(
        condition=RULE, capacity_max=9, intake__time_zone="Asia/Jakarta"
    )
    offer(slot=slot)
    place_conditions.look(now=NOW)
    counts = []
    for _each in range(2):
        PlaceCondition.objects.update(looked_at=None)
        with CaptureQueriesContext(connection) as queries:
            place_conditions.look(now=NOW)
        counts.append(len(queries))
        for _more in range(3):
            offer(slot=slot)
    assert counts[0] == counts[1]


def test_broken_promises_are_found(place, condition):
    wanted = "conditional_places_wait_for_a_day"
    assert [b.promise for b in invariants.check(now=OVER + timedelta(days=1))] == [
        wanted
    ]
    Placement.objects.update(state="departed")
    found = {breach.promise for breach in invariants.check(now=NOW)}
    assert "who_has_left_has_a_firm_place" in found
    Placement.objects.update(state="lapsed")
    found = {breach.promise for breach in invariants.check(now=NOW)}
    assert "what_lapsed_was_not_met" in found
