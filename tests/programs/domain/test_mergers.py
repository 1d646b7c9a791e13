"""Two registrations of one human become one: what moves, clashes, ends, comes back."""

from datetime import date

import pytest

from programs.audit_actions import AuditAction
from programs.choices import ApplicationState, Purpose
from programs.domain import (
    applications,
    audit,
    consents,
    invariants,
    mergers,
    merging,
    participants,
    personal_data,
    twins,
)
from programs.domain.merging import GONE, KEPT
from programs.models import Application, AuditEvent, Event, Merger, Participant
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.programs.domain.test_humans import NIK, register

pytestmark = pytest.mark.django_db
WHILE_OPEN = NOW.replace(month=1, day=10)


@pytest.fixture
def officer():
    return factories.administrator()


@pytest.fixture
def two(officer):
    """One human of two institutions: a NIK here, a passport and a skill there."""
    kept = register(officer, "A", nik=NIK, email="a@example.org")
    gone = register(officer, "B", passport="A1234567", given_name="Sitti")
    twins.join(people=[kept, gone], by=officer, reason="one card", now=NOW)
    return [Participant.objects.get(pk=each.pk) for each in (kept, gone)]


def merge(two, officer, choices=None, **more):
    kept, gone = two
    return mergers.merge(
        kept=kept,
        gone=gone,
        choices={"name": KEPT} | (choices or {}) | {"home_institution": KEPT},
        by=officer,
        reason="the same card",
        now=NOW,
        **{"is_agreed": True} | more,
    )


def fresh(*people):
    return [Participant.objects.get(pk=each.pk) for each in people]


def state(*people):
    """Return every row of some people, as the database has it."""
    told = {}
    for model, name in [*merging.relations(), (Participant, "pk")]:
        rows = model._base_manager.filter(**{f"{name}__in": [p.pk for p in people]})
        told[model] = sorted(rows.values_list(), key=str)
    return told


def test_rows_go_over_and_come_back_as_they_were(two, officer):
    kept, gone = two
    claim = factories.skill_claim.make(participant=gone)
    both = factories.skill_claim.make(participant=kept, level=1)
    other = factories.skill_claim.make(participant=gone, skill=both.skill, level=3)
    application = factories.application.make(participant=gone)
    factories.availability.make(participant=gone)
    before = state(*two)
    found = merging.compare(*two)
    keys = {clash.key for clash in found.clashes}
    skill = f"skillclaim:{other.pk}"
    assert keys == {"name", "home_institution", "availability", skill}
    with pytest.raises(Refusal, match="Decide which"):
        merge(two, officer)
    assert state(*two) == before
    merger = merge(two, officer, {"availability": GONE, skill: GONE})
    kept, gone = fresh(*two)
    assert (kept.passport, kept.full_name) == ("A1234567", "Siti")
    assert kept.availabilities.count() == 1
    assert {c.level for c in kept.skill_claims.all()} == {claim.level, 3}
    assert application in kept.applications.all()
    assert (gone.merged_into, gone.passport, gone.full_name) == (kept, None, "—")
    assert kept.human == gone.human
    assert not any(rows for model, rows in state(gone).items() if model != Participant)
    stored = Merger.objects.filter(pk=merger.pk).values_list("moves", flat=True)
    assert "Sitti" not in str(stored)
    assert "Sitti" in merger.content
    assert not invariants.check(now=NOW)
    Participant.objects.filter(pk=gone.pk).update(linked="other")
    assert [each.row for each in invariants.check(now=NOW)] == [str(gone.pk)]
    Participant.objects.filter(pk=gone.pk).update(linked=gone.linked)
    mergers.undo(merger=merger, by=officer, reason="two after all", now=NOW)
    after = state(*two)
    assert after == before
    with pytest.raises(Refusal, match="already"):
        mergers.undo(merger=merger, by=officer, reason="again", now=NOW)
    assert audit.verify_chain().ok


def test_who_may_and_what_is_refused(two, officer):
    kept, gone = two
    with pytest.raises(Refusal, match="Two institutions registered"):
        merge(two, officer, is_agreed=False)
    with pytest.raises(Refusal):
        merge(two, factories.partner(of=kept.registered_by))
    stranger = register(officer, "C")
    with pytest.raises(Refusal, match="not known to be one human"):
        merge([kept, stranger], officer)
    factories.application.make(participant=kept)
    coordinator = factories.coordinator(
        of=factories.application.make(participant=gone).intake.program.owner
    )
    with pytest.raises(Refusal):
        merge(two, coordinator)
    merge(two, officer)
    for again in (two, two[::-1]):
        with pytest.raises(Refusal, match="merged with another"):
            merge(fresh(*again), officer)


def test_the_old_registration_takes_nothing_any_more(two, officer):
    merge(two, officer)
    kept, gone = fresh(*two)
    intake = factories.slot.make().intake
    give = {"purpose": Purpose.DISABILITY, "given_on": NOW.date(), "evidence": "form"}
    for act in (
        lambda: participants.update(participant=gone, by=officer, now=NOW, kkni=5),
        lambda: applications.submit(
            participant=gone, intake=intake, by=officer, now=WHILE_OPEN
        ),
        lambda: consents.give(participant=gone, by=officer, now=NOW, **give),
        lambda: twins.join(people=[kept, gone], by=officer, reason="x", now=NOW),
        lambda: personal_data.erase(participant=gone, by=officer, now=NOW),
    ):
        with pytest.raises(Refusal, match="merged with another"):
            act()
    assert twins.doubles(officer) == []


def test_of_two_applications_to_one_intake_the_chosen_goes_on(two, officer):
    kept, gone = two
    intake = factories.slot.make().intake
    mine, theirs = (
        factories.application.make(
            participant=each, intake=intake, nominated_by=each.registered_by
        )
        for each in two
    )
    key = f"application:{theirs.pk}"
    factories.placement.make(application=theirs, slot=intake.slots.get())
    Application.objects.filter(pk=theirs.pk).update(state=ApplicationState.PLACED)
    with pytest.raises(Refusal, match="holds a place"):
        merge(two, officer, {key: KEPT})
    merger = merge(two, officer, {key: GONE})
    mine.refresh_from_db(), theirs.refresh_from_db()
    assert (theirs.participant, theirs.state) == (kept, ApplicationState.PLACED)
    assert (mine.participant, mine.state) == (gone, ApplicationState.WITHDRAWN)
    assert not Participant.objects.filter(code__startswith="parked").exists()
    with pytest.raises(Refusal, match="cannot be undone"):
        mergers.undo(merger=merger, by=officer, reason="no", now=NOW)
    sender = factories.partner(of=gone.registered_by)
    assert list(Application.objects.visible_to(sender)) == [theirs]


def test_a_consent_is_never_lost_and_a_withdrawn_one_is_decided(two, officer):
    kept, gone = two
    for person in two:
        factories.consent.make(participant=person, purpose=Purpose.DISABILITY)
    held = merging.compare(*two)
    assert (len(held.stays), len(held.moves)) == (1, 0)
    kept.consents.update(withdrawn_at=NOW, withdrawn_by="x")
    (clash,) = (c for c in merging.compare(*two).clashes if "consent" in c.key)
    merge(two, officer, {clash.key: KEPT})
    assert gone.consents.count() == 1
    assert not kept.consents.filter(withdrawn_at=None).exists()


def test_nothing_that_stands_on_it_is_torn_apart(two, officer):
    merger = merge(two, officer)
    personal_data.note_reading(participant=two[0], by=officer, now=NOW)
    participants.update(participant=fresh(*two)[0], by=officer, now=NOW, kkni=5)
    with pytest.raises(Refusal, match="cannot be undone"):
        mergers.undo(merger=merger, by=officer, reason="no", now=NOW)


def test_erasing_the_person_erases_what_was_merged(two, officer):
    merger = merge(two, officer)
    kept, gone = fresh(*two)
    (told,) = personal_data.export_person(participant=kept, by=officer, now=NOW)["en"][
        "merged_registrations"
    ]
    assert told["code"] == "B"
    assert "Sitti" in str(told["before"])
    personal_data.erase(participant=kept, by=officer, now=NOW)
    merger.refresh_from_db()
    kept, gone = fresh(*two)
    assert merger.content is None
    assert gone.erased_at
    assert gone.code.startswith("erased-")
    assert not Participant.history.filter(id__in=[kept.pk, gone.pk]).exists()
    with pytest.raises(Refusal, match="erased"):
        mergers.undo(merger=merger, by=officer, reason="no", now=NOW)


def test_each_sender_hears_of_its_own_registration(two, officer):
    kept, gone = two
    merge(two, officer)
    told = {
        event.object_id: set(event.institutions.values_list("pk", flat=True))
        for event in Event.objects.filter(kind="participant.merged")
    }
    assert told[str(kept.pk)] == {kept.registered_by_id}
    assert kept.registered_by_id not in told[str(gone.pk)]
    assert gone.registered_by_id in told[str(gone.pk)]
    trail = AuditEvent.objects.filter(action=AuditAction.PARTICIPANTS_MERGE)
    assert {entry.object_id for entry in trail} == {str(kept.pk), str(gone.pk)}
    assert "same card" not in str(list(trail.values_list("data", flat=True)))
    assert date(2001, 1, 1) == Participant.objects.get(pk=gone.pk).birth_date
