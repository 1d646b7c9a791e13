"""One request that comes twenty times at once acts once, and all hear what it did."""

from collections import Counter

import pytest

from api.models import IdempotencyRecord, InstitutionKey, WebhookEndpoint
from programs.choices import SkillEvidence
from programs.domain import transcripts
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent, Participant, Placement, SkillAchieved
from tests import factories
from tests.api.conftest import Caller
from tests.planner.allocation.worlds import NOW

from .acts import Act, meet

AT_ONCE = 20


def two_keys(world):
    """Give an institution two API keys, as while one is replaced by the other."""
    world.home = factories.institution.make()
    world.secrets = [
        InstitutionKey.objects.create_key(
            name="key", institution=world.home, scopes=["nominate"]
        )[1]
        for _number in range(2)
    ]
    world.body = {
        "code": "001",
        "given_name": "Suharti",
        "birth_date": "2001-05-20",
        "sex": "F",
        "citizenship": factories.country.make().pk,
        "home_institution": str(world.home.pk),
        "kkni": 5,
        "isced_f": "0714",
    }


@pytest.fixture
def world(prepare):
    """Return a world with an institution and its keys."""
    return prepare(two_keys)


def at_once(world, path, body):
    """Send a request many times at the same moment, by either key in turn."""

    def send(secret):
        caller = Caller(secret)
        return lambda: caller.send("post", path, body, Idempotency_Key="once")

    acts = [Act(send(world.secrets[n % 2])) for n in range(AT_ONCE)]
    answers = [act.end().answer for act in acts]
    assert [act.error for act in acts if act.error] == []
    return answers


def test_a_person_is_registered_once(world):
    answers = at_once(world, "participants/", world.body)
    assert Counter(answer.status_code for answer in answers) == {201: AT_ONCE}
    assert len({answer.json()["id"] for answer in answers}) == 1
    first = [each for each in answers if "Idempotency-Replayed" not in each]
    assert len(first) == 1
    assert Participant.objects.filter(code="001").count() == 1
    registered = AuditEvent.objects.filter(action="participants.register")
    assert registered.count() == 1
    assert IdempotencyRecord.objects.count() == 1


def test_a_secret_is_shown_once(world):
    body = {"url": "https://partner.example/hook"}
    answers = at_once(world, "webhook-endpoints/", body)
    assert Counter(answer.status_code for answer in answers) == {201: AT_ONCE}
    secrets = [answer.json()["secret"] for answer in answers]
    assert secrets.count(None) == AT_ONCE - 1
    assert WebhookEndpoint.objects.get().secret in secrets


def an_arrived_stay(world):
    """Somebody who has arrived, and a skill to write down."""
    world.skill = factories.skill.make()
    world.stay = factories.placement.make(state="arrived")


def test_two_who_write_a_transcript_replace_it_one_after_the_other(prepare):
    """Held by the claim of the person: without it both insert the same skill."""
    world = prepare(an_arrived_stay)
    line = {"skill": world.skill, "level": 2, "evidence": SkillEvidence.CERTIFICATE}

    def write():
        stay = Placement.objects.get(pk=world.stay.pk)
        return transcripts.record(placement=stay, lines=[line], by=SYSTEM, now=NOW)

    acts = meet(write, before='INSERT INTO "programs_skillachieved"', second=write)
    assert [act.error for act in acts] == [None, None]
    assert SkillAchieved.objects.filter(placement=world.stay.pk).count() == 1
