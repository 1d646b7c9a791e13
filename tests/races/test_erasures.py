"""What is written about somebody who is erased comes before and goes, or is refused."""

from datetime import date

import pytest

from programs.choices import ApplicationState, Purpose, RightsKind
from programs.domain import applications, consents, personal_data, rights
from programs.domain.traces import GONE
from programs.models import Application, Consent, Participant, RightsRequest
from tests import factories

from .acts import meet
from .rounds import IN_TIME
from .test_scarce_things import refusals
from .worlds import again, user

ERASURE = 'UPDATE "programs_participant"'
"""What an erasure does after it has looked at what there is about the person."""


def somebody(world):
    """Register somebody whom nobody has nominated, while an intake is open."""
    world.open = world.add_intake(state="open")
    world.by = factories.coordinator(of=world.program.owner)
    world.who = factories.participant.make(
        registered_by=world.program.owner, given_name="Zulkarnain"
    )


@pytest.fixture
def world(prepare):
    """Return the world of somebody."""
    return prepare(somebody)


def erasing(world):
    return lambda: personal_data.erase(
        participant=again(world.who), by=user(world.by), now=IN_TIME
    )


def nominating(world):
    return lambda: applications.submit(
        participant=again(world.who),
        intake=again(world.open),
        by=user(world.by),
        now=IN_TIME,
        note="Zulkarnain asks for a ramp",
    )


def consenting(world):
    return lambda: consents.give(
        participant=again(world.who),
        purpose=Purpose.DISABILITY,
        given_on=date(2027, 1, 4),
        evidence="Form of Zulkarnain",
        by=user(world.by),
        now=IN_TIME,
    )


def asking(world):
    return lambda: rights.receive(
        participant=again(world.who),
        kind=RightsKind.ACCESS,
        words="Zulkarnain asks",
        by=user(world.by),
        now=IN_TIME,
    )


ACTS = {
    "a nomination": (nominating, 'INSERT INTO "programs_application"'),
    "a consent": (consenting, 'INSERT INTO "programs_consent"'),
    "a request": (asking, 'INSERT INTO "programs_rightsrequest"'),
}


@pytest.mark.parametrize("what", ACTS)
def test_what_came_first_goes_with_the_rest(world, what):
    """Held by the share of the person that who writes about them keeps."""
    act, before = ACTS[what]
    acts = meet(act(world), before=before, second=erasing(world))
    assert refusals(*acts) == []
    nothing_is_left(world)


@pytest.mark.parametrize("what", ACTS)
def test_what_comes_second_is_refused_in_words(world, what):
    """Held by looking at the person again once they are kept."""
    act, _before = ACTS[what]
    acts = meet(erasing(world), before=ERASURE, second=act(world))
    assert refusals(*acts) == ["erased"]
    nothing_is_left(world)


def nothing_is_left(world):
    person = Participant.objects.get(pk=world.who.pk)
    assert person.erased_at is not None
    for application in Application.objects.filter(participant=person):
        assert (application.state, application.note) == (ApplicationState.WITHDRAWN, "")
    assert {row.evidence for row in Consent.objects.all()} <= {GONE}
    assert {row.words for row in RightsRequest.objects.all()} <= {""}
