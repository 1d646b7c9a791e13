"""A season in the database: as many placements as are asked for, written at once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from api.models import InstitutionKey, Scope
from programs.choices import ApplicationState, PlacementState
from programs.models import (
    Application,
    Event,
    FundingLine,
    Participant,
    Placement,
    PlacementEvent,
    Preference,
    SkillClaim,
)
from tests import factories

NOW = datetime(2027, 6, 1, 3, tzinfo=UTC)
SLOTS = 100
SENDERS = 10
BATCH = 2_000
YEARS = (2027, 2028, 2029)
AMOUNT = Decimal(46_100_000)


def make(placements):
    """Fill an empty database; return (a key of a sender, the sender)."""
    senders = factories.institution.make(_quantity=SENDERS)
    skills = factories.skill.make(_quantity=3)
    slots = _slots(skills)
    home = {"citizenship": factories.indonesia(), "province": factories.region.make()}
    source, category = factories.funding_source.make(), factories.cost_category.make()
    for year in YEARS:
        factories.budget_line.make(
            source=source,
            category=category,
            fiscal_year=year,
            amount=AMOUNT * placements,
        )
    for first in range(0, placements, BATCH):
        numbers = range(first, min(first + BATCH, placements))
        people = [_person(number, senders, home) for number in numbers]
        sent = [_application(person, slots) for person in people]
        places = [_placement(row, slots) for row in sent]
        rows = [people, _claims(people, skills), sent, _wishes(sent, slots), places]
        rows += [_steps(places), _lines(places, source, category)]
        for batch in rows:
            type(batch[0]).objects.bulk_create(batch)
        _events(places)
    _key, secret = InstitutionKey.objects.create_key(
        name="speed", institution=senders[0], scopes=list(Scope.values[:1])
    )
    return secret, senders[0]


def _slots(skills):
    intake = factories.intake.make(state="decided")
    categories = factories.cost_category.make(_quantity=4)
    for category in categories:
        factories.cost_rule.make(program=intake.program, slot=None, category=category)
    host = factories.host.make()
    slots = factories.slot.make(
        _quantity=SLOTS, intake=intake, host=host, state="open", capacity_max=9_999
    )
    for slot in slots:
        for skill in skills[:2]:
            factories.skill_requirement.make(slot=slot, skill=skill)
        factories.cost_rule.make(slot=slot, program=None, category=categories[0])
    return slots


def _person(number, senders, home):
    sender = senders[number % SENDERS]
    return Participant(
        code=f"P-{number}",
        given_name="Suharti",
        family_name=f"No. {number}",
        birth_date=date(2001, 5, 20),
        sex="F",
        home_institution=sender,
        registered_by=sender,
        kkni=5,
        isced_f="0714",
        email=f"p{number}@example.org",
        nik="0011226005010001",
        **home,
    )


def _claims(people, skills):
    return [
        SkillClaim(participant=person, skill=skill, level=2)
        for person in people
        for skill in skills
    ]


def _application(person, slots):
    return Application(
        participant=person,
        intake=slots[0].intake,
        nominated_by=person.registered_by,
        state=ApplicationState.PLACED,
        merit_score=Decimal(70),
        submitted_at=NOW - timedelta(days=90),
    )


def _wishes(sent, slots):
    return [
        Preference(application=row, rank=rank, slot=slots[(place + rank) % SLOTS])
        for place, row in enumerate(sent)
        for rank in (1, 2, 3)
    ]


def _placement(row, slots):
    return Placement(
        application=row,
        slot=slots[int(row.participant.code[2:]) % SLOTS],
        state=PlacementState.ACCEPTED,
        version=2,
        offered_at=NOW - timedelta(days=30),
        expires_at=NOW - timedelta(days=16),
    )


def _steps(places):
    moves = [("", PlacementState.OFFERED), ("offered", PlacementState.ACCEPTED)]
    return [
        PlacementEvent(placement=row, from_state=left, to_state=to, at=NOW, by="key")
        for row in places
        for left, to in moves
    ]


def _lines(places, source, category):
    return [
        FundingLine(
            placement=row,
            category=category,
            source=source,
            fiscal_year=year,
            amount=AMOUNT,
        )
        for row in places
        for year in YEARS
    ]


def _events(places):
    events = Event.objects.bulk_create(
        [
            Event(
                kind="placement.accepted",
                object_type="placement",
                object_id=str(row.pk),
                at=NOW,
            )
            for row in places
        ]
    )
    concern = Event.institutions.through
    concern.objects.bulk_create(
        [
            concern(event=event, institution=row.application.nominated_by)
            for event, row in zip(events, places, strict=True)
        ]
    )
