"""Transcripts: what a stay gave, and what the person can do afterwards."""

from datetime import UTC, datetime

import pytest

from programs.choices import PlacementState, SkillEvidence
from programs.domain import transcripts
from programs.models import SkillClaim
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2028, 3, 20, 3, tzinfo=UTC)


@pytest.fixture
def stay():
    """A placement whose person has arrived."""
    return factories.placement.make(state=PlacementState.ARRIVED)


@pytest.fixture
def host(stay):
    """Somebody who works for the host."""
    return factories.partner(of=stay.slot.host)


def line(skill, level):
    return {"skill": skill, "level": level, "evidence": "final test"}


def test_the_last_transcript_replaces_the_one_before(stay, host):
    old, new = factories.skill.make(), factories.skill.make()
    transcripts.record(placement=stay, lines=[line(old, 2)], by=host, now=NOW)
    rows = transcripts.record(placement=stay, lines=[line(new, 3)], by=host, now=NOW)
    assert [(row.skill, row.level) for row in rows] == [(new, 3)]


def test_a_skill_achieved_becomes_the_persons_claim(stay, host):
    skill = factories.skill.make()
    transcripts.record(placement=stay, lines=[line(skill, 3)], by=host, now=NOW)
    claim = SkillClaim.objects.get()
    assert claim.participant == stay.application.participant
    assert (claim.level, claim.evidence) == (3, SkillEvidence.HOST)


def test_a_transcript_never_lowers_a_claim(stay, host):
    person = stay.application.participant
    claim = factories.skill_claim.make(participant=person, level=4)
    transcripts.record(placement=stay, lines=[line(claim.skill, 2)], by=host, now=NOW)
    claim.refresh_from_db()
    assert claim.level == 4


def test_before_arrival_there_is_no_transcript(host, stay):
    stay.state = PlacementState.CONFIRMED
    with pytest.raises(Refusal) as refused:
        transcripts.record(placement=stay, lines=[], by=host, now=NOW)
    assert refused.value.code == "no-stay"


def test_a_skill_twice_is_refused(stay, host):
    skill = factories.skill.make()
    with pytest.raises(Refusal) as refused:
        transcripts.record(
            placement=stay, lines=[line(skill, 1), line(skill, 2)], by=host, now=NOW
        )
    assert refused.value.code == "skill-twice"


def test_only_the_host_writes(stay):
    sender = factories.partner(of=stay.application.nominated_by)
    with pytest.raises(Refusal):
        transcripts.record(placement=stay, lines=[], by=sender, now=NOW)
